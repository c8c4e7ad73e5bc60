package import RegistryModel

/// The rows of `tokens`.
package struct TokenStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The token with that hash and the account it belongs to, revoked and expired ones included.
    package func find(hash: [UInt8]) throws -> (token: TokenRecord, user: UserRecord)? {
        guard let row = try connection.query("SELECT * FROM tokens WHERE hash = \(hash)").first else { return nil }
        let token = try Self.record(row)
        guard let user = try UserStore(connection).find(id: token.userID) else { return nil }
        return (token, user)
    }

    /// A user's tokens that are neither revoked nor expired at `now`, oldest first.
    package func live(userID: Int64, now: Timestamp) throws -> [TokenRecord] {
        try connection.query(
            """
            SELECT * FROM tokens WHERE user_id = \(userID) AND revoked_at IS NULL AND expires_at > \(now)
            ORDER BY created_at, id
            """
        ).map(Self.record)
    }

    /// Adds a token.
    package func insert(_ token: TokenRecord) throws {
        let scopes = token.scopes.map(\.description).joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO tokens (id, user_id, hash, prefix, kind, scopes, created_at, expires_at,
                always_stages)
            VALUES (\(token.id), \(token.userID), \(token.hash), \(token.prefix), \(token.kind.rawValue), \(scopes),
                \(token.createdAt), \(token.expiresAt), \(token.alwaysStages))
            """)
    }

    /// Ends a token.
    /// - Returns: Whether it was live before.
    package func revoke(hash: [UInt8], at now: Timestamp) throws -> Bool {
        try connection.execute("UPDATE tokens SET revoked_at = \(now) WHERE hash = \(hash) AND revoked_at IS NULL") > 0
    }

    /// Notes when tokens were last used.
    package func recordUse(_ uses: [Int64: Timestamp]) throws {
        for (id, time) in uses.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                UPDATE tokens SET last_used_at = \(time)
                WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(time))
                """)
        }
    }

    /// Reads a row.
    ///
    /// A scope that this version cannot read allows nothing: dropped, it could leave a list that is empty, and an empty
    /// list allows everything.
    private static func record(_ row: SQLRow) throws -> TokenRecord {
        TokenRecord(
            id: try row.int("id"), userID: try row.int("user_id"), hash: try row.bytes("hash"),
            prefix: try row.text("prefix"), kind: Principal.Kind(rawValue: try row.text("kind")) ?? .token,
            scopes: try row.text("scopes").split(separator: " ").map {
                TokenScope(String($0)) ?? TokenScope(actions: [])
            },
            createdAt: try row.timestamp("created_at"), expiresAt: try row.timestamp("expires_at"),
            lastUsedAt: try row.optionalInt("last_used_at").map(Timestamp.init(microseconds:)),
            revokedAt: try row.optionalInt("revoked_at").map(Timestamp.init(microseconds:)),
            alwaysStages: try row.bool("always_stages"))
    }
}
