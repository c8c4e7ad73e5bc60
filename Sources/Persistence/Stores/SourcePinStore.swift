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
    package func find(_ projectID: Int64) throws -> (pin: SourcePin, isFrozen: Bool)? {
        try connection.query(
            """
            SELECT url_key, url, state FROM project_repositories
            WHERE project_id = \(projectID) AND state IN \(values: [Self.pinned, Self.frozen])
            """
        ).first.map { row in
            (
                SourcePin(key: try row.text("url_key"), address: try row.text("url")),
                try row.text("state") == Self.frozen
            )
        }
    }

    /// Holds a project to a repository from now on, and to no other.
    package func pin(_ projectID: Int64, to pin: SourcePin, at now: Timestamp) throws {
        try clear(projectID)
        try connection.execute(
            """
            INSERT INTO project_repositories (project_id, url_key, url, state, host, noted_at)
            VALUES (\(projectID), \(pin.key), \(pin.address), \(Self.pinned), \(pin.host), \(now))
            ON CONFLICT (project_id, url_key) DO UPDATE SET
                state = excluded.state, host = excluded.host, url = excluded.url
            """)
    }

    /// Keeps a project from taking releases until its repository is confirmed.
    package func freeze(_ projectID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE project_repositories SET state = \(Self.frozen), checked_at = \(now)
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
}
