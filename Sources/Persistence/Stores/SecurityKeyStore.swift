package import RegistryModel

/// The rows of `webauthn_credentials` and `webauthn_challenges`.
package struct SecurityKeyStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Uses a challenge up; it is kept until it would have ended.
    /// - Returns: Whether nobody had before.
    package func useChallenge(hash: [UInt8], expiresAt: Timestamp) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO webauthn_challenges (hash, expires_at) VALUES (\(hash), \(expiresAt))
            ON CONFLICT (hash) DO NOTHING
            """) > 0
    }

    /// An account's credentials, the oldest first.
    package func list(userID: Int64) throws -> [SecurityKeyRecord] {
        try connection.query("SELECT * FROM webauthn_credentials WHERE user_id = \(userID) ORDER BY created_at, id")
            .map(Self.record)
    }

    /// The credential with that id, and the handle of its account.
    package func find(credentialID: [UInt8]) throws -> (record: SecurityKeyRecord, handle: [UInt8]?)? {
        guard
            let row = try connection.first(
                """
                SELECT w.*, u.webauthn_handle FROM webauthn_credentials w JOIN users u ON u.id = w.user_id
                WHERE w.credential_id = \(credentialID)
                """)
        else { return nil }
        return (try Self.record(row), try row.optionalBytes("webauthn_handle"))
    }

    /// Adds a credential.
    /// - Throws: `SQLFault.uniqueViolation` where it is registered, whoever it belongs to.
    package func insert(_ key: SecurityKeyRecord) throws {
        try connection.execute(
            """
            INSERT INTO webauthn_credentials (id, user_id, name, credential_id, public_key, algorithm, sign_count,
                is_discoverable, is_backup_eligible, is_backed_up, aaguid, transports, created_at)
            VALUES (\(key.id), \(key.userID), \(key.name), \(key.credentialID), \(key.publicKey), \(key.algorithm),
                \(key.signCount), \(key.isDiscoverable), \(key.isBackupEligible), \(key.isBackedUp), \(key.aaguid),
                \(key.transports.joined(separator: " ")), \(key.createdAt))
            """)
    }

    /// Notes a use with the counter that the authenticator said.
    /// - Returns: Whether the counter grew, or both are zero: otherwise the key may have been copied.
    package func use(_ id: Int64, signCount: Int64, isBackedUp: Bool, at now: Timestamp) throws -> Bool {
        let grows: SQL = signCount == 0 ? "sign_count = 0" : "sign_count < \(signCount)"
        return try connection.execute(
            """
            UPDATE webauthn_credentials SET sign_count = \(signCount), is_backed_up = \(isBackedUp), last_used_at = \(now)
            WHERE id = \(id) AND \(sql: grows)
            """) > 0
    }

    /// Gives one of an account's credentials another name.
    /// - Returns: Whether there was one.
    package func rename(_ id: Int64, userID: Int64, to name: String) throws -> Bool {
        try connection.execute(
            "UPDATE webauthn_credentials SET name = \(name) WHERE id = \(id) AND user_id = \(userID)") > 0
    }

    /// Removes one of an account's credentials.
    /// - Returns: Whether there was one.
    package func remove(_ id: Int64, userID: Int64) throws -> Bool {
        try connection.execute("DELETE FROM webauthn_credentials WHERE id = \(id) AND user_id = \(userID)") > 0
    }

    /// Forgets used challenges that have ended.
    package func sweepChallenges(now: Timestamp) throws {
        try connection.execute("DELETE FROM webauthn_challenges WHERE expires_at <= \(now)")
    }

    private static func record(_ row: SQLRow) throws -> SecurityKeyRecord {
        SecurityKeyRecord(
            id: try row.int("id"), userID: try row.int("user_id"), name: try row.text("name"),
            credentialID: try row.bytes("credential_id"), publicKey: try row.bytes("public_key"),
            algorithm: try row.int("algorithm"), signCount: try row.int("sign_count"),
            isDiscoverable: try row.bool("is_discoverable"), isBackupEligible: try row.bool("is_backup_eligible"),
            isBackedUp: try row.bool("is_backed_up"), aaguid: try row.bytes("aaguid"),
            transports: try row.text("transports").split(separator: " ").map(String.init),
            createdAt: try row.timestamp("created_at"), lastUsedAt: try row.optionalTimestamp("last_used_at"))
    }
}
