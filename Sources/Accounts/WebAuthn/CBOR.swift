/// A CBOR item, as far as WebAuthn has it: [RFC 8949](https://www.rfc-editor.org/rfc/rfc8949) in the canonical form of CTAP2.
///
/// Lengths are definite, keys of a map are unique, and there are no floats and no tags; anything else is refused.
package indirect enum CBOR: Hashable, Sendable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    case map([CBOR: CBOR])
    case bool(Bool)
    case null

    /// The value of a member of a map.
    package subscript(_ key: CBOR) -> CBOR? {
        if case .map(let members) = self { members[key] } else { nil }
    }

    /// The bytes, where it is a byte string.
    package var bytesValue: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    /// The text, where it is one.
    package var textValue: String? { if case .text(let text) = self { text } else { nil } }
    /// The number, where it is an integer.
    package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// Reads one item that fills the bytes.
    package static func parse(_ bytes: [UInt8]) throws(CBORFault) -> CBOR {
        var reader = CBORReader(bytes)
        let item = try reader.item(depth: 0)
        guard reader.position == bytes.count else { throw .trailingBytes }
        return item
    }

    /// Reads the item at the beginning.
    /// - Returns: The item, and how many bytes it has.
    package static func parsePrefix(_ bytes: [UInt8]) throws(CBORFault) -> (item: CBOR, length: Int) {
        var reader = CBORReader(bytes)
        let item = try reader.item(depth: 0)
        return (item, reader.position)
    }
}

/// Why bytes are no CBOR of this form.
package enum CBORFault: Error, Hashable {
    case truncated
    case trailingBytes
    case tooDeep
    case tooMany
    case duplicateKey
    /// Tags, floats, indefinite lengths, integers of more than 63 bits, and lengths that are not in their shortest form.
    case unsupported
    case badText
}

/// Reads items, bounded in depth and number; strings and containers are bounded by the bytes there are.
private struct CBORReader {
    static let maximumDepth = 8
    static let maximumItems = 4096

    let bytes: [UInt8]
    var position = 0
    private var items = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func item(depth: Int) throws(CBORFault) -> CBOR {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        items += 1
        guard items <= Self.maximumItems else { throw .tooMany }
        let head = try byte()
        let major = head >> 5
        if major == 7 { return try simple(head & 31) }
        let argument = try argument(head & 31)
        switch major {
        case 0: return .integer(argument)
        case 1: return .integer(-1 - argument)
        case 2: return .bytes(try take(argument))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw .badText }
            return .text(text)
        case 4:
            var elements: [CBOR] = []
            for _ in 0..<(try count(argument)) { elements.append(try item(depth: depth + 1)) }
            return .array(elements)
        case 5: return try map(try count(argument), depth: depth)
        default: throw .unsupported
        }
    }

    private mutating func map(_ count: Int, depth: Int) throws(CBORFault) -> CBOR {
        var members: [CBOR: CBOR] = [:]
        for _ in 0..<count {
            let key = try item(depth: depth + 1)
            let value = try item(depth: depth + 1)
            guard members.updateValue(value, forKey: key) == nil else { throw .duplicateKey }
        }
        return .map(members)
    }

    private func simple(_ value: UInt8) throws(CBORFault) -> CBOR {
        switch value {
        case 20: .bool(false)
        case 21: .bool(true)
        case 22: .null
        default: throw .unsupported
        }
    }

    private mutating func argument(_ short: UInt8) throws(CBORFault) -> Int64 {
        let size: Int
        switch short {
        case 0..<24: return Int64(short)
        case 24: size = 1
        case 25: size = 2
        case 26: size = 4
        case 27: size = 8
        default: throw .unsupported
        }
        var value: UInt64 = 0
        for _ in 0..<size { value = value << 8 | UInt64(try byte()) }
        let isShortest = size == 1 ? value >= 24 : value >> UInt64(size * 4) != 0
        guard isShortest, let number = Int64(exactly: value) else { throw .unsupported }
        return number
    }

    /// How many elements follow: no more than there are bytes.
    private func count(_ argument: Int64) throws(CBORFault) -> Int {
        guard argument <= bytes.count - position else { throw .truncated }
        return Int(argument)
    }

    private mutating func byte() throws(CBORFault) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ length: Int64) throws(CBORFault) -> [UInt8] {
        guard length <= bytes.count - position else { throw .truncated }
        let end = position + Int(length)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}
