package import RegistryModel

/// The rows of `namespaces`, `namespace_members` and `namespace_offers`.
package struct NamespaceStore {
    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The namespaces with those keys that decide, in no order.
    package func effective(_ ecosystem: EcosystemID, keys: [String]) throws -> [Namespace] {
        guard !keys.isEmpty else { return [] }
        return try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.ecosystem = \(ecosystem) AND n.name_key IN \(values: keys)
                AND n.state IN \(values: NamespaceState.effective.map(\.rawValue))
            """
        ).map(Self.record)
    }

    /// The highest role that a user has on any of some namespaces.
    package func role(ids: [Int64], userID: Int64) throws -> Role? {
        guard !ids.isEmpty else { return nil }
        let roles = try connection.query(
            """
            SELECT m.role AS held FROM namespace_members m
            WHERE m.namespace_id IN \(values: ids) AND m.user_id = \(userID)
            UNION ALL SELECT t.role AS held FROM namespace_teams t JOIN team_members m ON m.team_id = t.team_id
            WHERE t.namespace_id IN \(values: ids) AND m.user_id = \(userID)
            UNION ALL SELECT o.role AS held FROM namespaces n
                JOIN organization_members o ON o.organization_id = n.organization_id
            WHERE n.id IN \(values: ids) AND o.user_id = \(userID) AND o.role || '' = \(OrganizationRole.owner)
            """
        ).map { Role(rawValue: try $0.text("held")) }
        return roles.contains(.owner) ? .owner : roles.contains(.maintainer) ? .maintainer : nil
    }

    /// Adds a namespace; its members are rows of their own.
    /// - Throws: `SQLFault.uniqueViolation` where its owner has claimed it already.
    package func insert(_ namespace: Namespace) throws {
        try connection.execute(
            """
            INSERT INTO namespaces (id, ecosystem, name, name_key, owner_id, state, challenge, method, target, dnssec,
                staging_policy, created_at, verified_at, checked_at, next_check_at, failing_since, last_error,
                organization_id)
            VALUES (\(namespace.id), \(namespace.ecosystem), \(namespace.name), \(namespace.key), \(namespace.ownerID),
                \(namespace.state.rawValue), \(namespace.challenge), \(namespace.method), \(namespace.target),
                \(namespace.dnssec), \(namespace.stagingPolicy?.rawValue), \(namespace.createdAt),
                \(namespace.verifiedAt), \(namespace.checkedAt), \(namespace.nextCheckAt),
                \(namespace.failingSince), \(namespace.lastError), \(namespace.organizationID))
            """)
    }

    /// Gives somebody a role on a namespace, or changes it.
    package func setMember(_ namespaceID: Int64, userID: Int64, role: Role, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO namespace_members (namespace_id, user_id, role, since)
            VALUES (\(namespaceID), \(userID), \(role.rawValue), \(now))
            ON CONFLICT (namespace_id, user_id) DO UPDATE SET role = excluded.role
            """)
    }

    static func record(_ row: SQLRow) throws -> Namespace {
        Namespace(
            id: try row.int("id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
            name: try row.text("name"), key: try row.text("name_key"), ownerID: try row.int("owner_id"),
            owner: try row.text("owner"), state: NamespaceState(rawValue: try row.text("state")) ?? .claimed,
            challenge: try row.text("challenge"), method: try row.optionalText("method"),
            target: try row.optionalText("target"), dnssec: try row.optionalText("dnssec"),
            stagingPolicy: try row.optionalText("staging_policy").flatMap(StagingPolicy.init(rawValue:)),
            createdAt: try row.timestamp("created_at"), verifiedAt: try row.optionalTimestamp("verified_at"),
            checkedAt: try row.optionalTimestamp("checked_at"),
            nextCheckAt: try row.optionalTimestamp("next_check_at"),
            failingSince: try row.optionalTimestamp("failing_since"), lastError: try row.optionalText("last_error"),
            organizationID: try row.optionalInt("organization_id"))
    }
}
