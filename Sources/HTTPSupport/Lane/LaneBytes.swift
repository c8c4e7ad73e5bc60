/// The bytes of the lane's grammar.
enum LaneBytes {
    /// A set of ASCII characters.
    ///
    /// Made of two literals, so that nothing has to be made, or asked whether it was, before a byte is looked at.
    struct ASCII: Sendable {
        /// The characters below 64, a bit for each.
        let low: UInt64
        /// The others.
        let high: UInt64

        @inline(__always)
        func contains(_ byte: UInt8) -> Bool {
            byte < 128 && ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
        }
    }

    /// Letters, digits, and ``!#$%&'*+-.^_`|~``.
    static let token = ASCII(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    /// Letters, digits, and `/?:@-._~%!$&'()*+,;=[]`: without the characters that RFC 3986 has no place for, and without `#`.
    static let target = ASCII(low: 0xAFFF_FFF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFF)
    /// Letters, digits, and `-._~%!$&'()*+,;=:[]`.
    static let host = ASCII(low: 0x2FFF_7FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)

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
