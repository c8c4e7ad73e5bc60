package import RegistryModel

/// Who has a role on a project by whatever way: their own, a team's, or the organization's that owns it.
extension ProjectStore {
    /// The highest role of one user.
    package func role(_ projectID: Int64, userID: Int64) throws -> Role? {
        let roles = try connection.query(
            """
            SELECT m.role AS held FROM project_members m
            WHERE m.project_id = \(projectID) AND m.user_id = \(userID)
            UNION ALL SELECT t.role AS held FROM project_teams t JOIN team_members m ON m.team_id = t.team_id
            WHERE t.project_id = \(projectID) AND m.user_id = \(userID)
            UNION ALL SELECT o.role AS held FROM projects p
                JOIN organization_members o ON o.organization_id = p.organization_id
            WHERE p.id = \(projectID) AND o.user_id = \(userID) AND o.role || '' = \(OrganizationRole.owner)
            """
        ).map { Role(rawValue: try $0.text("held")) }
        return roles.contains(.owner) ? .owner : roles.contains(.maintainer) ? .maintainer : nil
    }

    /// The role that was given to one user alone.
    package func ownRole(_ projectID: Int64, userID: Int64) throws -> Role? {
        try connection.query(
            "SELECT role FROM project_members WHERE project_id = \(projectID) AND user_id = \(userID)"
        ).first.flatMap { Role(rawValue: try $0.text("role")) }
    }

    /// The ids of the projects on which a user has a role, limited to those given.
    package func projects(_ ids: [Int64], withRoleOf userID: Int64) throws -> Set<Int64> {
        guard !ids.isEmpty else { return [] }
        let rows = try connection.query(
            """
            SELECT project_id FROM project_members WHERE user_id = \(userID) AND project_id IN \(values: ids)
            UNION SELECT t.project_id FROM team_members m JOIN project_teams t ON t.team_id = m.team_id
            WHERE m.user_id = \(userID) AND t.project_id IN \(values: ids)
            UNION SELECT p.id AS project_id FROM projects p
                JOIN organization_members o ON o.organization_id = p.organization_id
            WHERE o.user_id = \(userID) AND o.role || '' = \(OrganizationRole.owner) AND p.id IN \(values: ids)
            """)
        return Set(try rows.map { try $0.int("project_id") })
    }

    /// The projects of an ecosystem with a visible release on which a user has a role, in the order of their keys.
    ///
    /// The ecosystem is compared as an expression, so that SQLite begins with the user's few rows and not with all projects
    /// of the ecosystem.
    package func list(ecosystem: EcosystemID, withRoleOf userID: Int64, limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT p.* FROM projects p WHERE p.id IN (
                SELECT m.project_id FROM project_members m WHERE m.user_id = \(userID)
                UNION SELECT t.project_id FROM team_members m JOIN project_teams t ON t.team_id = m.team_id
                WHERE m.user_id = \(userID)
                UNION SELECT q.id FROM organization_members o JOIN projects q ON q.organization_id = o.organization_id
                WHERE o.user_id = \(userID) AND o.role || '' = \(OrganizationRole.owner))
            AND p.ecosystem || '' = \(ecosystem) AND p.latest_version IS NOT NULL
            ORDER BY p.name_key LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The ids of those who own a project by themselves or through the organization that owns it, and whose accounts can be
    /// used: a project always has one.
    package func ownerIDs(_ projectID: Int64) throws -> [Int64] {
        try connection.query(
            """
            SELECT m.user_id AS owner_id FROM project_members m JOIN users u ON u.id = m.user_id
            WHERE m.project_id = \(projectID) AND m.role || '' = \(Role.owner)
                AND u.state || '' = \(UserRecord.State.active)
            UNION SELECT o.user_id AS owner_id FROM projects p
                JOIN organization_members o ON o.organization_id = p.organization_id JOIN users u ON u.id = o.user_id
            WHERE p.id = \(projectID) AND o.role || '' = \(OrganizationRole.owner)
                AND u.state || '' = \(UserRecord.State.active)
            """
        ).map { try $0.int("owner_id") }
    }

    /// Makes a project an organization's, or people's alone (nil).
    package func setOrganization(_ projectID: Int64, _ organizationID: Int64?) throws {
        try connection.execute("UPDATE projects SET organization_id = \(organizationID) WHERE id = \(projectID)")
    }

    /// Changes which credentials publish a project.
    package func setTokenPolicy(_ projectID: Int64, _ policy: TokenPolicy) throws {
        try connection.execute("UPDATE projects SET token_policy = \(policy) WHERE id = \(projectID)")
    }

    /// A project that would have no owner without a user.
    package func onlyOwned(by userID: Int64) throws -> String? {
        try connection.query(
            """
            SELECT p.ecosystem || ' ' || p.name AS only_owned FROM project_members m
                JOIN projects p ON p.id = m.project_id
            WHERE m.user_id = \(userID) AND m.role || '' = \(Role.owner) AND p.organization_id IS NULL
                AND NOT EXISTS (SELECT 1 FROM project_members o JOIN users u ON u.id = o.user_id
                    WHERE o.project_id = p.id AND o.user_id <> \(userID) AND o.role || '' = \(Role.owner)
                        AND u.state || '' = \(UserRecord.State.active))
            LIMIT 1
            """
        ).first?.text("only_owned")
    }

    /// Who may find a project that not everybody may see, in the form of search.
    func audience(of project: Project) throws -> (members: [Int64], teams: [Int64]) {
        guard project.visibility != .public else { return ([], []) }
        return (
            try members(project.id).map(\.userID),
            try OrganizationStore(connection).teams(ofProject: project.id).map(\.team.id)
        )
    }
}
