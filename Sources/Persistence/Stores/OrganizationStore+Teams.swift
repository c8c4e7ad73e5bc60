package import RegistryModel

/// The rows of `teams`, `team_members`, `project_teams` and `namespace_teams`.
extension OrganizationStore {
    private static let teamRows: SQL =
        "SELECT t.*, o.name AS organization FROM teams t JOIN organizations o ON o.id = t.organization_id"
    private static let teamRoles: SQL = """
        SELECT t.*, o.name AS organization, r.role AS held FROM teams t
            JOIN organizations o ON o.id = t.organization_id
        """

    /// The team with that folded name.
    package func team(_ organizationID: Int64, nameKey: String) throws -> Team? {
        try connection.query(
            """
            \(sql: Self.teamRows) WHERE t.organization_id = \(organizationID) AND t.name_key = \(nameKey)
            """
        ).first.map(Self.team)
    }

    /// The team with that id.
    package func team(id: Int64) throws -> Team? {
        try connection.query(
            """
            \(sql: Self.teamRows) WHERE t.id = \(id)
            """
        ).first.map(Self.team)
    }

    /// An organization's teams, by name.
    package func teams(_ organizationID: Int64) throws -> [Team] {
        try connection.query(
            """
            \(sql: Self.teamRows) WHERE t.organization_id = \(organizationID) ORDER BY t.name_key
            """
        ).map(Self.team)
    }

    /// Adds a team.
    /// - Throws: `SQLFault.uniqueViolation` where the organization has one of that name.
    package func insertTeam(_ team: Team, nameKey: String) throws {
        try connection.execute(
            """
            INSERT INTO teams (id, organization_id, name, name_key, created_at)
            VALUES (\(team.id), \(team.organizationID), \(team.name), \(nameKey), \(team.createdAt))
            """)
    }

    /// Removes a team with its members, its roles and its invitations.
    package func deleteTeam(_ id: Int64) throws {
        try connection.execute(
            "DELETE FROM invitations WHERE subject_kind = \(InvitationSubject.team) AND subject_id = \(id)")
        try connection.execute("DELETE FROM project_teams WHERE team_id = \(id)")
        try connection.execute("DELETE FROM namespace_teams WHERE team_id = \(id)")
        try connection.execute("DELETE FROM team_members WHERE team_id = \(id)")
        try connection.execute("DELETE FROM teams WHERE id = \(id)")
    }

    /// The ids and names of a team's members, by name.
    package func teamMembers(_ id: Int64) throws -> [(userID: Int64, userName: String)] {
        try connection.query(
            """
            SELECT m.user_id, u.name FROM team_members m JOIN users u ON u.id = m.user_id
            WHERE m.team_id = \(id) ORDER BY u.name_key
            """
        ).map { (try $0.int("user_id"), try $0.text("name")) }
    }

    /// Whether somebody is in a team.
    package func isInTeam(_ id: Int64, userID: Int64) throws -> Bool {
        try !connection.query(
            "SELECT team_id FROM team_members WHERE team_id = \(id) AND user_id = \(userID)"
        ).isEmpty
    }

    /// Puts somebody into a team.
    package func addToTeam(_ id: Int64, userID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO team_members (team_id, user_id, since) VALUES (\(id), \(userID), \(now))
            ON CONFLICT (team_id, user_id) DO NOTHING
            """)
    }

    /// Takes somebody out of a team.
    /// - Returns: Whether they were in it.
    package func removeFromTeam(_ id: Int64, userID: Int64) throws -> Bool {
        try connection.execute("DELETE FROM team_members WHERE team_id = \(id) AND user_id = \(userID)") > 0
    }

    /// The projects on which a team has a role, by name.
    package func teamProjects(_ id: Int64, limit: Int) throws -> [(project: Project, role: Role)] {
        try connection.query(
            """
            SELECT p.*, t.role AS held FROM project_teams t JOIN projects p ON p.id = t.project_id
            WHERE t.team_id = \(id) ORDER BY p.ecosystem, p.name_key LIMIT \(limit)
            """
        ).map { (try ProjectStore.record($0), Role(rawValue: try $0.text("held")) ?? .maintainer) }
    }

    /// The teams with a role on a project, owners first.
    package func teams(ofProject id: Int64) throws -> [TeamRole] {
        try connection.query(
            """
            \(sql: Self.teamRoles) JOIN project_teams r ON r.team_id = t.id
            WHERE r.project_id = \(id) ORDER BY r.role DESC, o.name_key, t.name_key
            """
        ).map(Self.teamRole)
    }

    /// The teams with a role on a namespace, owners first.
    package func teams(ofNamespace id: Int64) throws -> [TeamRole] {
        try connection.query(
            """
            \(sql: Self.teamRoles) JOIN namespace_teams r ON r.team_id = t.id
            WHERE r.namespace_id = \(id) ORDER BY r.role DESC, o.name_key, t.name_key
            """
        ).map(Self.teamRole)
    }

    /// Gives a team a role on a project, changes it, or takes it away (nil).
    package func setTeam(_ id: Int64, ofProject projectID: Int64, role: Role?, at now: Timestamp) throws {
        guard let role else {
            try connection.execute(
                "DELETE FROM project_teams WHERE project_id = \(projectID) AND team_id = \(id)")
            return
        }
        try connection.execute(
            """
            INSERT INTO project_teams (project_id, team_id, role, since)
            VALUES (\(projectID), \(id), \(role), \(now))
            ON CONFLICT (project_id, team_id) DO UPDATE SET role = excluded.role
            """)
    }

    /// Gives a team a role on a namespace, changes it, or takes it away (nil).
    package func setTeam(_ id: Int64, ofNamespace namespaceID: Int64, role: Role?, at now: Timestamp) throws {
        guard let role else {
            try connection.execute(
                "DELETE FROM namespace_teams WHERE namespace_id = \(namespaceID) AND team_id = \(id)")
            return
        }
        try connection.execute(
            """
            INSERT INTO namespace_teams (namespace_id, team_id, role, since)
            VALUES (\(namespaceID), \(id), \(role), \(now))
            ON CONFLICT (namespace_id, team_id) DO UPDATE SET role = excluded.role
            """)
    }

    /// Takes all teams' roles on a project away.
    package func removeTeams(ofProject id: Int64) throws {
        try connection.execute("DELETE FROM project_teams WHERE project_id = \(id)")
    }

    private static func team(_ row: SQLRow) throws -> Team {
        Team(
            id: try row.int("id"), organizationID: try row.int("organization_id"),
            organization: try row.text("organization"), name: try row.text("name"),
            createdAt: try row.timestamp("created_at"))
    }

    private static func teamRole(_ row: SQLRow) throws -> TeamRole {
        TeamRole(team: try team(row), role: Role(rawValue: try row.text("held")) ?? .maintainer)
    }
}
