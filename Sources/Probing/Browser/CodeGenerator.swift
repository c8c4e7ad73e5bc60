import Crypto
import Foundation
import RegistryModel

/// The app on a telephone that shows six digits every half minute: TOTP, RFC 6238, with SHA-1.
struct CodeGenerator: Sendable {
    private let key: SymmetricKey

    /// Half a minute.
    static let stepSeconds: Int64 = 30

    /// Takes the secret as people type it: Base32, spaces and case do not matter; nil for anything else.
    init?(secret: String) {
        var bits = 0
        var value: UInt32 = 0
        var out: [UInt8] = []
        for character in secret.uppercased() where !character.isWhitespace && character != "=" {
            guard let digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".firstIndex(of: character) else { return nil }
            let number = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".distance(
                from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".startIndex, to: digit)
            value = (value << 5 | UInt32(number)) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
            }
        }
        guard out.count >= 10 else { return nil }
        key = SymmetricKey(data: out)
    }

    /// The code of a step; 0 is the one of now.
    func code(step: Int64 = 0) -> String {
        let counter = UInt64(Int64(Date().timeIntervalSince1970) / Self.stepSeconds + step)
        let message = withUnsafeBytes(of: counter.bigEndian) { Array($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        let offset = Int(mac[19] & 15)
        let number =
            (UInt32(mac[offset]) & 0x7F) << 24 | UInt32(mac[offset + 1]) << 16 | UInt32(mac[offset + 2]) << 8
            | UInt32(mac[offset + 3])
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
