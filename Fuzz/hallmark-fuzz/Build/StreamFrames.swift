/// Writes what a client sends over a connection of HTTP/2: allowed frames mostly, in an order that the decisions give.
struct StreamFrames {
    /// The head of a request that is known to nobody.
    static let proper = [
        (":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/index/lantern"),
    ]
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private var decisions: Decisions
    private var next = 1

    /// The preface and the frames that the input describes.
    static func connection(describedBy input: [UInt8]) -> [UInt8] {
        var frames = StreamFrames(decisions: Decisions(input))
        var bytes = preface + frame(4, stream: 0, [])
        var count = 0
        while !frames.decisions.isEmpty, count < 100 {
            bytes += frames.frame()
            count += 1
        }
        return bytes
    }

    /// One frame ([RFC 9113 §4.1](https://www.rfc-editor.org/rfc/rfc9113#section-4.1)).
    static func frame(_ kind: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) -> [UInt8] {
        big(payload.count, 3) + [kind, flags] + big(stream, 4) + payload
    }

    /// The low `width` bytes of a number, the most significant first.
    private static func big(_ value: some BinaryInteger, _ width: Int) -> [UInt8] {
        Bytes.little(value, width).reversed()
    }

    /// A head without compression; texts have fewer than 127 bytes.
    private static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in
            [0]
                + [name, value].flatMap { text in
                    let bytes = Array(text.utf8.prefix(126))
                    return [UInt8(bytes.count)] + bytes
                }
        }
    }

    private mutating func oldStream() -> Int { next < 3 ? 1 : 1 + 2 * decisions.number(below: next / 2) }

    private mutating func frame() -> [UInt8] {
        switch decisions.number(below: 15) {
        case 0..<5: return head()
        case 5: return Self.frame(0, flags: decisions.byte() & 9, stream: oldStream(), decisions.text(upTo: 40))
        case 6: return Self.frame(3, stream: oldStream(), Self.big(decisions.oddNumber(), 4))
        case 7: return Self.frame(8, stream: oldStream(), Self.big(decisions.oddNumber(), 4))
        case 8: return Self.frame(8, stream: 0, Self.big(decisions.oddNumber(), 4))
        case 9: return Self.frame(6, flags: decisions.byte() & 1, stream: 0, [UInt8](repeating: 1, count: 8))
        case 10:
            let setting = Self.big(decisions.number(below: 9), 2) + Self.big(decisions.oddNumber(), 4)
            return Self.frame(4, flags: decisions.rarely(8) ? 1 : 0, stream: 0, setting)
        case 11: return Self.frame(2, stream: oldStream(), [0, 0, 0, 0, 9])
        case 12: return Self.frame(7, stream: 0, Self.big(decisions.oddNumber(), 8))
        case 13: return split()
        default:
            let stream = oldStream()
            return Self.frame(decisions.byte() % 12, flags: decisions.byte(), stream: stream, decisions.text(upTo: 30))
        }
    }

    private mutating func head() -> [UInt8] {
        defer { next += 2 }
        let flags: UInt8 = decisions.rarely(4) ? 4 : 5
        return Self.frame(1, flags: flags, stream: next, Self.block(fields()))
    }

    /// A head in a HEADERS and a CONTINUATION frame.
    private mutating func split() -> [UInt8] {
        defer { next += 2 }
        let block = Self.block(fields())
        let place = decisions.number(below: block.count)
        return Self.frame(1, flags: 1, stream: next, Array(block[..<place]))
            + Self.frame(9, flags: decisions.rarely(8) ? 0 : 4, stream: next, Array(block[place...]))
    }

    private mutating func fields() -> [(String, String)] {
        var fields = Self.proper
        guard decisions.rarely(3) else { return fields }
        let field = (
            String(decoding: decisions.text(upTo: 20), as: UTF8.self),
            String(decoding: decisions.text(upTo: 60), as: UTF8.self)
        )
        switch decisions.number(below: 3) {
        case 0: fields.append(field)
        case 1: fields[decisions.number(below: 4)] = field
        default: fields.remove(at: decisions.number(below: 4))
        }
        return fields
    }
}
