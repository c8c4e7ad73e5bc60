package import Ecosystems
import Publishing
package import RegistryModel

/// What a search found, or, without words, what there is.
package struct SearchResultsPage: PageContent {
    package static let template = "search"
    /// How many hits a page shows.
    package static let size = 20

    /// What was asked for.
    package struct Request: Equatable, Sendable {
        package let text: String
        package let ecosystem: EcosystemID?
        /// From 1.
        package let page: Int

        /// Collects it.
        package init(text: String, ecosystem: EcosystemID?, page: Int = 1) {
            self.text = text
            self.ecosystem = ecosystem
            self.page = page
        }
    }

    /// One hit.
    package struct Hit: Sendable {
        let ecosystem: String
        let name: String
        let href: String
        let version: String?
        let summary: String?
        let status: StateMark?
        let matched: String?
        let owner: String?
        let date: DateView
    }

    /// A link that narrows the search to an ecosystem.
    package struct Filter: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    package let frame: PageFrame
    package let heading: String
    package let countText: String
    package let filters: [Filter]
    package let hasHits: Bool
    package let start: Int
    package let hits: [Hit]
    package let pager: Pager?
    package let emptyText: String
    package let allHref: String?

    /// Describes the answer to a search; `total` counts the hits on all pages, up to `SearchPage.countLimit`.
    package init(
        _ request: Request, hits: [Hit], total: Int, presentations: [EcosystemPresentation], publicURL: String
    ) {
        self.init(
            request, hits: hits, heading: "Packages for “\(request.text)”",
            countText: Self.countText(total, request, presentations),
            pager: Pager.of(min(total, 10_000), size: Self.size, page: request.page) {
                ProjectPath.search(request.text, ecosystem: request.ecosystem, page: $0)
            }, presentations: presentations, publicURL: publicURL)
    }

    /// Describes a list without a search: the newest projects, or those of one ecosystem by name.
    package init(
        browsing projects: [Project], ecosystem: EcosystemID?, next: String?, presentations: [EcosystemPresentation],
        publicURL: String
    ) {
        let name = ecosystem.map(presentations.name)
        self.init(
            Request(text: "", ecosystem: ecosystem), hits: projects.map { Hit($0, presentations: presentations) },
            heading: name.map { "\($0) packages" } ?? "Packages",
            countText: ecosystem == nil ? "The most recently released" : "By name",
            pager: next.map { Pager(previous: nil, next: $0, text: "More") }, presentations: presentations,
            publicURL: publicURL)
    }

    private init(
        _ request: Request, hits: [Hit], heading: String, countText: String, pager: Pager?,
        presentations: [EcosystemPresentation], publicURL: String
    ) {
        self.heading = heading
        self.countText = countText
        self.hits = hits
        self.pager = pager
        frame = PageFrame(
            title: request.text.isEmpty ? heading : "\(request.text): search", publicURL: publicURL, isIndexed: false,
            query: request.text)
        filters =
            [Filter(label: "All", href: ProjectPath.search(request.text), isCurrent: request.ecosystem == nil)]
            + presentations.map {
                Filter(
                    label: $0.displayName, href: ProjectPath.search(request.text, ecosystem: $0.id),
                    isCurrent: request.ecosystem == $0.id)
            }
        hasHits = !hits.isEmpty
        start = (request.page - 1) * Self.size + 1
        emptyText =
            request.text.isEmpty
            ? "Nothing is published here yet." : "No package here matches these words, and no name is like them."
        allHref = request.ecosystem == nil ? nil : ProjectPath.search(request.text)
    }

    private static func countText(_ total: Int, _ request: Request, _ presentations: [EcosystemPresentation]) -> String
    {
        let place = request.ecosystem.map { " in \(presentations.name(of: $0))" } ?? ""
        let count = Quantity.count(Int64(total), "package", "packages")
        return (total < SearchPage.countLimit ? count : "\(count) or more") + place
    }
}

extension SearchResultsPage.Hit {
    /// Describes a hit.
    ///
    /// `matched` says in words why it matched; of the keywords those are shown that a word of the search begins.
    package init(
        _ project: Project, matched: String, keywords: [String], owner: String?, releasedAt: Timestamp,
        request: SearchResultsPage.Request, presentations: [EcosystemPresentation]
    ) {
        let words = request.text.lowercased().split(whereSeparator: \.isWhitespace)
        let shared = keywords.filter { keyword in words.contains { keyword.lowercased().hasPrefix($0) } }
        let reason =
            "matches by \(matched)" + (shared.isEmpty ? "" : " (keyword \(shared.prefix(3).joined(separator: ", ")))")
        self.init(project, matched: reason, owner: owner, releasedAt: releasedAt, presentations: presentations)
    }

    /// Describes a project in a list that nobody searched for.
    package init(
        _ project: Project, matched: String? = nil, owner: String? = nil, releasedAt: Timestamp? = nil,
        presentations: [EcosystemPresentation]
    ) {
        ecosystem = presentations.name(of: project.ecosystem)
        name = project.name.display
        href = ProjectPath.path(project.ecosystem, project.name.display)
        version = project.latestVersion
        summary = project.summary.flatMap { $0.isEmpty ? nil : $0 }
        status = StateMark(project.status) ?? StateMark(project.visibility)
        self.matched = matched
        self.owner = owner
        date = DateView(releasedAt ?? project.updatedAt)
    }
}
