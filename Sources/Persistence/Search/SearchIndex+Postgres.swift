import RegistryModel

/// PostgreSQL: the tokens in a tsvector, and pg_trgm over the names.
extension SearchIndex {
    func putPostgres(_ entry: SearchEntry, _ tokens: [String]) throws {
        let vector = tokens.map { "'\($0)'" }.joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO search_documents (project_id, name, tokens)
            VALUES (\(entry.projectID), \(SearchTokens.folded(entry.nameKey)), CAST(CAST(\(vector) AS text) AS tsvector))
            ON CONFLICT (project_id) DO UPDATE SET tokens = excluded.tokens
            WHERE search_documents.tokens <> excluded.tokens
            """)
    }

    func removePostgres(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM search_documents WHERE project_id = \(projectID)")
    }

    func matchPostgres(_ condition: SearchCondition, limit: Int) throws -> [Int64] {
        let star = condition.acceptsBeginnings ? ":*" : ""
        var expression = condition.words.map { "'\($0)'\(star)" } + condition.required.map { "'\($0)'" }
        if !condition.anyOf.isEmpty {
            expression.append("(" + condition.anyOf.map { "'\($0)'" }.joined(separator: " | ") + ")")
        }
        return try connection.query(
            """
            SELECT project_id AS id FROM search_documents
            WHERE tokens @@ CAST(CAST(\(expression.joined(separator: " & ")) AS text) AS tsquery) LIMIT \(limit)
            """
        ).map { try $0.int("id") }.sorted()
    }

    /// Names that pg_trgm finds alike, the closest by edit distance first.
    func similarPostgres(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        guard !Trigrams.of(words.folded).isEmpty else { return [] }
        let rows = try connection.query(
            """
            SELECT p.id, p.name_key FROM (
                SELECT project_id FROM search_documents WHERE name % \(words.folded)
                ORDER BY similarity(name, \(words.folded)) DESC LIMIT 200) s
            JOIN projects p ON p.id = s.project_id WHERE \(sql: visible(request))
            """)
        return Trigrams.closest(try rows.map { (try $0.int("id"), try $0.text("name_key")) }, to: words.folded)
    }
}
