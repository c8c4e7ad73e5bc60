import RegistryModel

/// PostgreSQL: weighted lexemes without stemming in a tsvector, and pg_trgm over the names.
extension SearchIndex {
    func putPostgres(_ entry: SearchEntry) throws {
        let keywords = entry.keywords.joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO search_documents (project_id, name, words)
            VALUES (\(entry.projectID), \(entry.nameKey),
                setweight(to_tsvector('simple', \(Self.split(entry.name + " " + entry.nameKey))), 'A')
                || setweight(to_tsvector('simple', \(Self.split(keywords))), 'B')
                || setweight(to_tsvector('simple', \(Self.split(entry.summary))), 'C'))
            ON CONFLICT (project_id) DO UPDATE SET name = excluded.name, words = excluded.words
            """)
    }

    func removePostgres(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM search_documents WHERE project_id = \(projectID)")
    }

    func matchPostgres(_ words: SearchWords, _ request: SearchRequest) throws -> (ids: [Int64], total: Int) {
        let expression = words.words.map { "\($0):*" }.joined(separator: " & ")
        let total = try connection.first(
            """
            SELECT COUNT(*) AS n FROM search_documents s JOIN projects p ON p.id = s.project_id
            WHERE s.words @@ to_tsquery('simple', \(expression)) AND \(sql: visible(request))
            """)
        let rows = try connection.query(
            """
            SELECT p.id FROM search_documents s JOIN projects p ON p.id = s.project_id
            WHERE s.words @@ to_tsquery('simple', \(expression)) AND \(sql: visible(request))
            ORDER BY CASE WHEN p.name_key = \(words.folded) THEN 0
                WHEN SUBSTR(p.name_key, 1, LENGTH(\(words.folded))) = \(words.folded) THEN 1 ELSE 2 END,
                ts_rank(s.words, to_tsquery('simple', \(expression))) DESC, p.name_key
            LIMIT \(request.limit) OFFSET \(request.offset)
            """)
        return (try rows.map { try $0.int("id") }, Int(try total?.int("n") ?? 0))
    }

    /// Names that pg_trgm finds alike, the closest by edit distance first.
    func similarPostgres(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        guard !Trigrams.of(words.folded).isEmpty else { return [] }
        let rows = try connection.query(
            """
            SELECT p.id, p.name_key FROM search_documents s JOIN projects p ON p.id = s.project_id
            WHERE s.name % \(words.folded) AND \(sql: visible(request))
            ORDER BY similarity(s.name, \(words.folded)) DESC LIMIT 200
            """)
        return Trigrams.closest(try rows.map { (try $0.int("id"), try $0.text("name_key")) }, to: words.folded)
    }

    /// Splits at everything that is neither letter nor digit, so that both databases see the same words: PostgreSQL's own
    /// parser would keep host names, paths and versions whole.
    private static func split(_ text: String) -> String {
        let runs = text.lowercased().unicodeScalars.split {
            !($0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
        return runs.map { String($0) }.joined(separator: " ")
    }
}
