package import Accounts
import Persistence
package import RegistryModel

/// A project and its newest release, for the home page.
package struct NewestRelease: Sendable {
    package let project: Project
    package let version: String
    package let publishedAt: Timestamp
}

/// The downloads of one day (UTC).
package struct DownloadDay: Hashable, Sendable {
    /// Days since the Unix epoch.
    package let day: Int64
    package let count: Int64
}

/// What somebody searches for.
package struct SearchQuery: Hashable, Sendable {
    package let text: String
    package let ecosystem: EcosystemID?
    package let limit: Int
    package let offset: Int

    /// Bounds the text to 200 characters, the page to 250 hits and the offset to 10,000.
    package init(text: String, ecosystem: EcosystemID? = nil, limit: Int = 20, offset: Int = 0) {
        self.text = text.limited(toScalars: 200)
        self.ecosystem = ecosystem
        self.limit = min(max(limit, 1), 250)
        self.offset = min(max(offset, 0), 10_000)
    }
}

/// One hit of a search.
package struct SearchHit: Sendable {
    package let project: Project
    package let keywords: [String]
    /// The first owner's name.
    package let owner: String?
    package let publishedAt: Timestamp
    /// Why it matched, in words.
    package let matched: String
}

/// A page of hits.
package struct SearchPage: Sendable {
    /// Up to how many hits are counted.
    package static let countLimit = SearchIndex.countLimit

    package let hits: [SearchHit]
    /// How many there are on all pages; where it is ``countLimit`` there may be more.
    package let total: Int
}

extension Catalog {
    /// Public projects of an ecosystem in the order of their keys, after `after`.
    package func projects(_ ecosystem: EcosystemID, after: String?, limit: Int) async throws -> [Project] {
        try await core.driver.read {
            try ProjectStore($0).list(ecosystem: ecosystem, after: after ?? "", limit: min(max(limit, 1), 10_000))
        }
    }

    /// The names of public projects of an ecosystem in the order of their keys, after `after`.
    package func names(_ ecosystem: EcosystemID, after: String?, limit: Int) async throws -> [ProjectName] {
        try await core.driver.read {
            try ProjectStore($0).names(ecosystem: ecosystem, after: after ?? "", limit: min(max(limit, 1), 10_000))
        }
    }

    /// The names of projects of an ecosystem that somebody signed in may see and not everybody: those for all who are signed
    /// in, and those on which they have a role, or on a namespace around them.
    package func hiddenNames(
        _ ecosystem: EcosystemID, for principal: Principal, limit: Int
    ) async throws -> [ProjectName] {
        try await core.driver.read { connection in
            let store = ProjectStore(connection)
            let reaches = try Roles(core: core, connection: connection)
                .reaches(of: principal.userID, in: ecosystem)
            let direct = try store.list(ecosystem: ecosystem, withRoleOf: principal.userID, limit: limit)
            let known = Set(direct.map(\.id))
            let inside = try store.list(reachedBy: reaches, visibilities: [.private], limit: limit)
                .filter { !known.contains($0.id) }
            let own = (direct + inside).filter { $0.visibility == .private && $0.status != .quarantined }
            let shared = try store.names(ecosystem: ecosystem, visibility: .internal, after: "", limit: limit)
            return (own.map(\.name) + shared).filter {
                principal.mayUse(.read, ecosystem: ecosystem, nameKey: $0.key)
            }
        }
    }

    /// The names of those of some projects that are there and that the reader may see.
    package func known(_ ecosystem: EcosystemID, keys: [String], for reader: Reader) async throws -> [ProjectName] {
        try await core.driver.read { connection in
            let store = ProjectStore(connection)
            let found = try keys.compactMap {
                try store.find(ProjectCoordinates(ecosystem: ecosystem, nameKey: $0))
            }
            return try visible(found.filter { $0.latestVersion != nil }, to: reader, connection).map(\.name)
        }
    }

