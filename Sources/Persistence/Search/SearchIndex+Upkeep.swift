import RegistryModel

extension SearchIndex {
    /// Projects that should be found and are not in the index.
    package func missing(limit: Int) throws -> [(id: Int64, label: String)] {
        let absent: SQL =
            switch connection.dialect {
            case .sqlite: "NOT EXISTS (SELECT 1 FROM search_words s WHERE s.rowid = p.id)"
            case .postgres: "NOT EXISTS (SELECT 1 FROM search_documents s WHERE s.project_id = p.id)"
            }
        return try connection.query(
            """
            SELECT p.id, p.ecosystem || '/' || p.name AS label FROM projects p
            WHERE p.latest_version IS NOT NULL AND p.status <> \(ProjectStatus.quarantined) AND \(sql: absent)
            LIMIT \(limit)
            """
        ).map { (try $0.int("id"), try $0.text("label")) }
    }

    /// Writes the entries of the projects that come after `id`, and removes those of projects that nobody is to find.
    ///
    /// - Returns: The last project's id; nil when there are no more.
    package func rebuild(after id: Int64, limit: Int) throws -> Int64? {
        let rows = try connection.query("SELECT * FROM projects WHERE id > \(id) ORDER BY id LIMIT \(limit)")
        for row in rows {
            let project = try ProjectStore.record(row)
            guard project.latestVersion != nil, project.status != .quarantined else {
                try remove(projectID: project.id)
                continue
            }
            try put(
                SearchEntry(
                    project, summary: project.summary ?? "",
                    keywords: try row.text("keywords").split(separator: "\n").map(String.init), connection))
        }
        return try rows.last?.int("id")
    }
}
