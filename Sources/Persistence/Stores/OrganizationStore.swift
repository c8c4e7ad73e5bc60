package import RegistryModel

/// The rows of `organizations` and `organization_members`.
package struct OrganizationStore {
    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The organization with that folded name, deleted ones included.
    package func find(nameKey: String) throws -> Organization? {
        try connection.query("SELECT * FROM organizations WHERE name_key = \(nameKey)").first.map(Self.record)
    }

    /// The organization with that id.
    package func find(id: Int64) throws -> Organization? {
        try connection.query("SELECT * FROM organizations WHERE id = \(id)").first.map(Self.record)
    }

    /// Adds an organization.
    ///
    /// Both tables are asked inside the transaction, which is serializable, so that a user and an organization cannot take
    /// one name at the same time.
    /// - Throws: `SQLFault.uniqueViolation` where an organization or a user has the name.
    package func insert(_ organization: Organization, nameKey: String, createdBy userID: Int64) throws {
        guard try UserStore(connection).find(nameKey: nameKey) == nil else {
            throw SQLFault.uniqueViolation(constraint: "organizations.name_key")
        }
        try connection.execute(
            """
            INSERT INTO organizations (id, name, name_key, title, state, created_by, created_at)
            VALUES (\(organization.id), \(organization.name), \(nameKey), \(organization.title),
                \(organization.state), \(userID), \(organization.createdAt))
            """)
    }

    /// Changes what an organization calls itself.
    package func setTitle(_ id: Int64, _ title: String) throws {
        try connection.execute("UPDATE organizations SET title = \(title) WHERE id = \(id)")
    }

    /// Ends an organization with its members, teams and invitations; the row keeps the name taken.
    package func delete(_ id: Int64) throws {
        try connection.execute("UPDATE organizations SET state = \(Organization.State.deleted) WHERE id = \(id)")
        for team in try teams(id) { try deleteTeam(team.id) }
        try connection.execute(
            """
            DELETE FROM invitations
            WHERE subject_kind = \(InvitationSubject.organization) AND subject_id = \(id)
            """)
        try connection.execute("DELETE FROM organization_members WHERE organization_id = \(id)")
    }

    /// The role of one user.
    package func role(_ id: Int64, userID: Int64) throws -> OrganizationRole? {
        try connection.query(
            "SELECT role FROM organization_members WHERE organization_id = \(id) AND user_id = \(userID)"
        ).first.flatMap { OrganizationRole(rawValue: try $0.text("role")) }
    }

    /// Everybody in an organization, owners first, then by name.
    package func members(_ id: Int64) throws -> [OrganizationMember] {
        try connection.query(
            """
            SELECT m.user_id, m.role AS held, m.since, u.name FROM organization_members m
                JOIN users u ON u.id = m.user_id
            WHERE m.organization_id = \(id) ORDER BY m.role DESC, u.name_key
            """
        ).map { row in
            OrganizationMember(
                userID: try row.int("user_id"), userName: try row.text("name"),
                role: OrganizationRole(rawValue: try row.text("held")) ?? .member, since: try row.timestamp("since"))
        }
    }

    /// The ids of an organization's owners whose accounts can be used.
    package func ownerIDs(_ id: Int64) throws -> [Int64] {
        try connection.query(
            """
            SELECT m.user_id AS owner_id FROM organization_members m JOIN users u ON u.id = m.user_id
            WHERE m.organization_id = \(id) AND m.role || '' = \(OrganizationRole.owner)
                AND u.state || '' = \(UserRecord.State.active)
            """
        ).map { try $0.int("owner_id") }
    }

    /// Gives a role, or changes it.
    package func setMember(_ id: Int64, userID: Int64, role: OrganizationRole, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO organization_members (organization_id, user_id, role, since)
            VALUES (\(id), \(userID), \(role), \(now))
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role
            """)
    }

    /// Takes somebody out of an organization and of all its teams.
    package func removeMember(_ id: Int64, userID: Int64) throws {
        try connection.execute(
            """
            DELETE FROM team_members WHERE user_id = \(userID)
                AND team_id IN (SELECT id FROM teams WHERE organization_id = \(id))
            """)
        try connection.execute(
            "DELETE FROM organization_members WHERE organization_id = \(id) AND user_id = \(userID)")
    }

    /// The organizations that a user is in, with the role, by name.
    package func list(userID: Int64, limit: Int) throws -> [(organization: Organization, role: OrganizationRole)] {
        try connection.query(
            """
            SELECT o.*, m.role AS held FROM organization_members m JOIN organizations o ON o.id = m.organization_id
            WHERE m.user_id = \(userID) ORDER BY o.name_key LIMIT \(limit)
            """
        ).map { row in
            (try Self.record(row), OrganizationRole(rawValue: try row.text("held")) ?? .member)
        }
    }

    /// All organizations from a name on; for the operator.
    package func list(after key: String, limit: Int) throws -> [Organization] {
        try connection.query(
            "SELECT * FROM organizations WHERE name_key > \(key) ORDER BY name_key LIMIT \(limit)"
        ).map(Self.record)
    }

    /// The projects that an organization owns, by name.
    package func projects(_ id: Int64, limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT * FROM projects WHERE organization_id = \(id) ORDER BY ecosystem, name_key LIMIT \(limit)
            """
        ).map(ProjectStore.record)
    }

    /// An organization that would have no owner without a user.
    package func onlyOwned(by userID: Int64) throws -> String? {
        try connection.query(
            """
            SELECT g.name AS only_owned FROM organization_members m JOIN organizations g ON g.id = m.organization_id
            WHERE m.user_id = \(userID) AND m.role || '' = \(OrganizationRole.owner)
                AND NOT EXISTS (SELECT 1 FROM organization_members o JOIN users u ON u.id = o.user_id
                    WHERE o.organization_id = g.id AND o.user_id <> \(userID)
                        AND o.role || '' = \(OrganizationRole.owner) AND u.state || '' = \(UserRecord.State.active))
            LIMIT 1
            """
        ).first?.text("only_owned")
    }

    /// Takes a person out of everything: memberships, teams, roles on projects and namespaces, invitations.
    package func forget(userID: Int64) throws {
        try connection.execute("DELETE FROM invitations WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM invitations WHERE invited_by = \(userID)")
        try connection.execute("DELETE FROM team_members WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM organization_members WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM project_members WHERE user_id = \(userID)")
        try connection.execute("DELETE FROM namespace_members WHERE user_id = \(userID)")
        try connection.execute(
            "DELETE FROM project_transfers WHERE receiver_kind = 'user' AND receiver_id = \(userID)")
        try connection.execute("DELETE FROM project_transfers WHERE from_id = \(userID)")
    }

    private static func record(_ row: SQLRow) throws -> Organization {
        Organization(
            id: try row.int("id"), name: try row.text("name"), title: try row.text("title"),
            state: Organization.State(rawValue: try row.text("state")) ?? .deleted,
            createdAt: try row.timestamp("created_at"))
    }
}
