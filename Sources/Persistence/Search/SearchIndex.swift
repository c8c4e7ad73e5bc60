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
    package let ecosystem: EcosystemID
    package let visibility: Visibility
    /// Who has a role; needed only where not everybody may see the project.
    package let members: [Int64]
    /// The teams with a role, under the same condition.
    package let teams: [Int64]
    /// The organization that owns it.
    package let organization: Int64?

    /// Collects what a project is found by.
    package init(
        projectID: Int64, name: String, nameKey: String, summary: String, keywords: [String], ecosystem: EcosystemID,
        visibility: Visibility, members: [Int64], teams: [Int64] = [], organization: Int64? = nil
    ) {
        self.projectID = projectID
        self.name = name
        self.nameKey = nameKey
        self.summary = summary
        self.keywords = keywords
        self.ecosystem = ecosystem
        self.visibility = visibility
        self.members = members
        self.teams = teams
        self.organization = organization
    }

    /// What a project is found by, with who may find it.
    package init(
        _ project: Project, summary: String, keywords: [String], _ connection: any SQLConnection
    ) throws {
        let audience = try ProjectStore(connection).audience(of: project)
        self.init(
            projectID: project.id, name: project.name.display, nameKey: project.name.key, summary: summary,
            keywords: keywords, ecosystem: project.ecosystem, visibility: project.visibility,
            members: audience.members, teams: audience.teams,
            organization: project.visibility == .public ? nil : project.organizationID)
    }
}

/// Whose projects a search may find.
package enum SearchAudience: Hashable, Sendable {
    /// Public ones.
    case anonymous
    /// Public and internal ones, and private ones on which the user has a role, or which one of the namespaces reaches on
    /// which the user has one.
    case user(Int64, reaches: [NamespaceReach] = [])
    /// All.
    case everything
}

