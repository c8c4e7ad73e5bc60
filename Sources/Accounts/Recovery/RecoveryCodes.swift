import Crypto
import Persistence
package import RegistryModel

/// Ten codes that each stand in for a second factor once.
///
/// A code has 80 random bits as sixteen letters and digits; only its SHA-256 is stored.
package struct RecoveryCodes: Sendable {
    private let core: AccountCore
    private let sessions: Sessions

    /// Works on the core's database.
    package init(core: AccountCore) {
        self.core = core
        sessions = Sessions(core: core)
    }

    /// How many are made at once.
    package static let count = 10

    /// Makes new ones, which end the ones before.
    ///
    /// They are shown once. Needs a fresh proof.
    package func make(session: Session, visitor: Visitor) async throws -> [String] {
        let principal = try sessions.requireFresh(session)
        let codes = (0..<Self.count).map { _ in Self.text(core.random.bytes(10)) }
        let rows = codes.map { (id: core.ids.next(), hash: Self.hash($0, userID: principal.userID) ?? []) }
        let now = core.clock.now()
        try await core.driver.write { connection in
            guard try AccountStore(connection).standing(userID: principal.userID).hasSecondFactor else {
                throw Problem(.conflict, "Recovery codes stand in for a second factor. Add one first.")
            }
            try FactorStore(connection).replaceCodes(userID: principal.userID, codes: rows, at: now)
            try core.notices.post(
                Notice(.recoveryCodesMade, origin: visitor.origin), to: principal.userID, on: connection)
        }
        return codes
    }

    /// How many are left.
    package func remaining(of principal: Principal) async throws -> Int64 {
        try await core.driver.read { try FactorStore($0).codesLeft(userID: principal.userID) }
    }

    /// Uses a code up inside a transaction.
    /// - Returns: Whether it was good.
    func use(_ code: String, userID: Int64, visitor: Visitor, on connection: any SQLConnection) throws -> Bool {
        let store = FactorStore(connection)
        guard let hash = Self.hash(code, userID: userID),
            try store.useCode(hash: hash, userID: userID, at: core.clock.now())
        else { return false }
        let left = try store.codesLeft(userID: userID)
        try core.notices.post(
            Notice(.recoveryCodeUsed, ["left": String(left)], origin: visitor.origin), to: userID, on: connection)
        return true
    }

    /// Letters and digits that nobody takes for another: 0, 1, I and O are left out (as in Base32 of
    /// [Crockford's kind](https://www.crockford.com/base32.html), but without look-alikes at all).
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")

    private static func text(_ bytes: [UInt8]) -> String {
        var bits = 0
        var pending = 0
        var out = ""
        var count = 0
        for byte in bytes {
            pending = (pending << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                if count > 0, count.isMultiple(of: 4) { out.append("-") }
                out.append(alphabet[pending >> bits & 31])
                count += 1
            }
        }
        return out
    }

    /// What is stored of a code, however it is spelled: case, spaces and hyphens do not count, nor does the width of letters.
    ///
    /// Nil for what cannot be a code.
    static func hash(_ code: String, userID: Int64) -> [UInt8]? {
        guard code.utf8.count <= 128 else { return nil }
        var plain = ""
        for scalar in code.unicodeScalars where !scalar.properties.isWhitespace && scalar != "-" {
            let isWide = (0xFF10...0xFF5A).contains(scalar.value)
            let narrow = isWide ? UnicodeScalar(scalar.value - 0xFEE0) ?? scalar : scalar
            plain.unicodeScalars.append(narrow)
        }
        plain = plain.uppercased()
        guard plain.count == 16, plain.allSatisfy(alphabet.contains) else { return nil }
        return Array(SHA256.hash(data: Array("recovery-code \(userID) \(plain)".utf8)))
    }
}
