package import RegistryModel

/// The rows of `trusted_publishers`, `token_publishers` and `used_identity_tokens`.
package struct TrustedPublisherStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    private static let selection: SQL =
        "SELECT p.*, u.name AS creator FROM trusted_publishers p JOIN users u ON u.id = p.created_by"

    /// Those that identity tokens of the issuer may speak for, the oldest first; removed ones are left out.
    package func matching(issuer: String, lookup: String) throws -> [TrustedPublisher] {
        try connection.query(
            """
            \(sql: Self.selection) WHERE p.issuer = \(issuer) AND p.lookup = \(lookup) AND p.removed_at IS NULL
            ORDER BY p.created_at, p.id
            """
        ).map(Self.record)
    }

    /// A project's publishers, the oldest first.
    package func list(projectID: Int64) throws -> [TrustedPublisher] {
        try connection.query(
            """
            \(sql: Self.selection) WHERE p.project_id = \(projectID) AND p.removed_at IS NULL ORDER BY p.created_at, p.id
            """
        ).map(Self.record)
    }

    /// A user's pending publishers, expired ones too, the oldest first.
    package func pending(userID: Int64) throws -> [TrustedPublisher] {
        try connection.query(
            """
            \(sql: Self.selection) WHERE p.created_by = \(userID) AND p.project_id IS NULL AND p.removed_at IS NULL
            ORDER BY p.created_at, p.id
            """
        ).map(Self.record)
    }

    /// The publisher with that id, also where it was removed.
    package func find(_ id: Int64) throws -> TrustedPublisher? {
        try connection.query("\(sql: Self.selection) WHERE p.id = \(id)").first.map(Self.record)
    }

    /// Adds a publisher.
    package func insert(_ publisher: TrustedPublisher) throws {
        try connection.execute(
            """
            INSERT INTO trusted_publishers (id, ecosystem, name, name_key, project_id, provider, issuer, lookup,
                environment, settings, pinned, created_by, created_at, expires_at)
            VALUES (\(publisher.id), \(publisher.ecosystem), \(publisher.name), \(publisher.nameKey),
                \(publisher.projectID), \(publisher.provider), \(publisher.issuer), \(publisher.lookup),
                \(publisher.environment), \(JSONValue.texts(publisher.settings).canonicalBytes()),
                \(JSONValue.texts(publisher.pinned).canonicalBytes()), \(publisher.createdBy), \(publisher.createdAt),
                \(publisher.expiresAt))
            """)
    }

    /// Notes a use and the ids that it pinned.
    package func noteUse(_ id: Int64, pinned: [String: String], at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE trusted_publishers SET last_used_at = \(now), pinned = \(JSONValue.texts(pinned).canonicalBytes())
            WHERE id = \(id)
            """)
    }

    /// Gives a pending publisher the project that it created.
    package func attach(_ id: Int64, to projectID: Int64) throws {
        try connection.execute(
            """
            UPDATE trusted_publishers SET project_id = \(projectID), expires_at = NULL
            WHERE id = \(id) AND project_id IS NULL
            """)
    }

    /// Removes a publisher and ends the tokens that were given to it.
    /// - Returns: Whether it was there.
    package func remove(_ id: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            """
            UPDATE tokens SET revoked_at = \(now), revoked_reason = 'the trusted publisher was removed'
            WHERE revoked_at IS NULL
                AND id IN (SELECT token_id FROM token_publishers WHERE publisher_id = \(id))
            """)
        return try connection.execute(
            "UPDATE trusted_publishers SET removed_at = \(now) WHERE id = \(id) AND removed_at IS NULL") > 0
    }

    /// Whether an issuer may speak for a project: one that an administrator bound to an organization does so for that
    /// organization's projects alone, and for none that does not exist yet.
    package func mayUse(issuer: String, forProject projectID: Int64?) throws -> Bool {
        guard let bound = try TrustedIssuerStore(connection).find(issuer: issuer)?.organizationID else { return true }
        guard let projectID else { return false }
        return try connection.first("SELECT organization_id FROM projects WHERE id = \(projectID)")?
            .optionalInt("organization_id") == bound
    }

    /// Ends the tokens that were given to publishers of an issuer.
    package func revokeTokens(issuer: String, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE tokens SET revoked_at = \(now), revoked_reason = 'the issuer is not trusted any more'
            WHERE revoked_at IS NULL AND id IN (
                SELECT t.token_id FROM token_publishers t JOIN trusted_publishers p ON p.id = t.publisher_id
                WHERE p.issuer = \(issuer))
            """)
    }

    /// Removes pending publishers whose time is over.
    /// - Returns: How many there were.
    package func expire(at now: Timestamp) throws -> Int {
        try connection.execute(
            """
            UPDATE trusted_publishers SET removed_at = \(now)
            WHERE project_id IS NULL AND removed_at IS NULL AND expires_at <= \(now)
            """)
    }
}

extension TrustedPublisherStore {
    /// Binds a token to the publishers that it was given to.
    package func bind(tokenID: Int64, to publisherIDs: [Int64]) throws {
        for id in publisherIDs {
            try connection.execute(
                "INSERT INTO token_publishers (token_id, publisher_id) VALUES (\(tokenID), \(id))")
        }
    }

    /// The publishers that a token was given to and that were not removed, the oldest first.
    package func publishers(tokenID: Int64) throws -> [TrustedPublisher] {
        try connection.query(
            """
            \(sql: Self.selection) JOIN token_publishers t ON t.publisher_id = p.id
            WHERE t.token_id = \(tokenID) AND p.removed_at IS NULL ORDER BY p.created_at, p.id
            """
        ).map(Self.record)
    }

    /// Takes an identity token in, for one of several that offer it at once, on whatever node.
    /// - Returns: Whether it was new.
    package func useIdentityToken(issuer: String, hash: [UInt8], until time: Timestamp) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO used_identity_tokens (issuer, hash, expires_at) VALUES (\(issuer), \(hash), \(time))
            ON CONFLICT (issuer, hash) DO NOTHING
            """) > 0
    }

    /// Forgets identity tokens that have expired, so that no copy of them can be accepted anyway.
    package func forgetIdentityTokens(before now: Timestamp) throws -> Int {
        try connection.execute("DELETE FROM used_identity_tokens WHERE expires_at < \(now)")
    }

    private static func record(_ row: SQLRow) throws -> TrustedPublisher {
        TrustedPublisher(
            id: try row.int("id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
            name: try row.text("name"), nameKey: try row.text("name_key"), projectID: try row.optionalInt("project_id"),
            provider: try row.text("provider"), issuer: try row.text("issuer"), lookup: try row.text("lookup"),
            environment: try row.text("environment"),
            settings: try ReleaseStore.json(row.bytes("settings")).textMembers,
            pinned: try ReleaseStore.json(row.bytes("pinned")).textMembers, createdBy: try row.int("created_by"),
            creator: try row.text("creator"), createdAt: try row.timestamp("created_at"),
            lastUsedAt: try row.optionalTimestamp("last_used_at"), expiresAt: try row.optionalTimestamp("expires_at"),
            removedAt: try row.optionalTimestamp("removed_at"))
    }
}
