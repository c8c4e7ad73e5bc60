package import RegistryModel

/// The rows of `tokens`.
package struct TokenStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// In the words of the index, which no bound value would be.
    private static let isOwn: SQL = "kind <> 'trusted-publisher'"

    /// The token with that hash and the account it belongs to, revoked and expired ones included.
    package func find(hash: [UInt8]) throws -> (token: TokenRecord, user: UserRecord)? {
        guard let row = try connection.query("SELECT * FROM tokens WHERE hash = \(hash)").first else { return nil }
        let token = try Self.record(row)
        guard let user = try UserStore(connection).find(id: token.userID) else { return nil }
        return (token, user)
    }

    /// The token with that id.
    package func find(id: Int64) throws -> TokenRecord? {
        try connection.query("SELECT * FROM tokens WHERE id = \(id)").first.map(Self.record)
    }

    /// A user's own tokens that are neither revoked nor expired at `now`, oldest first; those of trusted publishers that
    /// the user added are the projects'.
    package func live(userID: Int64, now: Timestamp) throws -> [TokenRecord] {
        try connection.query(
            """
            SELECT * FROM tokens WHERE user_id = \(userID) AND revoked_at IS NULL AND expires_at > \(now)
                AND \(sql: Self.isOwn)
            ORDER BY created_at, id
            """
        ).map(Self.record)
    }

    /// A user's own tokens, ended ones too, the newest first.
    package func recent(userID: Int64, limit: Int) throws -> [TokenRecord] {
        try connection.query(
            """
            SELECT * FROM tokens WHERE user_id = \(userID) AND \(sql: Self.isOwn)
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// How many tokens of a kind are neither revoked nor expired at `now`.
    package func countLive(kind: Principal.Kind, now: Timestamp) throws -> Int64 {
        try connection.query(
            """
            SELECT COUNT(*) AS n FROM tokens
            WHERE kind = \(kind.rawValue) AND revoked_at IS NULL AND expires_at > \(now)
            """
        ).first?.int("n") ?? 0
    }

    /// Adds a token.
    package func insert(_ token: TokenRecord) throws {
        let scopes = token.scopes.map(\.description).joined(separator: " ")
        let networks = token.networks.map(\.description).joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO tokens (id, user_id, hash, prefix, kind, scopes, created_at, expires_at,
                always_stages, name, networks, is_single_use, asks_factor, factors, claims)
            VALUES (\(token.id), \(token.userID), \(token.hash), \(token.prefix), \(token.kind.rawValue), \(scopes),
                \(token.createdAt), \(token.expiresAt), \(token.alwaysStages), \(token.name), \(networks),
                \(token.isSingleUse), \(token.asksFactor), \(token.factors.description),
                \(token.claims?.canonicalBytes()))
            """)
    }

    /// Ends a token.
    /// - Returns: Whether it was live before.
    package func revoke(hash: [UInt8], at now: Timestamp, reason: String? = nil) throws -> Bool {
        try connection.execute(
            """
            UPDATE tokens SET revoked_at = \(now), revoked_reason = \(reason)
            WHERE hash = \(hash) AND revoked_at IS NULL
            """) > 0
    }

    /// Ends all of a user's own tokens that the user made; those of the operator are the operator's to end.
    /// - Returns: Those that were live before.
    package func revokeAll(userID: Int64, at now: Timestamp, reason: String) throws -> [TokenRecord] {
        try connection.query(
            """
            UPDATE tokens SET revoked_at = \(now), revoked_reason = \(reason)
            WHERE user_id = \(userID) AND revoked_at IS NULL AND expires_at > \(now)
                AND kind = \(Principal.Kind.token)
            RETURNING *
            """
        ).map(Self.record)
    }

    /// Uses up a token that is good for one publish, for one of several that try at once.
    /// - Returns: Whether it could still be used.
    package func useUp(id: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            """
            UPDATE tokens SET used_up_at = \(now)
            WHERE id = \(id) AND is_single_use = 1 AND used_up_at IS NULL AND revoked_at IS NULL
            """) > 0
    }

    /// Notes when and from where tokens were last used.
    package func recordUse(_ uses: [Int64: TokenUse]) throws {
        for (id, use) in uses.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                UPDATE tokens SET last_used_at = \(use.at), last_used_network = \(use.network)
                WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at < \(use.at))
                """)
        }
    }

    /// Tokens that people made, which end within so many seconds and whose owners were not told since they came that near.
    ///
    /// A token that was made shorter before its end than that needs no notice: who made it knew.
    package func expiring(within seconds: Int64, now: Timestamp, limit: Int) throws -> [TokenRecord] {
        let span = seconds * 1_000_000
        return try connection.query(
            """
            SELECT * FROM tokens WHERE revoked_at IS NULL AND used_up_at IS NULL AND kind = \(Principal.Kind.token)
                AND expires_at > \(now) AND expires_at <= \(now.advanced(bySeconds: seconds))
                AND created_at < expires_at - \(span)
                AND (expiry_noted_at IS NULL OR expiry_noted_at < expires_at - \(span))
            ORDER BY expires_at, id LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Notes that a token's owner was told of its end.
    package func noteExpiry(id: Int64, at now: Timestamp) throws {
        try connection.execute("UPDATE tokens SET expiry_noted_at = \(now) WHERE id = \(id)")
    }

    /// Reads a row.
    ///
    /// A scope that this version cannot read allows nothing: dropped, it could leave a list that is empty, and an empty
    /// list allows everything. So does a network that it cannot read.
    private static func record(_ row: SQLRow) throws -> TokenRecord {
        var token = TokenRecord(
            id: try row.int("id"), userID: try row.int("user_id"), hash: try row.bytes("hash"),
            prefix: try row.text("prefix"), kind: Principal.Kind(rawValue: try row.text("kind")) ?? .token,
            scopes: try row.text("scopes").split(separator: " ").map {
                TokenScope(String($0)) ?? TokenScope(actions: [])
            },
            createdAt: try row.timestamp("created_at"), expiresAt: try row.timestamp("expires_at"),
            lastUsedAt: try row.optionalTimestamp("last_used_at"),
            revokedAt: try row.optionalTimestamp("revoked_at"), alwaysStages: try row.bool("always_stages"))
        token.name = try row.text("name")
        let networks = try row.text("networks").split(separator: " ")
        token.networks = networks.compactMap { AddressBlock(String($0)) }
        if token.networks.isEmpty, !networks.isEmpty { token.networks = AddressBlock.none }
        token.isSingleUse = try row.bool("is_single_use")
        token.usedUpAt = try row.optionalTimestamp("used_up_at")
        token.asksFactor = try row.bool("asks_factor")
        token.lastUsedNetwork = try row.optionalText("last_used_network")
        token.revokedReason = try row.optionalText("revoked_reason")
        token.factors = Factors(text: try row.text("factors"))
        token.claims = try row.optionalBytes("claims").map { try ReleaseStore.json($0) }
        return token
    }
}

/// One use of a token.
package struct TokenUse: Hashable, Sendable {
    package let at: Timestamp
    /// The client's network: a /24 or a /48.
    package let network: String

    /// Collects both.
    package init(at: Timestamp, network: String) {
        self.at = at
        self.network = network
    }
}
