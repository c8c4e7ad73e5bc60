/// Lower-case hexadecimal text of bytes.
package enum Hex {
    /// Encodes bytes as lower-case hexadecimal digits.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Decodes hexadecimal digits of either case, or returns nil for an odd count or any other character.
    package static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// A SHA-256 digest: the identity of a blob.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// Exactly 32 bytes.
    package let bytes: [UInt8]

    /// Wraps a digest, or returns nil unless it has 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Decodes 64 hexadecimal digits.
    package init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    package var description: String { hex }
}

/// Every digest that some client protocol needs of one file, computed in one pass while it arrives.
package struct FileDigests: Hashable, Sendable {
    /// The identity of the content.
    package var sha256: SHA256Digest
    /// 16 bytes; old Python upload clients and Maven.
    package var md5: [UInt8]
    /// 20 bytes; npm's `shasum`, Composer and Maven.
    package var sha1: [UInt8]
    /// 64 bytes; npm's `integrity` and Maven.
    package var sha512: [UInt8]
    /// 32 bytes: BLAKE2b with a 256-bit output, as Python upload clients send it.
    package var blake2b256: [UInt8]

    /// Collects digests that were computed elsewhere.
    package init(sha256: SHA256Digest, md5: [UInt8], sha1: [UInt8], sha512: [UInt8], blake2b256: [UInt8]) {
        self.sha256 = sha256
        self.md5 = md5
        self.sha1 = sha1
        self.sha512 = sha512
        self.blake2b256 = blake2b256
    }
}

/// Equality of two byte strings in time that depends on their lengths only.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices {
        difference |= left[index] ^ right[index]
    }
    return difference == 0
}
