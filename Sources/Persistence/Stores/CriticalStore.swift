package import RegistryModel

/// What is known of projects on which much depends.
package struct CriticalStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// How many projects have a visible release.
    package func countProjects() throws -> Int64 {
        try connection.query("SELECT COUNT(*) AS n FROM projects WHERE latest_version IS NOT NULL").first?.int("n")
            ?? 0
    }

    /// The projects that were downloaded most from a day on, the first of them first: one pass over the sums by day.
    package func mostDownloaded(since day: Int64, limit: Int) throws -> [Int64] {
        try connection.query(
            """
            SELECT project_id AS id, CAST(SUM(count) AS BIGINT) AS n FROM project_downloads
            WHERE day >= \(day) GROUP BY project_id ORDER BY n DESC, id LIMIT \(limit)
            """
        ).map { try $0.int("id") }
    }

    /// The projects that at least `count` others name among their dependencies, with how many: one pass over the index of
    /// dependencies.
    package func mostNeeded(atLeast count: Int64, limit: Int) throws -> [(id: Int64, dependents: Int64)] {
        try connection.query(
            """
            SELECT p.id, d.n FROM (
                SELECT ecosystem, name_key, COUNT(DISTINCT project_id) AS n FROM dependencies
                GROUP BY ecosystem, name_key HAVING COUNT(DISTINCT project_id) >= \(count) LIMIT \(limit)) d
            JOIN projects p ON p.ecosystem = d.ecosystem AND p.name_key = d.name_key
            """
        ).map { (try $0.int("id"), try $0.int("n")) }
    }

    /// All critical projects, those that have been it longest first.
    package func list(limit: Int) throws -> [Project] {
        try connection.query(
            """
            SELECT * FROM projects WHERE critical_since IS NOT NULL ORDER BY critical_since LIMIT \(limit)
            """
        ).map(ProjectStore.record)
    }

    /// Says that a project is critical, or that it is not (nil).
    package func set(_ projectID: Int64, _ critical: Criticality?) throws {
        try connection.execute(
            """
            UPDATE projects SET critical_since = \(critical?.since), critical_reason = \(critical?.reason),
                critical_enforced_at = \(critical?.enforcedAt)
            WHERE id = \(projectID)
            """)
    }
}
