package import RegistryModel

/// The rows of `project_repositories` that hold a project to one source repository.
package struct SourcePinStore {
    private static let pinned = "pinned"
    private static let frozen = "frozen"

    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The repository that a project is held to, and whether the project waits for somebody to confirm another.
    package func find(_ projectID: Int64) throws -> HeldSource? {
        try connection.query(
            """
            SELECT * FROM project_repositories
            WHERE project_id = \(projectID) AND state IN \(values: [Self.pinned, Self.frozen])
            """
        ).first.map(Self.record)
    }

    /// Those whose host is to be asked again, the longest waiting first.
    package func due(at now: Timestamp, limit: Int) throws -> [HeldSource] {
        try connection.query(
            """
            SELECT * FROM project_repositories WHERE next_check_at IS NOT NULL AND next_check_at <= \(now)
            ORDER BY next_check_at LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Holds a project to a repository from now on, and to no other; its host is asked next.
    package func pin(_ projectID: Int64, to pin: SourcePin, at now: Timestamp) throws {
        try clear(projectID)
        try connection.execute(
            """
            INSERT INTO project_repositories (project_id, url_key, url, state, host, noted_at, next_check_at)
            VALUES (\(projectID), \(pin.key), \(pin.address), \(Self.pinned), \(pin.host), \(now), \(now))
            ON CONFLICT (project_id, url_key) DO UPDATE SET state = excluded.state, host = excluded.host,
                url = excluded.url, next_check_at = excluded.next_check_at
            """)
    }

    /// Writes down what the host calls the repository.
    package func identify(_ projectID: Int64, as id: String, at now: Timestamp, next: Timestamp) throws {
        try connection.execute(
            """
            UPDATE project_repositories SET repository_id = \(id), checked_at = \(now), next_check_at = \(next)
            WHERE project_id = \(projectID) AND state = \(Self.pinned)
            """)
    }

    /// Writes down that the host had no answer.
    package func miss(_ projectID: Int64, at now: Timestamp, next: Timestamp) throws {
        try connection.execute(
            """
            UPDATE project_repositories SET checked_at = \(now), next_check_at = \(next)
            WHERE project_id = \(projectID) AND state = \(Self.pinned)
            """)
    }

    /// Leaves a project to who looks at it now, until then.
    package func postpone(_ projectID: Int64, until time: Timestamp) throws {
        try connection.execute(
            """
            UPDATE project_repositories SET next_check_at = \(time)
            WHERE project_id = \(projectID) AND state = \(Self.pinned)
            """)
    }

    /// Keeps a project from taking releases until its repository is confirmed.
    ///
    /// `found` is the number of the repository that took the place of the one it came from, where that is the reason.
    package func freeze(_ projectID: Int64, found: String? = nil, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE project_repositories SET state = \(Self.frozen), checked_at = \(now), found_id = \(found),
                next_check_at = NULL
            WHERE project_id = \(projectID) AND state = \(Self.pinned)
            """)
    }

    /// Holds a project to no repository.
    package func clear(_ projectID: Int64) throws {
        try connection.execute(
            """
            DELETE FROM project_repositories
            WHERE project_id = \(projectID) AND state IN \(values: [Self.pinned, Self.frozen])
            """)
    }

    private static func record(_ row: SQLRow) throws -> HeldSource {
        HeldSource(
            projectID: try row.int("project_id"),
            pin: SourcePin(key: try row.text("url_key"), address: try row.text("url")),
            isFrozen: try row.text("state") == frozen, repositoryID: try row.optionalText("repository_id"),
            foundID: try row.optionalText("found_id"), checkedAt: try row.optionalTimestamp("checked_at"))
    }
}
