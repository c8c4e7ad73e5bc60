import RegistryModel

/// FTS5: one table of words with prefix indexes, one of trigrams of the names.
extension SearchIndex {
    func putSQLite(_ entry: SearchEntry) throws {
        try removeSQLite(entry.projectID)
        try connection.execute(
            """
            INSERT INTO search_words (rowid, name, summary, keywords)
            VALUES (\(entry.projectID), \(entry.name + " " + entry.nameKey), \(entry.summary),
                \(entry.keywords.joined(separator: " ")))
            """)
        try connection.execute(
            "INSERT INTO search_trigrams (rowid, name) VALUES (\(entry.projectID), \(entry.nameKey))")
    }

    func removeSQLite(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM search_words WHERE rowid = \(projectID)")
        try connection.execute("DELETE FROM search_trigrams WHERE rowid = \(projectID)")
    }

    func matchSQLite(_ words: SearchWords, _ request: SearchRequest) throws -> (ids: [Int64], total: Int) {
        let expression = words.words.map { "\"\($0)\"*" }.joined(separator: " AND ")
        let total = try connection.first(
            """
            SELECT COUNT(*) AS n FROM search_words s JOIN projects p ON p.id = s.rowid
            WHERE search_words MATCH \(expression) AND \(sql: visible(request))
            """)
        let rows = try connection.query(
            """
            SELECT p.id FROM search_words s JOIN projects p ON p.id = s.rowid
            WHERE search_words MATCH \(expression) AND \(sql: visible(request))
            ORDER BY CASE WHEN p.name_key = \(words.folded) THEN 0
                WHEN SUBSTR(p.name_key, 1, LENGTH(\(words.folded))) = \(words.folded) THEN 1 ELSE 2 END,
                bm25(search_words, 10.0, 2.0, 4.0), p.name_key
            LIMIT \(request.limit) OFFSET \(request.offset)
            """)
        return (try rows.map { try $0.int("id") }, Int(try total?.int("n") ?? 0))
    }

    /// Names that share trigrams with the text, the closest by edit distance first.
    func similarSQLite(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        let trigrams = Trigrams.of(words.folded)
        guard !trigrams.isEmpty else { return [] }
        let expression = trigrams.map { "\"\($0)\"" }.joined(separator: " OR ")
        let rows = try connection.query(
            """
            SELECT p.id, p.name_key FROM search_trigrams s JOIN projects p ON p.id = s.rowid
            WHERE search_trigrams MATCH \(expression) AND \(sql: visible(request))
            ORDER BY s.rank LIMIT 200
            """)
        return Trigrams.closest(try rows.map { (try $0.int("id"), try $0.text("name_key")) }, to: words.folded)
    }
}

/// Likeness of short texts, for typing errors.
enum Trigrams {
    /// The runs of three letters or digits in a folded text.
    static func of(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars.prefix(64))
        guard scalars.count >= 3 else { return [] }
        var seen: Set<String> = []
        for start in 0...(scalars.count - 3) {
            let run = scalars[start..<start + 3]
            guard run.allSatisfy({ $0.properties.isAlphabetic || $0.properties.numericType != nil }) else { continue }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: run)
            seen.insert(String(text))
        }
        return seen.sorted()
    }

    /// The candidates within the distance that a typing error makes (1 for short texts, 2 from six characters on, 3 from
    /// twelve on), closest first.
    static func closest(_ candidates: [(id: Int64, name: String)], to text: String) -> [Int64] {
        let wanted = Array(text.prefix(64))
        let reach = wanted.count >= 12 ? 3 : wanted.count >= 6 ? 2 : 1
        return candidates.map { ($0.id, $0.name, distance(Array($0.name.lowercased().prefix(128)), wanted)) }
            .filter { $0.2 <= reach }
            .sorted { ($0.2, $0.1) < ($1.2, $1.1) }
            .map(\.0)
    }

    /// The optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