    /// The projects of an ecosystem on which a user has a role, or on a namespace around them, as far as the reader may see
    /// them.
    /// - Throws: `Problem` with ``Problem/Code/userUnknown``.
    package func projects(
        _ ecosystem: EcosystemID, ofUser name: String, for reader: Reader
    ) async throws -> [Project] {
        try await core.driver.read { connection in
            guard let user = try UserStore(connection).find(nameKey: UserName.key(name)) else {
                throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
            }
            let store = ProjectStore(connection)
            let direct = try store.list(ecosystem: ecosystem, withRoleOf: user.id, limit: 10_000)
            let known = Set(direct.map(\.id))
            let reaches = try Roles(core: core, connection: connection).reaches(of: user.id, in: ecosystem)
            let inside = try store.list(reachedBy: reaches, visibilities: Visibility.allCases, limit: 10_000)
                .filter { !known.contains($0.id) }
            return try visible(direct + inside, to: reader, connection)
        }
    }

    /// Public projects whose newest release is newest.
    package func newest(limit: Int) async throws -> [NewestRelease] {
        try await core.driver.read { connection in
            try ProjectStore(connection).newest(limit: min(max(limit, 1), 100)).compactMap { project, publishedAt in
                project.latestVersion.map {
                    NewestRelease(project: project, version: $0, publishedAt: publishedAt)
                }
            }
        }
    }

    /// What pages show of a release.
    package func details(_ project: Project, release: Release) async throws -> ReleaseDetails {
        try await core.driver.read { connection in
            let releases = ReleaseStore(connection)
            guard let page = try releases.page(release.id) else {
                throw RegistryCore.notFound(project.ecosystem, project.name.display)
            }
            return ReleaseDetails(
                details: page.details, readme: page.readme, dependencies: try releases.dependencies(release.id))
        }
    }

    /// Public projects that declare a dependency on this one.
    package func dependents(_ project: Project, limit: Int) async throws -> [Project] {
        try await core.driver.read {
            try ProjectStore($0).dependents(of: project.coordinates, limit: min(max(limit, 1), 1000))
        }
    }

    /// A project's events, newest first, for whoever may read the project.
    ///
    /// Those from a time when fewer people could read it than now stay hidden: nobody meant them for today's readers.
    package func events(_ project: Project, limit: Int, before: Int64? = nil) async throws -> [Event] {
        let shown = Visibility.allCases.filter { project.visibility.narrowed(to: $0) == project.visibility }
        return try await core.driver.read {
            try EventStore($0).list(
                projectID: project.id, visibilities: shown, before: before, limit: min(max(limit, 1), 1000))
        }
    }

    /// A project's downloads by day, for the last `days` days; days without any are left out.
    package func downloads(_ project: Project, days: Int) async throws -> [DownloadDay] {
        let first = core.clock.now().day - Int64(min(max(days, 1), 3660)) + 1
        return try await core.driver.read { connection in
            try DownloadStore(connection).byDay(projectID: project.id, from: first)
                .map { DownloadDay(day: $0.day, count: $0.count) }
        }
    }

    /// Projects that match a text and that the reader may see, best first.
    package func search(_ query: SearchQuery, for reader: Reader) async throws -> SearchPage {
        let audience: SearchAudience =
            switch reader {
            case .anonymous: .anonymous
            case .principal(let principal) where !principal.scopes.isEmpty:
                principal.mayUse(.read, ecosystem: query.ecosystem ?? EcosystemID(rawValue: ""), nameKey: nil)
                    ? .user(principal.userID) : .anonymous
            case .principal(let principal): principal.readsEverything ? .everything : .user(principal.userID)
            }
        return try await core.driver.read { [core] connection in
            var request = SearchRequest(
                text: query.text, ecosystem: query.ecosystem, audience: audience, limit: query.limit,
                offset: query.offset)
            if case .user(let userID, _) = audience {
                request.audience = .user(
                    userID,
                    reaches: try Roles(core: core, connection: connection).reaches(of: userID, in: query.ecosystem))
            }
            let found = try SearchIndex(connection).search(request)
            let owners = try ProjectStore(connection).firstOwners(found.matches.map(\.project.id))
            let hits = found.matches.map { match in
                SearchHit(
                    project: match.project, keywords: match.keywords, owner: owners[match.project.id],
                    publishedAt: match.publishedAt, matched: match.reason.text)
            }
            return SearchPage(hits: hits, total: found.total)
        }
    }
}

extension SearchReason {
    /// The reason in words.
    fileprivate var text: String {
        switch self {
        case .exactName: "the name"
        case .namePrefix: "the beginning of the name"
        case .words: "name, summary or keywords"
        case .similarName: "a similar name"
        }
    }
}
