import RegistryModel

/// FTS5: one table of tokens with indexes of their beginnings, and a table of the names' trigrams.
extension SearchIndex {
    func putSQLite(_ entry: SearchEntry, _ tokens: String) throws {
        let known = try connection.first("SELECT tokens FROM search_words WHERE rowid = \(entry.projectID)")
        if let known {
            // Most publishes change no text, and FTS5 writes a segment for every change.
            guard try known.text("tokens") != tokens else { return }
            try removeSQLite(entry.projectID)
        } else {
            try putGrams(entry)
        }
        try connection.execute("INSERT INTO search_words (rowid, tokens) VALUES (\(entry.projectID), \(tokens))")
    }

    /// Takes a project's words out.
    ///
    /// The trigrams stay: a name never changes, and what is not visible is left out of what they find.
    func removeSQLite(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM search_words WHERE rowid = \(projectID)")
    }

    func matchSQLite(_ condition: SearchCondition, limit: Int) throws -> [Int64] {
        let star = condition.acceptsBeginnings ? "*" : ""
        var expression = condition.words.map { "\"\($0)\"\(star)" } + condition.required.map { "\"\($0)\"" }
        if !condition.anyOf.isEmpty {
            expression.append("(" + condition.anyOf.map { "\"\($0)\"" }.joined(separator: " OR ") + ")")
        }
        return try connection.query(
            """
            SELECT rowid AS id FROM search_words WHERE search_words MATCH \(expression.joined(separator: " AND "))
            ORDER BY rowid LIMIT \(limit)
            """
        ).map { try $0.int("id") }
    }

    /// Names of about the same length that share the most trigrams with the text, the closest by edit distance first.
    func similarSQLite(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        let grams = Trigrams.of(words.folded)
        guard !grams.isEmpty else { return [] }
        let (length, reach) = Trigrams.measure(words.folded)
        let rows = try connection.query(
            """
            SELECT p.id, p.name_key FROM (
                SELECT project_id, COUNT(*) AS shared FROM search_grams
                WHERE gram IN \(values: grams) AND length BETWEEN \(length - reach) AND \(length + reach)
                GROUP BY project_id HAVING COUNT(*) >= \(max(1, grams.count - 4 * reach))
                ORDER BY shared DESC LIMIT 200) g
            JOIN projects p ON p.id = g.project_id WHERE \(sql: visible(request))
            """)
        return Trigrams.closest(try rows.map { (try $0.int("id"), try $0.text("name_key")) }, to: words.folded)
    }

    private func putGrams(_ entry: SearchEntry) throws {
        let name = SearchTokens.folded(entry.nameKey)
        let (length, _) = Trigrams.measure(name)
        for grams in Trigrams.of(name).chunked(8) {
            var statement: SQL = "INSERT INTO search_grams (gram, length, project_id) VALUES "
            for (index, gram) in grams.enumerated() {
                if index > 0 { statement += ", " }
                statement += "(\(gram), \(length), \(entry.projectID))"
            }
            try connection.execute(statement + " ON CONFLICT DO NOTHING")
        }
    }
}
