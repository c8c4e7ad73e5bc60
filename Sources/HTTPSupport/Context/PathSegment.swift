/// Decodes path segments.
///
/// The router hands them out as they came, percent-encoded.
package enum PathSegment {
    /// The longest encoded segment that is decoded.
    package static let maximumLength = 1024

    /// Decodes one segment, once.
    ///
    /// Nil for a broken escape, for bytes that are not UTF-8, for control characters (U+0000 to U+001F, U+007F) and for
    /// `.` and `..`; and for a slash unless it is allowed, as in a scoped name (`@scope%2Fname`).
    package static func decode(_ segment: some StringProtocol, allowingSlash: Bool = false) -> String? {
        guard segment.utf8.count <= maximumLength else { return nil }
        guard let bytes = PercentEncoding.decode(segment.utf8) else { return nil }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self), text != ".", text != ".." else { return nil }
        guard !text.utf8.contains(UInt8(ascii: "/")) else {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            return allowingSlash && !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } ? text : nil
        }
        return text
    }

    /// Encodes text as one segment: everything but letters, digits and `-._~!$&'()*+,;=:@`.
    package static func encode(_ text: String) -> String {
        PercentEncoding.encode(text) { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
            }
        }
    }
}

/// Percent encoding, [RFC 3986 §2.1](https://www.rfc-editor.org/rfc/rfc3986#section-2.1).
enum PercentEncoding {
    /// The bytes behind the escapes; nil where an escape is cut off or has no hexadecimal digits.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                out.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                return nil
            }
            out.append(high << 4 | low)
        }
        return out
    }

    static func encode(_ text: String, isAllowed: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if isAllowed(byte) {
                out.append(byte)
            } else {
                out.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
