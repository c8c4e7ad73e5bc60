package import RegistryModel

extension NamespaceStore {
    /// What one user claims, or owns, under that key.
    package func find(_ ecosystem: EcosystemID, key: String, ownerID: Int64) throws -> Namespace? {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.ecosystem = \(ecosystem) AND n.name_key = \(key) AND n.owner_id = \(ownerID)
            """
        ).first.map(Self.record)
    }

    /// The namespace with that id.
    package func find(id: Int64) throws -> Namespace? {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.id = \(id)
            """
        ).first.map(Self.record)
    }

    /// Everything that is claimed or owned under that key, by whomever.
    package func all(_ ecosystem: EcosystemID, key: String, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.ecosystem = \(ecosystem) AND n.name_key = \(key) ORDER BY n.owner_id LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// What a user claims or owns, newest first.
    package func list(ownerID: Int64, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.owner_id = \(ownerID) ORDER BY n.created_at DESC, n.id DESC LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The namespaces on which a user has a role, by whatever way, in no order.
    package func list(memberID: Int64, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.id IN (
                SELECT m.namespace_id FROM namespace_members m WHERE m.user_id = \(memberID)
                UNION SELECT t.namespace_id FROM team_members m JOIN namespace_teams t ON t.team_id = m.team_id
                WHERE m.user_id = \(memberID)
                UNION SELECT q.id FROM organization_members o
                    JOIN namespaces q ON q.organization_id = o.organization_id
                WHERE o.user_id = \(memberID) AND o.role || '' = \(OrganizationRole.owner))
            LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The namespaces on which a user has a role, by themselves, by a team, or as an owner of the organization that has it;
    /// in no order.
    package func list(reachingUserID userID: Int64, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, u.name AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
            WHERE n.id IN (
                SELECT m.namespace_id FROM namespace_members m WHERE m.user_id = \(userID)
                UNION SELECT t.namespace_id FROM team_members m JOIN namespace_teams t ON t.team_id = m.team_id
                    WHERE m.user_id = \(userID)
                UNION SELECT g.id FROM organization_members o JOIN namespaces g ON g.organization_id = o.organization_id
                    WHERE o.user_id = \(userID) AND o.role || '' = \(OrganizationRole.owner))
            LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// All namespaces of an ecosystem from a key on, in the order of their keys; for the operator.
    package func list(_ ecosystem: EcosystemID, after key: String, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.ecosystem = \(ecosystem) AND n.name_key > \(key) ORDER BY n.name_key LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// How many claims of a user have not been proven.
    package func countUnproven(ownerID: Int64, limit: Int64) throws -> Int64 {
        try connection.query(
            """
            SELECT COUNT(*) AS n FROM (
                SELECT 1 AS one FROM namespaces
                WHERE owner_id = \(ownerID) AND state NOT IN \(values: NamespaceState.effective.map(\.rawValue))
                LIMIT \(limit)) s
            """
        ).first?.int("n") ?? 0
    }

    /// Those whose time to be looked at has come, the longest waiting first.
    package func due(at now: Timestamp, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, COALESCE(g.name, u.name) AS owner FROM namespaces n JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE n.next_check_at IS NOT NULL AND n.next_check_at <= \(now)
            ORDER BY n.next_check_at LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Writes everything that can change about a namespace.
    /// - Throws: `SQLFault.uniqueViolation` where its new owner has a claim of that name.
    package func update(_ namespace: Namespace) throws {
        try connection.execute(
            """
            UPDATE namespaces SET owner_id = \(namespace.ownerID), state = \(namespace.state.rawValue),
                method = \(namespace.method), target = \(namespace.target), dnssec = \(namespace.dnssec),
                staging_policy = \(namespace.stagingPolicy?.rawValue), verified_at = \(namespace.verifiedAt),
                checked_at = \(namespace.checkedAt), next_check_at = \(namespace.nextCheckAt),
                failing_since = \(namespace.failingSince), last_error = \(namespace.lastError),
                organization_id = \(namespace.organizationID)
            WHERE id = \(namespace.id)
            """)
    }

    /// Removes a namespace with its members and its offer.
    package func delete(_ id: Int64) throws {
        try connection.execute("DELETE FROM namespace_offers WHERE namespace_id = \(id)")
        try connection.execute("DELETE FROM namespace_members WHERE namespace_id = \(id)")
        try connection.execute("DELETE FROM namespace_teams WHERE namespace_id = \(id)")
        try connection.execute(
            "DELETE FROM invitations WHERE subject_kind = \(InvitationSubject.namespace) AND subject_id = \(id)")
        try connection.execute("DELETE FROM namespaces WHERE id = \(id)")
    }

    /// The namespaces that an organization has, by name.
    package func list(organizationID: Int64, limit: Int) throws -> [Namespace] {
        try connection.query(
            """
            SELECT n.*, g.name AS owner FROM namespaces n JOIN organizations g ON g.id = n.organization_id
            WHERE n.organization_id = \(organizationID) ORDER BY n.ecosystem, n.name_key LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The namespaces on which a team has a role, by name.
    package func list(teamID: Int64, limit: Int) throws -> [(namespace: Namespace, role: Role)] {
        try connection.query(
            """
            SELECT n.*, t.role AS held, COALESCE(g.name, u.name) AS owner FROM namespace_teams t
                JOIN namespaces n ON n.id = t.namespace_id JOIN users u ON u.id = n.owner_id
                LEFT JOIN organizations g ON g.id = n.organization_id
            WHERE t.team_id = \(teamID) ORDER BY n.ecosystem, n.name_key LIMIT \(limit)
            """
        ).map { (try Self.record($0), Role(rawValue: try $0.text("held")) ?? .maintainer) }
    }

    /// A verified namespace that would have no owner without a user.
    package func onlyOwned(by userID: Int64) throws -> String? {
        try connection.query(
            """
            SELECT n.ecosystem || ' ' || n.name AS only_owned FROM namespaces n
            WHERE n.owner_id = \(userID) AND n.organization_id IS NULL
                AND n.state IN \(values: NamespaceState.effective.map(\.rawValue))
            LIMIT 1
            """
        ).first?.text("only_owned")
    }

    /// Everybody with a role on a namespace, owners first.
    package func members(_ id: Int64) throws -> [ProjectMember] {
        try connection.query(
            """
            SELECT m.user_id, m.role AS held, u.name FROM namespace_members m JOIN users u ON u.id = m.user_id
            WHERE m.namespace_id = \(id) ORDER BY m.role DESC, u.name
            """
        ).map { row in
            ProjectMember(
                userID: try row.int("user_id"), userName: try row.text("name"),
                role: Role(rawValue: try row.text("held")) ?? .maintainer)
        }
    }

    /// The role that was given to one user alone.
    package func ownRole(_ id: Int64, userID: Int64) throws -> Role? {
        try connection.query(
            "SELECT role FROM namespace_members WHERE namespace_id = \(id) AND user_id = \(userID)"
        ).first.flatMap { Role(rawValue: try $0.text("role")) }
    }

    /// Takes somebody's role away.
    package func removeMember(_ id: Int64, userID: Int64) throws {
        try connection.execute(
            "DELETE FROM namespace_members WHERE namespace_id = \(id) AND user_id = \(userID)")
    }
}
