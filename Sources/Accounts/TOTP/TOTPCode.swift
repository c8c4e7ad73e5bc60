import Crypto
package import RegistryModel

/// Codes by time: RFC 6238 with SHA-1, six digits and steps of 30 seconds, the one variant that every app has.
package enum TOTPCode {
    /// How long a code is shown.
    static let stepSeconds: Int64 = 30
    /// How many steps a device's clock may be off, either way.
    static let tolerance: Int64 = 1

    /// The step of a time.
    package static func step(at time: Timestamp) -> Int64 { time.seconds / stepSeconds }

    /// The code of a step ([RFC 4226, 5.3](https://www.rfc-editor.org/rfc/rfc4226#section-5.3)).
    package static func code(seed: [UInt8], step: Int64, digits: Int = 6) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Array($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: seed)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        var modulus: UInt32 = 1
        for _ in 0..<digits { modulus *= 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The six digits of what somebody typed: spaces and hyphens between them do not count, and full-width digits are
    /// digits.
    ///
    /// Nil for anything else.
    package static func digits(_ typed: String) -> String? {
        guard typed.utf8.count <= 64 else { return nil }
        var out = ""
        for scalar in typed.unicodeScalars where !scalar.properties.isWhitespace && scalar != "-" {
            switch scalar.value {
            case 0x30...0x39: out.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: out.append(String(scalar.value - 0xFF10))
            default: return nil
            }
        }
        return out.utf8.count == 6 ? out : nil
    }

    /// The step, of those that are accepted at a time, to which a code belongs.
    ///
    /// All of them are compared, in constant time each.
    static func match(_ code: String, seed: [UInt8], at time: Timestamp) -> Int64? {
        let now = step(at: time)
        var found: Int64?
        for step in now - tolerance...now + tolerance
        where constantTimeEqual(Array(code.utf8), Array(self.code(seed: seed, step: step).utf8)) {
            found = step
        }
        return found
    }
}
