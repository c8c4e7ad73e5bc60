/// Decodes base64 ([RFC 4648 §4](https://www.rfc-editor.org/rfc/rfc4648#section-4)) that arrives in pieces of any size.
///
/// Stricter than most decoders, so that one content has one spelling: padding is required, nothing follows it, the bits
/// it leaves over are zero, and no white space is skipped.
struct NPMBase64Decoder {
    private var pending: UInt32 = 0
    private var pendingCount = 0
    private var padding = 0

    /// The six bits of every character, 0xFF for what is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (index, character) in alphabet.utf8.enumerated() {
            values[Int(character)] = UInt8(truncatingIfNeeded: index)
        }
        return values
    }()

    /// Whether the text so far is complete.
    var isComplete: Bool { pendingCount == 0 }

    /// Decodes one character.
    mutating func decode(_ character: UInt8, into out: inout [UInt8]) throws(NPMPublishFault) {
        let value = Self.values[Int(character)]
        if character == UInt8(ascii: "=") {
            guard pendingCount == 3 || pendingCount == 2 else { throw .base64 }
            padding += 1
            pending <<= 6
        } else {
            guard value != 0xFF, padding == 0 else { throw .base64 }
            pending = pending << 6 | UInt32(value)
        }
        pendingCount += 1
        if pendingCount == 4 { try flush(into: &out) }
    }

    private mutating func flush(into out: inout [UInt8]) throws(NPMPublishFault) {
        let leftOver: UInt32 = padding == 2 ? 0xFFFF : padding == 1 ? 0xFF : 0
        guard pending & leftOver == 0 else { throw .base64 }
        out.append(UInt8(truncatingIfNeeded: pending >> 16))
        if padding < 2 { out.append(UInt8(truncatingIfNeeded: pending >> 8)) }
        if padding < 1 { out.append(UInt8(truncatingIfNeeded: pending)) }
        pending = 0
        pendingCount = 0
    }

    /// Decodes as many whole groups of four plain characters as `text` starts with, the fast way.
    ///
    /// It stops in front of the first group that holds anything else (padding, an escape, the closing quote), which
    /// ``decode(_:into:)`` then takes character by character.
    /// - Returns: How many characters were used; 0 in the middle of a group.
    func decodeGroups(_ text: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) -> Int {
        guard pendingCount == 0, padding == 0, text.count >= 4 else { return 0 }
        return Self.values.withUnsafeBufferPointer { values in
            var index = 0
            out.reserveCapacity(out.count + text.count / 4 * 3)
            while index + 4 <= text.count {
                let first = values[Int(text[index])]
                let second = values[Int(text[index + 1])]
                let third = values[Int(text[index + 2])]
                let fourth = values[Int(text[index + 3])]
                if (first | second | third | fourth) & 0xC0 != 0 { break }
                out.append(first << 2 | second >> 4)
                out.append(second << 4 | third >> 2)
                out.append(third << 6 | fourth)
                index += 4
            }
            return index
        }
    }
}
