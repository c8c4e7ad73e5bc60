package import RegistryModel

/// The rows of `project_repositories`: which source repositories a project has named.
package struct RepositoryStore {
    /// How many repositories one release may name; further ones are left out.
    private static let maximumCount = 20

    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Notes what a release names; a repository that its project has named before keeps its time.
    package func note(_ repositories: [SourceRepository], projectID: Int64, at now: Timestamp) throws {
        for repository in repositories.prefix(Self.maximumCount) {
            try connection.execute(
                """
                INSERT INTO project_repositories (project_id, url_key, url, state, noted_at)
                VALUES (\(projectID), \(repository.key), \(repository.address), \("named"), \(now))
                ON CONFLICT (project_id, url_key) DO NOTHING
                """)
        }
    }

    /// What a project's releases name, the first to be named first.
    package func list(projectID: Int64, limit: Int) throws -> [SourceRepository] {
        try connection.query(
            """
            SELECT url_key, url FROM project_repositories WHERE project_id = \(projectID)
            ORDER BY noted_at, url_key LIMIT \(limit)
            """
        ).map { SourceRepository(key: try $0.text("url_key"), address: try $0.text("url")) }
    }

    /// The projects of an ecosystem that have named a repository, the first to do so first.
    package func projects(_ ecosystem: EcosystemID, naming key: String, limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT p.* FROM project_repositories r JOIN projects p ON p.id = r.project_id
            WHERE r.url_key = \(key) AND p.ecosystem = \(ecosystem) ORDER BY r.noted_at, p.id LIMIT \(limit)
            """
        ).map(ProjectStore.record)
    }
}
