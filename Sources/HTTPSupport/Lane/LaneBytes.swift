/// The bytes of the lane's grammar.
enum LaneBytes {
    /// A set of ASCII characters.
    private struct ASCII: Sendable {
        private var low: UInt64 = 0
        private var high: UInt64 = 0

        init(_ characters: StaticString, letters: Bool = true) {
            characters.withUTF8Buffer { for byte in $0 { insert(byte) } }
            guard letters else { return }
            for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { insert(byte) }
            for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { insert(byte) }
            for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { insert(byte) }
        }

        private mutating func insert(_ byte: UInt8) {
            if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
        }

        @inline(__always)
        func contains(_ byte: UInt8) -> Bool {
            byte < 128 && ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
        }
    }

    private static let token = ASCII("!#$%&'*+-.^_`|~")
    /// Without the characters that RFC 3986 has no place for, and without `#`.
    private static let target = ASCII("/?:@-._~%!$&'()*+,;=[]")
    private static let host = ASCII("-._~%!$&'()*+,;=:[]")

    /// A character of a field name, [RFC 9110 §5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool { token.contains(byte) }

    /// A character of a field name in HTTP/2, which has no capitals.
    @inline(__always)
    static func isLowerToken(_ byte: UInt8) -> Bool {
        token.contains(byte) && !(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }

    /// A character of a request target.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { target.contains(byte) }

    /// A character of a `Host`, the same set as in ``HeadRefusal``.
    @inline(__always)
    static func isHost(_ byte: UInt8) -> Bool { host.contains(byte) }

    /// A character of a field value; stricter than the RFC, which allows bytes beyond ASCII.
    @inline(__always)
    static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte < 0x7F : byte == .tab }

    /// Whether the bytes are this text, which is in lower case, without regard to case.
    @inline(__always)
    static func equal(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<text.count {
                let byte = bytes[range.lowerBound + index]
                let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
                guard lower == text[index] else { return false }
            }
            return true
        }
    }
}

extension UInt8 {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var quote: UInt8 { 0x22 }
    static var comma: UInt8 { 0x2C }
    static var colon: UInt8 { 0x3A }
}
