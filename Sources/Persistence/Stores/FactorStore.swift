package import RegistryModel

/// The rows of `totp_factors` and `recovery_codes`.
package struct FactorStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// An account's code generators, the oldest first, with their sealed seeds.
    package func generators(userID: Int64) throws -> [(record: TOTPRecord, sealedSeed: [UInt8])] {
        try connection.query("SELECT * FROM totp_factors WHERE user_id = \(userID) ORDER BY created_at, id").map {
            row in
            let record = TOTPRecord(
                id: try row.int("id"), userID: userID, name: try row.text("name"),
                createdAt: try row.timestamp("created_at"), confirmedAt: try row.optionalTimestamp("confirmed_at"),
                lastUsedAt: try row.optionalTimestamp("last_used_at"))
            return (record, try row.bytes("sealed_seed"))
        }
    }

    /// Adds a code generator that was not confirmed yet.
    package func insert(_ generator: TOTPRecord, sealedSeed: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO totp_factors (id, user_id, name, sealed_seed, created_at, last_step)
            VALUES (\(generator.id), \(generator.userID), \(generator.name), \(sealedSeed), \(generator.createdAt), 0)
            """)
    }

    /// Uses up a step and all before it: a code works once.
    /// - Returns: Whether no code of that step or a later one was used before.
    package func use(generator id: Int64, step: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            "UPDATE totp_factors SET last_step = \(step), last_used_at = \(now) WHERE id = \(id) AND last_step < \(step)"
        ) > 0
    }

    /// Lets a code generator count.
    /// - Returns: Whether it did not before.
    package func confirm(generator id: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            "UPDATE totp_factors SET confirmed_at = \(now) WHERE id = \(id) AND confirmed_at IS NULL") > 0
    }

    /// Removes one of an account's code generators.
    /// - Returns: Whether there was one.
    package func remove(generator id: Int64, userID: Int64) throws -> Bool {
        try connection.execute("DELETE FROM totp_factors WHERE id = \(id) AND user_id = \(userID)") > 0
    }

    /// Removes an account's code generators that were never confirmed.
    package func removeUnconfirmed(userID: Int64) throws {
        try connection.execute("DELETE FROM totp_factors WHERE user_id = \(userID) AND confirmed_at IS NULL")
    }

    /// Puts new recovery codes in the place of the old ones.
    package func replaceCodes(userID: Int64, codes: [(id: Int64, hash: [UInt8])], at now: Timestamp) throws {
        try connection.execute("DELETE FROM recovery_codes WHERE user_id = \(userID)")
        for code in codes {
            try connection.execute(
                """
                INSERT INTO recovery_codes (id, user_id, hash, created_at)
                VALUES (\(code.id), \(userID), \(code.hash), \(now))
                """)
        }
    }

    /// Uses a recovery code up.
    /// - Returns: Whether it was there and nobody had used it before.
    package func useCode(hash: [UInt8], userID: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            """
            UPDATE recovery_codes SET used_at = \(now)
            WHERE hash = \(hash) AND user_id = \(userID) AND used_at IS NULL
            """) > 0
    }

    /// How many recovery codes are left.
    package func codesLeft(userID: Int64) throws -> Int64 {
        try connection.first("SELECT COUNT(*) AS n FROM recovery_codes WHERE user_id = \(userID) AND used_at IS NULL")?
            .int("n") ?? 0
    }

    /// Removes every second factor of an account: generators, credentials and codes.
    package func removeAll(userID: Int64) throws {
        try connection.execute("DELETE FROM totp_factors WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM webauthn_credentials WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM recovery_codes WHERE user_id = \(userID)")
    }
}
