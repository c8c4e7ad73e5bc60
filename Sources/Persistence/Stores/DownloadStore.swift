import RegistryModel

/// The rows of `downloads` and of `project_downloads`, their sums by project and day.
package struct DownloadStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds to the count of a file, a day and a client family.
    package func add(fileID: Int64, projectID: Int64, day: Int64, family: String, count: Int64) throws {
        try connection.execute(
            """
            INSERT INTO downloads (file_id, day, family, project_id, count)
            VALUES (\(fileID), \(day), \(family), \(projectID), \(count))
            ON CONFLICT (file_id, day, family) DO UPDATE SET count = downloads.count + excluded.count
            """)
        try connection.execute(
            """
            INSERT INTO project_downloads (project_id, day, count) VALUES (\(projectID), \(day), \(count))
            ON CONFLICT (project_id, day) DO UPDATE SET count = project_downloads.count + excluded.count
            """)
    }

    /// A project's downloads by day, from `firstDay` on.
    package func byDay(projectID: Int64, from firstDay: Int64) throws -> [(day: Int64, count: Int64)] {
        try connection.query(
            """
            SELECT day, count AS n FROM project_downloads
            WHERE project_id = \(projectID) AND day >= \(firstDay) ORDER BY day
            """
        ).map { (try $0.int("day"), try $0.int("n")) }
    }

    /// A release's downloads of all time.
    package func total(releaseID: Int64) throws -> Int64 {
        let row = try connection.query(
            """
            SELECT CAST(COALESCE(SUM(d.count), 0) AS BIGINT) AS n FROM downloads d JOIN files f ON f.id = d.file_id
            WHERE f.release_id = \(releaseID)
            """
        ).first
        return try row?.int("n") ?? 0
    }

    /// A project's downloads of all time.
    package func total(projectID: Int64) throws -> Int64 {
        let row = try connection.query(
            """
            SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS n FROM project_downloads
            WHERE project_id = \(projectID)
            """
        ).first
        return try row?.int("n") ?? 0
    }
}
