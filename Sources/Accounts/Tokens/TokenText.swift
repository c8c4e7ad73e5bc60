import Crypto
package import RegistryModel

/// The text of an API token: `hlmk_`, 30 base62 characters, and 6 more that hold the CRC-32 of those 30.
///
/// The prefix and the checksum let secret scanners recognise a leaked token without asking; the published pattern is
/// `hlmk_[0-9A-Za-z]{36}`. Only the SHA-256 of the text is ever stored.
package enum TokenText {
    /// What every token begins with.
    package static let prefix = "hlmk_"

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new token with 178 bits of randomness.
    package static func make(random: any RandomSource) -> String {
        var body: [UInt8] = []
        while body.count < 30 {
            // Bytes from 248 on are thrown away, so that every character is equally likely.
            for byte in random.bytes(40) where byte < 248 && body.count < 30 {
                body.append(alphabet[Int(byte) % 62])
            }
        }
        return prefix + String(decoding: body + checksum(body), as: UTF8.self)
    }

    /// Whether a text has the form of a token and its checksum is right.
    package static func isWellFormed(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 41, text.hasPrefix(prefix) else { return false }
        let body = Array(bytes[5..<35])
        return body.allSatisfy(alphabet.contains) && checksum(body) == Array(bytes[35...])
    }

    /// What is stored of a token.
    package static func hash(_ text: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }

    private static func checksum(_ body: [UInt8]) -> [UInt8] {
        var value = crc32(body)
        var digits: [UInt8] = []
        for _ in 0..<6 {
            digits.append(alphabet[Int(value % 62)])
            value /= 62
        }
        return digits.reversed()
    }

    /// CRC-32 with the reflected polynomial 0xEDB88320, as zip and Ethernet use it.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
