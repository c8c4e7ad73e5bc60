package import RegistryModel

/// The rows of `signing_keys`: OpenPGP public keys that publishers registered.
package struct SigningKeyStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// A user's keys of a kind that still count, in the order of their fingerprints.
    package func list(userID: Int64, kind: String) throws -> [SigningKey] {
        try connection.query(
            """
            SELECT * FROM signing_keys WHERE user_id = \(userID) AND kind = \(kind) AND revoked_at IS NULL
            ORDER BY fingerprint
            """
        ).map { row in
            SigningKey(
                id: try row.int("id"), userID: try row.int("user_id"), kind: try row.text("kind"),
                fingerprint: try row.text("fingerprint"), bytes: try row.bytes("body"),
                createdAt: try row.timestamp("created_at"))
        }
    }

    /// Adds a key, or puts a newer form of it in its place; it counts again if it did not.
    package func put(_ key: SigningKey) throws {
        try connection.execute(
            """
            INSERT INTO signing_keys (id, user_id, kind, fingerprint, body, created_at)
            VALUES (\(key.id), \(key.userID), \(key.kind), \(key.fingerprint), \(key.bytes), \(key.createdAt))
            ON CONFLICT (user_id, kind, fingerprint) DO UPDATE SET body = excluded.body, revoked_at = NULL
            """)
    }

    /// Says that a key counts no more.
    /// - Returns: Whether it did.
    package func revoke(userID: Int64, kind: String, fingerprint: String, at now: Timestamp) throws -> Bool {
        try connection.execute(
            """
            UPDATE signing_keys SET revoked_at = \(now)
            WHERE user_id = \(userID) AND kind = \(kind) AND fingerprint = \(fingerprint) AND revoked_at IS NULL
            """) > 0
    }
}
