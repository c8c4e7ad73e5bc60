import Crypto
package import Foundation

/// A code generator as people have it in their phones: RFC 6238 with SHA-1, six digits and steps of 30 seconds.
package struct CodeGenerator: Sendable {
    private let seed: [UInt8]

    /// Takes the seed as the page shows it, in base32; nil for what is none.
    package init?(base32 text: String) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var out: [UInt8] = []
        var bits = 0
        var count = 0
        for character in text.uppercased() where character != " " && character != "=" {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 5 | value) & 0xFFFF
            count += 5
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard !out.isEmpty else { return nil }
        seed = out
    }

    /// The code at a time; `stepsLater` is for one that was not used yet.
    package func code(at date: Date = Date(), stepsLater: Int = 0) -> String {
        let step = UInt64(date.timeIntervalSince1970) / 30 + UInt64(stepsLater)
        let message = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let code = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: seed)))
        let offset = Int(code[19] & 15)
        let value = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(value % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
