package import RegistryModel

/// What search knows of a project.
package struct SearchEntry: Hashable, Sendable {
    package let projectID: Int64
    /// The name as shown.
    package let name: String
    /// The name's key.
    package let nameKey: String
    package let summary: String
    package let keywords: [String]

    /// Collects the texts.
    package init(projectID: Int64, name: String, nameKey: String, summary: String, keywords: [String]) {
        self.projectID = projectID
        self.name = name
        self.nameKey = nameKey
        self.summary = summary
        self.keywords = keywords
    }
}

/// Whose projects a search may find.
package enum SearchAudience: Hashable, Sendable {
    /// Public ones.
    case anonymous
    /// Public and internal ones, and private ones on which the user has a role.
    case user(Int64)
    /// All.
    case everything
}

/// What to search for.
package struct SearchRequest: Hashable, Sendable {
    package let text: String
    package let ecosystem: EcosystemID?
    package let audience: SearchAudience
    package let limit: Int
    package let offset: Int

    /// Collects a request; limit and offset must have been bounded.
    package init(text: String, ecosystem: EcosystemID?, audience: SearchAudience, limit: Int, offset: Int) {
        self.text = text
        self.ecosystem = ecosystem
        self.audience = audience
        self.limit = limit
        self.offset = offset
    }
}

/// Why a project matched.
package enum SearchReason: Hashable, Sendable {
    case exactName, namePrefix, words, similarName
}

/// One match.
package struct SearchMatch: Sendable {
    package let project: Project
    package let keywords: [String]
    package let publishedAt: Timestamp
    package let reason: SearchReason
}

/// A page of matches, best first, and how many there are in all.
package struct SearchMatches: Sendable {
    package let matches: [SearchMatch]
    package let total: Int
}

/// Full text over names, summaries and keywords, with prefixes and tolerance for typing errors in names.
///
/// The one place where the databases differ: FTS5 on SQLite, tsvector and pg_trgm on PostgreSQL, held to one contract by
/// one suite of tests. Written in the commit transaction, so a search never finds what is not there.
package struct SearchIndex {
    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds or replaces a project's texts.
    package func put(_ entry: SearchEntry) throws {
        switch connection.dialect {
        case .sqlite: try putSQLite(entry)
        case .postgres: try putPostgres(entry)
        }
    }

    /// Forgets a project.
    package func remove(projectID: Int64) throws {
        switch connection.dialect {
        case .sqlite: try removeSQLite(projectID)
        case .postgres: try removePostgres(projectID)
        }
    }

    /// Finds projects: the exact name first, then names that begin with the text, then words, then similar names.
    ///
    /// Similar names are looked for only where the words find less than one page. An empty text finds nothing.
    package func search(_ request: SearchRequest) throws -> SearchMatches {
        let words = SearchWords(request.text)
        guard !words.isEmpty else { return SearchMatches(matches: [], total: 0) }
        let direct: (ids: [Int64], total: Int)
        var similar: [Int64] = []
        switch connection.dialect {
        case .sqlite:
            direct = try matchSQLite(words, request)
            if request.offset == 0, direct.total < request.limit { similar = try similarSQLite(words, request) }
        case .postgres:
            direct = try matchPostgres(words, request)
            if request.offset == 0, direct.total < request.limit { similar = try similarPostgres(words, request) }
        }
        similar.removeAll(where: Set(direct.ids).contains)
        similar = Array(similar.prefix(request.limit - direct.ids.count))
        let rows = try load(direct.ids + similar)
        let fuzzy = Set(similar)
        let matches = (direct.ids + similar).compactMap { id -> SearchMatch? in
            guard let row = rows[id] else { return nil }
            let reason = fuzzy.contains(id) ? SearchReason.similarName : Self.reason(row.project, words)
            return SearchMatch(
                project: row.project, keywords: row.keywords, publishedAt: row.publishedAt, reason: reason)
        }
        return SearchMatches(matches: matches, total: direct.total + similar.count)
    }

    private static func reason(_ project: Project, _ words: SearchWords) -> SearchReason {
        let name = project.name.key.lowercased()
        if name == words.folded || project.name.display.lowercased() == words.folded { return .exactName }
        return name.hasPrefix(words.folded) ? .namePrefix : .words
    }

    private func load(_ ids: [Int64]) throws -> [Int64: (project: Project, keywords: [String], publishedAt: Timestamp)]
    {
        var rows: [Int64: (project: Project, keywords: [String], publishedAt: Timestamp)] = [:]
        for row in try connection.query("SELECT * FROM projects WHERE id IN \(values: ids)") {
            let project = try ProjectStore.record(row)
            let keywords = try row.text("keywords").split(separator: "\n").map(String.init)
            let publishedAt = try row.optionalTimestamp("latest_published_at") ?? project.updatedAt
            rows[project.id] = (project, keywords, publishedAt)
        }
        return rows
    }

    /// The condition that keeps what the audience may not see out of the matches; `p` is the project's table.
    func visible(_ request: SearchRequest) -> SQL {
        let ecosystem: SQL = request.ecosystem.map { "AND p.ecosystem = \($0)" } ?? ""
        let audience: SQL =
            switch request.audience {
            case .everything: ""
            case .anonymous: "AND p.visibility = \(Visibility.public)"
            case .user(let id):
                """
                AND (p.visibility IN \(values: [Visibility.public, .internal]) OR EXISTS (
                    SELECT 1 FROM project_members m WHERE m.project_id = p.id AND m.user_id = \(id)))
                """
            }
        return
            "p.latest_version IS NOT NULL AND p.status <> \(ProjectStatus.quarantined) \(sql: ecosystem) \(sql: audience)"
    }
}

/// The words of a search text: letters and digits in runs, folded, at most eight of them.
struct SearchWords: Sendable {
    /// The whole text, trimmed and in lower case.
    let folded: String
    let words: [String]

    init(_ text: String) {
        folded = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let runs = folded.unicodeScalars.split { !($0.properties.isAlphabetic || $0.properties.numericType != nil) }
        words = runs.prefix(8).map { String($0.prefix(64)) }
    }

    var isEmpty: Bool { words.isEmpty }
}