/// What to search for.
package struct SearchRequest: Hashable, Sendable {
    package let text: String
    package let ecosystem: EcosystemID?
    package var audience: SearchAudience
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

/// A page of matches, best first, and how many there are in all, counted up to ``SearchIndex/countLimit``.
package struct SearchMatches: Sendable {
    package let matches: [SearchMatch]
    package let total: Int
}

/// Full text over names, summaries and keywords, with prefixes and tolerance for typing errors in names.
///
/// The one place where the databases differ: FTS5 on SQLite, tsvector and pg_trgm on PostgreSQL, held to one contract by
/// one suite of tests. Written in the commit transaction, so a search never finds what is not there.
///
/// A search costs about the same however many projects match: the index answers every condition, who may see a project
/// too, so that nothing is read to be thrown away; it is asked for a bounded number of candidates (the oldest projects
/// where there are more, as those that many use are rarely new), and only the best of them are compared with one another.
package struct SearchIndex {
    /// How many matches a search counts and shows at most.
    package static let countLimit = 1000
    /// How many candidates are put in order by how well they match.
    private static let compared = 100

    let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds or replaces a project's texts; the same texts again cost one read.
    package func put(_ entry: SearchEntry) throws {
        let tokens = SearchTokens(entry).all
        switch connection.dialect {
        case .sqlite: try putSQLite(entry, tokens.joined(separator: " "))
        case .postgres: try putPostgres(entry, tokens)
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
        let direct = try candidates(words, request)
        var similar: [Int64] = []
        if request.offset == 0, direct.count < request.limit {
            let known = Set(direct)
            similar = try self.similar(words, request).filter { !known.contains($0) }
        }
        let page = Array(
            (direct.dropFirst(request.offset).prefix(request.limit) + similar).prefix(request.limit))
        let rows = try load(page, request)
        let fuzzy = Set(similar)
        let matches = page.compactMap { id -> SearchMatch? in
            guard let row = rows[id] else { return nil }
            let reason = fuzzy.contains(id) ? SearchReason.similarName : SearchRank(row.project, [], words).reason
            return SearchMatch(
                project: row.project, keywords: row.keywords, publishedAt: row.publishedAt, reason: reason)
        }
        return SearchMatches(matches: matches, total: direct.count + page.count { fuzzy.contains($0) })
    }

    /// The ids of what matches, the best first, at most ``countLimit``.
    ///
    /// Where as many have the words themselves as can be compared, words that only begin like them are left out: to gather
    /// every word with a common beginning is what costs most.
    private func candidates(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        let groups = try groups(request.audience)
        func find(_ place: SearchCondition.Place, _ acceptsBeginnings: Bool, _ limit: Int) throws -> [Int64] {
            try match(
                SearchCondition(words, in: place, acceptsBeginnings: acceptsBeginnings, request, groups),
                limit: limit)
        }
        var anywhere = try find(.anywhere, false, Self.countLimit)
        let acceptsBeginnings = anywhere.count <= Self.compared
        if acceptsBeginnings { anywhere = try find(.anywhere, true, Self.countLimit) }
        guard anywhere.count > Self.compared else { return try ordered(anywhere, words, request) }
        anywhere = try certain(anywhere, request)
        // Too many to compare them all: what the name says counts most.
        let inName = try certain(find(.name, acceptsBeginnings, Self.compared), request)
        var seen: Set<Int64> = []
        let all = (try named(words, request) + inName + anywhere).filter { seen.insert($0).inserted }
        let best = try ordered(Array(all.prefix(Self.compared)), words, request)
        return Array((best + all.dropFirst(Self.compared)).prefix(Self.countLimit))
    }

    /// Leaves out what a namespace only seems to reach: the index knows its name, and not whose projects it is about.
    private func certain(_ ids: [Int64], _ request: SearchRequest) throws -> [Int64] {
        guard case .user(_, let reaches) = request.audience, !reaches.isEmpty else { return ids }
        let rows = try connection.query(
            "SELECT p.id AS shown FROM projects p WHERE p.id IN \(values: ids) AND \(sql: visible(request))")
        let shown = Set(try rows.map { try $0.int("shown") })
        return ids.filter(shown.contains)
    }

    /// The tokens of the teams that somebody is in, and of the organizations that they own.
    private func groups(_ audience: SearchAudience) throws -> [String] {
        guard case .user(let id, _) = audience else { return [] }
        let teams = try connection.query("SELECT team_id AS in_team FROM team_members WHERE user_id = \(id) LIMIT 200")
        let organizations = try connection.query(
            """
            SELECT organization_id AS owned FROM organization_members
            WHERE user_id = \(id) AND role || '' = \(OrganizationRole.owner) LIMIT 200
            """)
        return try teams.map { SearchTokens.team(try $0.int("in_team")) }
            + organizations.map { SearchTokens.organization(try $0.int("owned")) }
    }

    private func match(_ condition: SearchCondition, limit: Int) throws -> [Int64] {
        switch connection.dialect {
        case .sqlite: try matchSQLite(condition, limit: limit)
        case .postgres: try matchPostgres(condition, limit: limit)
        }
    }

    private func similar(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        switch connection.dialect {
        case .sqlite: try similarSQLite(words, request)
        case .postgres: try similarPostgres(words, request)
        }
    }

    /// The first projects whose name begins with the text, the shortest name first where it is another's beginning.
    ///
    /// Only the names are looked at inside: with another condition beside it, SQLite, which knows nothing of how many rows
    /// there are, takes an index that has nearly all of them.
    private func named(_ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        let ecosystem: SQL = request.ecosystem.map { "AND ecosystem = \($0)" } ?? ""
        return try connection.query(
            """
            SELECT p.id FROM (
                SELECT id, name_key FROM projects
                WHERE name_key >= \(words.folded) AND name_key < \(words.folded + "\u{10FFFF}") \(sql: ecosystem)
                ORDER BY name_key LIMIT \(Self.compared)) n
            JOIN projects p ON p.id = n.id WHERE \(sql: visible(request)) ORDER BY n.name_key
            """
        ).map { try $0.int("id") }
    }

    /// The ids in the order of how well the projects match.
    private func ordered(_ ids: [Int64], _ words: SearchWords, _ request: SearchRequest) throws -> [Int64] {
        guard !ids.isEmpty else { return [] }
        let rows = try connection.query(
            """
            SELECT p.id, p.name, p.name_key, p.keywords FROM projects p
            WHERE p.id IN \(values: ids) AND \(sql: visible(request))
            """)
        return try rows.map { row in
            SearchRank(
                id: try row.int("id"), name: try row.text("name"), nameKey: try row.text("name_key"),
                keywords: try row.text("keywords"), words)
        }.sorted().map(\.id)
    }

    private func load(
        _ ids: [Int64], _ request: SearchRequest
    ) throws -> [Int64: (project: Project, keywords: [String], publishedAt: Timestamp)] {
        var rows: [Int64: (project: Project, keywords: [String], publishedAt: Timestamp)] = [:]
        // The index knows who may see what; the rows have the last word.
        for row in try connection.query(
            "SELECT p.* FROM projects p WHERE p.id IN \(values: ids) AND \(sql: visible(request))")
        {
            let project = try ProjectStore.record(row)
            let keywords = try row.text("keywords").split(separator: "\n").map(String.init)
            let publishedAt = try row.optionalTimestamp("latest_published_at") ?? project.updatedAt
            rows[project.id] = (project, keywords, publishedAt)
        }
        return rows
    }

    /// The condition that keeps what the audience may not see out of the matches; `p` is the project's table.
    ///
    /// The columns are compared as expressions on purpose: the rows are found by their ids or names, and SQLite, which
    /// takes every equality for a rare one, would rather read the index in which nearly all projects are public.
    func visible(_ request: SearchRequest) -> SQL {
        let ecosystem: SQL = request.ecosystem.map { "AND p.ecosystem || '' = \($0)" } ?? ""
        let audience: SQL =
            switch request.audience {
            case .everything: ""
            case .anonymous: "AND p.visibility || '' = \(Visibility.public)"
            case .user(let id, let reaches):
                """
                AND (p.visibility || '' IN \(values: [Visibility.public, .internal]) OR EXISTS (
                    SELECT 1 FROM project_members m WHERE m.project_id = p.id AND m.user_id = \(id)) OR EXISTS (
                    SELECT 1 FROM project_teams t JOIN team_members m ON m.team_id = t.team_id
                    WHERE t.project_id = p.id AND m.user_id = \(id)) OR EXISTS (
                    SELECT 1 FROM organization_members o WHERE o.organization_id = p.organization_id
                        AND o.user_id = \(id) AND o.role || '' = \(OrganizationRole.owner))
                    OR \(sql: reaches.condition))
                """
            }
        return
            "p.latest_version IS NOT NULL AND p.status <> \(ProjectStatus.quarantined) \(sql: ecosystem) \(sql: audience)"
    }
}
