package import RegistryModel

/// The rows of `projects`, `project_members` and `tags`.
package struct ProjectStore {
    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The project with that key.
    package func find(_ coordinates: ProjectCoordinates) throws -> Project? {
        try connection.query(
            "SELECT * FROM projects WHERE ecosystem = \(coordinates.ecosystem) AND name_key = \(coordinates.nameKey)"
        ).first.map(Self.record)
    }

    /// The project with that id.
    package func find(id: Int64) throws -> Project? {
        try connection.query("SELECT * FROM projects WHERE id = \(id)").first.map(Self.record)
    }

    /// A project whose confusable form is the same, for the refusal of look-alikes.
    package func findConfusable(ecosystem: EcosystemID, confusable: String) throws -> Project? {
        try connection.query(
            """
            SELECT * FROM projects WHERE ecosystem = \(ecosystem) AND name_confusable = \(confusable)
            ORDER BY created_at, id LIMIT 1
            """
        ).first.map(Self.record)
    }

    /// How many projects a user made since `time`, counted up to `limit`.
    package func countCreated(by userID: Int64, since time: Timestamp, limit: Int64) throws -> Int64 {
        let row = try connection.query(
            """
            SELECT COUNT(*) AS n FROM (
                SELECT 1 FROM projects WHERE created_by = \(userID) AND created_at >= \(time) LIMIT \(limit)) made
            """
        ).first
        return try row?.int("n") ?? 0
    }

    /// Public projects with a visible release, in the order of their keys, after `after`.
    package func list(ecosystem: EcosystemID, after: String, limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT * FROM projects
            WHERE ecosystem = \(ecosystem) AND visibility = \(Visibility.public.rawValue) AND name_key > \(after)
                AND latest_version IS NOT NULL AND status <> \(ProjectStatus.quarantined.rawValue)
            ORDER BY name_key LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The names of what ``list(ecosystem:after:limit:)`` lists, or of those with another visibility.
    package func names(
        ecosystem: EcosystemID, visibility: Visibility = .public, after: String, limit: Int
    ) throws -> [ProjectName] {
        try connection.query(
            """
            SELECT name, name_key, name_confusable FROM projects
            WHERE ecosystem = \(ecosystem) AND visibility = \(visibility.rawValue) AND name_key > \(after)
                AND latest_version IS NOT NULL AND status <> \(ProjectStatus.quarantined.rawValue)
            ORDER BY name_key LIMIT \(limit)
            """
        ).map { row in
            ProjectName(
                display: try row.text("name"), key: try row.text("name_key"),
                confusable: try row.text("name_confusable"))
        }
    }

    /// Public projects whose newest release is newest.
    package func newest(limit: Int) throws -> [(project: Project, publishedAt: Timestamp)] {
        try connection.query(
            """
            SELECT * FROM projects
            WHERE visibility = \(Visibility.public.rawValue) AND latest_published_at IS NOT NULL
                AND status <> \(ProjectStatus.quarantined.rawValue)
            ORDER BY latest_published_at DESC LIMIT \(limit)
            """
        ).map { (try Self.record($0), try $0.timestamp("latest_published_at")) }
    }

    /// Public projects that declare a dependency on that name, those that exist longest first.
    ///
    /// What everything depends on has too many dependents to sort them: the index is read in its own order until there
    /// are enough.
    package func dependents(of coordinates: ProjectCoordinates, limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT * FROM projects WHERE id IN (
                SELECT DISTINCT d.project_id FROM dependencies d JOIN projects p ON p.id = d.project_id
                WHERE d.ecosystem = \(coordinates.ecosystem) AND d.name_key = \(coordinates.nameKey)
                    AND p.visibility = \(Visibility.public.rawValue)
                    AND NOT (p.ecosystem = \(coordinates.ecosystem) AND p.name_key = \(coordinates.nameKey))
                ORDER BY d.project_id LIMIT \(limit))
            ORDER BY id
            """
        ).map(Self.record)
    }

    /// Whether any other project's visible release declares a dependency on that name.
    package func hasDependents(_ project: Project) throws -> Bool {
        let row = try connection.query(
            """
            SELECT d.release_id FROM dependencies d JOIN releases r ON r.id = d.release_id
            WHERE d.ecosystem = \(project.ecosystem) AND d.name_key = \(project.name.key)
                AND d.project_id <> \(project.id)
                AND r.state IN \(values: [ReleaseState.live.rawValue, ReleaseState.yanked.rawValue])
            LIMIT 1
            """
        ).first
        return row != nil
    }

    /// Adds a project at revision 1.
    package func insert(_ project: Project, createdBy userID: Int64) throws {
        let name = project.name
        try connection.execute(
            """
            INSERT INTO projects (id, ecosystem, name, name_key, name_confusable, visibility, status, created_by,
                created_at, updated_at, revision, keywords, stored_bytes, organization_id)
            VALUES (\(project.id), \(project.ecosystem), \(name.display), \(name.key), \(name.confusable),
                \(project.visibility.rawValue), \(project.status.rawValue), \(userID), \(project.createdAt),
                \(project.updatedAt), 1, '', 0, \(project.organizationID))
            """)
    }

    /// Notes a change that readers can see.
    /// - Returns: The project as it is now, or nil where there is none.
    @discardableResult
    package func touch(_ projectID: Int64, at now: Timestamp, addedBytes: Int64 = 0) throws -> Project? {
        try connection.query(
            """
            UPDATE projects SET revision = revision + 1, updated_at = \(now),
                stored_bytes = stored_bytes + \(addedBytes)
            WHERE id = \(projectID) RETURNING *
            """
        ).first.map(Self.record)
    }

    /// How many bytes all files that were ever published here have.
    package func storedBytes(_ projectID: Int64) throws -> Int64 {
        try connection.query("SELECT stored_bytes FROM projects WHERE id = \(projectID)").first?.int("stored_bytes")
            ?? 0
    }

    /// Notes bytes that came or went without a change that readers can see.
    package func addStoredBytes(_ projectID: Int64, _ count: Int64) throws {
        try connection.execute(
            "UPDATE projects SET stored_bytes = stored_bytes + \(count) WHERE id = \(projectID)")
    }

    /// What a project asks of its publishes; nil where its namespaces decide.
    package func stagingPolicy(_ projectID: Int64) throws -> StagingPolicy? {
        try connection.query("SELECT staging_policy FROM projects WHERE id = \(projectID)").first?
            .optionalText("staging_policy").flatMap(StagingPolicy.init(rawValue:))
    }

    /// Changes what a project asks of its publishes.
    package func setStagingPolicy(_ projectID: Int64, _ policy: StagingPolicy?) throws {
        try connection.execute(
            "UPDATE projects SET staging_policy = \(policy?.rawValue) WHERE id = \(projectID)")
    }

    /// Forgets a project that never had a visible release and has none now, so that its name is free again.
    package func erase(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM project_repositories WHERE project_id = \(projectID)")
        try connection.execute("DELETE FROM project_members WHERE project_id = \(projectID)")
        try connection.execute("DELETE FROM project_teams WHERE project_id = \(projectID)")
        try connection.execute("DELETE FROM project_transfers WHERE project_id = \(projectID)")
        try connection.execute(
            "DELETE FROM invitations WHERE subject_kind = \(InvitationSubject.project) AND subject_id = \(projectID)")
        try connection.execute("DELETE FROM projects WHERE id = \(projectID)")
    }

    /// Sets what lists and search show of a project; nil hides it from them.
    package func setLatest(
        _ projectID: Int64, version: String?, publishedAt: Timestamp?, summary: String?, keywords: [String]
    ) throws {
        try connection.execute(
            """
            UPDATE projects SET latest_version = \(version), latest_published_at = \(publishedAt),
                summary = \(summary), keywords = \(keywords.joined(separator: "\n"))
            WHERE id = \(projectID)
            """)
    }

    /// When the last of a project's visible releases was published; nil where it has none.
    package func latestPublishedAt(_ projectID: Int64) throws -> Timestamp? {
        try connection.query("SELECT latest_published_at FROM projects WHERE id = \(projectID)")
            .first?.optionalTimestamp("latest_published_at")
    }

    /// Changes who may read a project.
    package func setVisibility(_ projectID: Int64, _ visibility: Visibility) throws {
        try connection.execute(
            "UPDATE projects SET visibility = \(visibility.rawValue) WHERE id = \(projectID)")
    }

    /// Changes a project's status.
    package func setStatus(_ projectID: Int64, _ status: ProjectStatus, reason: String?) throws {
        try connection.execute(
            "UPDATE projects SET status = \(status.rawValue), status_reason = \(reason) WHERE id = \(projectID)")
    }

    static func record(_ row: SQLRow) throws -> Project {
        Project(
            id: try row.int("id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
            name: ProjectName(
                display: try row.text("name"), key: try row.text("name_key"),
                confusable: try row.text("name_confusable")),
            visibility: Visibility(rawValue: try row.text("visibility")) ?? .private,
            status: ProjectStatus(rawValue: try row.text("status")) ?? .quarantined,
            statusReason: try row.optionalText("status_reason"),
            createdAt: try row.timestamp("created_at"), updatedAt: try row.timestamp("updated_at"),
            revision: try row.int("revision"), latestVersion: try row.optionalText("latest_version"),
            summary: try row.optionalText("summary"), organizationID: try row.optionalInt("organization_id"),
            critical: try critical(row),
            tokenPolicy: TokenPolicy(rawValue: try row.text("token_policy")) ?? .trusted)
    }

    private static func critical(_ row: SQLRow) throws -> Criticality? {
        guard let since = try row.optionalTimestamp("critical_since") else { return nil }
        return Criticality(
            since: since,
            reason: Criticality.Reason(rawValue: try row.optionalText("critical_reason") ?? "") ?? .marked,
            enforcedAt: try row.optionalTimestamp("critical_enforced_at") ?? since)
    }
}

extension ProjectStore {
    /// Everybody with a role, owners first, then by name.
    package func members(_ projectID: Int64) throws -> [ProjectMember] {
        try connection.query(
            """
            SELECT m.user_id, m.role, u.name FROM project_members m JOIN users u ON u.id = m.user_id
            WHERE m.project_id = \(projectID) ORDER BY m.role DESC, u.name_key
            """
        ).map { row in
            ProjectMember(
                userID: try row.int("user_id"), userName: try row.text("name"),
                role: Role(rawValue: try row.text("role")) ?? .maintainer)
        }
    }

    /// The names of the projects' owners that come first in the alphabet.
    package func firstOwners(_ ids: [Int64]) throws -> [Int64: String] {
        let rows = try connection.query(
            """
            SELECT m.project_id, u.name FROM project_members m JOIN users u ON u.id = m.user_id
            WHERE m.role = \(Role.owner) AND m.project_id IN \(values: ids) ORDER BY u.name_key
            """)
        return try Dictionary(rows.map { (try $0.int("project_id"), try $0.text("name")) }) { first, _ in first }
    }

    /// Gives a role, or changes it.
    package func setMember(_ projectID: Int64, userID: Int64, role: Role, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO project_members (project_id, user_id, role, since)
            VALUES (\(projectID), \(userID), \(role.rawValue), \(now))
            ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role, since = excluded.since
            """)
    }

    /// Takes a role away.
    /// - Returns: Whether there was one.
    package func removeMember(_ projectID: Int64, userID: Int64) throws -> Bool {
        try connection.execute(
            "DELETE FROM project_members WHERE project_id = \(projectID) AND user_id = \(userID)") > 0
    }

    /// The distribution tags, as tag → version; tags of releases that are not visible are left out.
    package func tags(_ projectID: Int64) throws -> [String: String] {
        let rows = try connection.query(
            """
            SELECT t.tag, r.version FROM tags t JOIN releases r ON r.id = t.release_id
            WHERE t.project_id = \(projectID)
                AND r.state IN \(values: [ReleaseState.live.rawValue, ReleaseState.yanked.rawValue])
            """)
        return try Dictionary(rows.map { (try $0.text("tag"), try $0.text("version")) }) { first, _ in first }
    }

    /// Sets a tag.
    package func setTag(_ projectID: Int64, tag: String, releaseID: Int64) throws {
        try connection.execute(
            """
            INSERT INTO tags (project_id, tag, release_id) VALUES (\(projectID), \(tag), \(releaseID))
            ON CONFLICT (project_id, tag) DO UPDATE SET release_id = excluded.release_id
            """)
    }

    /// Removes a tag.
    /// - Returns: Whether there was one.
    package func removeTag(_ projectID: Int64, tag: String) throws -> Bool {
        try connection.execute("DELETE FROM tags WHERE project_id = \(projectID) AND tag = \(tag)") > 0
    }
}
