import Accounts
package import Ecosystems
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import Publishing
import RegistryModel
package import Response

/// The pages that people look at, at the root of the address space.
///
///     /                     search and the newest releases
///     /search               ?q= &ecosystem= &page= (&after= when browsing)
///     /p/…                  projects, see ProjectPath
///     /help                 how each client is used here
///     /policies/…           what can be taken back, how accounts are recovered, security keys
///     /login, /account, …   people's own, see AccountRoutes
///     /docs/errors          what refusals mean; problem documents lead there
///     /security/scorecard   what the last assessment found, see ScorecardPages
///     /static/…             stylesheet, script, mark; named after their content
package struct WebUIRoutes: Sendable {
    private let services: RegistryServices
    private let presentations: [EcosystemPresentation]
    private let renderer: PageRenderer
    private let projects: ProjectPages
    private let security: ScorecardPages?

    /// Serves `services`.
    /// - Parameters:
    ///   - services: What pages read.
    ///   - presentations: How each ecosystem is shown.
    ///   - renderer: Renders the pages.
    ///   - assessment: What is known of the instance's security; nil for no pages about it.
    ///   - contacts: Where to report weaknesses, as addresses; none for no `security.txt`.
    package init(
        services: RegistryServices, presentations: [EcosystemPresentation], renderer: PageRenderer,
        assessment: Assessment? = nil, contacts: [String] = []
    ) {
        self.services = services
        self.presentations = presentations
        self.renderer = renderer
        projects = ProjectPages(services: services, presentations: presentations, renderer: renderer)
        security = assessment.map {
            ScorecardPages(services: services, renderer: renderer, assessment: $0, contacts: contacts)
        }
    }

    /// Adds the routes.
    package func addRoutes(to router: some RouterMethods<RegistryContext>) {
        let dialect = PageErrorDialect(
            renderer: renderer, publicURL: services.publicURL, presentations: presentations, isForPages: true)
        let group = router.group().add(middleware: ProblemMiddleware(dialect: dialect))
            .add(middleware: PageSessions(services: services, isEager: false))
        if let account = services.accountServices {
            let own = router.group().add(middleware: ProblemMiddleware(dialect: dialect))
                .add(middleware: PageSessions(services: services, isEager: true))
            AccountRoutes(services: services, account: account, presentations: presentations, renderer: renderer)
                .addRoutes(to: own)
        }
        group.get("/", use: home)
        group.get("/search", use: search)
        group.get("/p/**", use: projects.page)
        group.get("/help") { request, context in
            try await constant(
                request, context, HelpPage(presentations: presentations, publicURL: services.publicURL.text))
        }
        group.get("/policies/unpublish") { request, context in
            try await constant(
                request, context, PolicyPage(services.lifecycle.unpublishPolicy, publicURL: services.publicURL.text))
        }
        if let people = services.accountServices?.people {
            let url = services.publicURL.text
            group.get("/policies/account-recovery") { request, context in
                try await constant(
                    request, context, RecoveryPolicyPage(people.recovery.policy, publicURL: url))
            }
            group.get("/policies/security-keys") { request, context in
                try await constant(request, context, SecurityKeyPolicyPage(people.core.policy, publicURL: url))
            }
        }
        security?.addRoutes(to: group)
        group.get("/docs/:name", use: document)
        group.get("/static/:file", use: asset)
        group.get("/favicon.ico") { _, _ in
            Response(
                status: .temporaryRedirect,
                headers: [.location: renderer.assets.address(of: "mark.svg"), .cacheControl: "public, max-age=86400"])
        }
    }

    private func home(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.index.respond(request, context, tag: nil, representation: "page", vary: nil) { _ in
            let newest = try await services.catalog.newest(limit: 20).map {
                ProjectLine($0.project, in: presentations, date: $0.publishedAt)
            }
            let page = HomePage(
                newest: newest, security: try await security?.summary(), presentations: presentations,
                publicURL: services.publicURL.text)
            return PageResponses.document(renderer.html(page), isPublic: true)
        }
    }

    private func constant(
        _ request: Request, _ context: RegistryContext, _ page: some PageContent
    ) async throws -> Response {
        try await services.index.respond(request, context, tag: nil, representation: "page", vary: nil) { _ in
            PageResponses.document(renderer.html(page), isPublic: true)
        }
    }

    private func document(_ request: Request, _ context: RegistryContext) async throws -> Response {
        guard let name = context.parameters.get("name"),
            let page = DocumentPage(name, publicURL: services.publicURL.text)
        else { throw Problem(.notFound, "There is nothing at this address.") }
        return try await constant(request, context, page)
    }

    /// Files named after their content never change, so they may be kept without asking again.
    private func asset(_ request: Request, _ context: RegistryContext) async throws -> Response {
        guard let asset = renderer.assets.asset(at: request.uri.path) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        var response = try await services.index.respond(
            request, context, tag: nil, representation: "static", vary: nil
        ) { _ in
            Document(body: asset.body, mediaType: asset.mediaType, isPublic: true)
        }
        response.headers[.cacheControl] = "public, max-age=31536000, immutable"
        return response
    }
}

extension WebUIRoutes {
    /// `GET /search`: a search, or, without words, the newest projects or those of one ecosystem by name.
    private func search(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let values = QueryValues(request.uri.query)
        let ecosystem = presentations.first { $0.id.rawValue == values["ecosystem"] }?.id
        let wanted = SearchResultsPage.Request(
            text: values["q"], ecosystem: ecosystem, page: values.number("page", in: 1...500))
        let response = try await services.index.respond(
            request, context, tag: nil, representation: "page", vary: nil
        ) { reader in
            guard !wanted.text.isEmpty else {
                return PageResponses.document(
                    renderer.html(try await browse(ecosystem, after: values["after"])), isPublic: true)
            }
            let page = try await results(wanted, for: reader)
            guard case .anonymous = reader else {
                return PageResponses.document(renderer.html(page), isPublic: false)
            }
            return PageResponses.document(renderer.html(page), isPublic: true)
        }
        return PageResponses.withoutStoring(response)
    }

    private func results(_ wanted: SearchResultsPage.Request, for reader: Reader) async throws -> SearchResultsPage {
        let size = SearchResultsPage.size
        let found = try await services.catalog.search(
            SearchQuery(
                text: wanted.text, ecosystem: wanted.ecosystem, limit: size, offset: (wanted.page - 1) * size),
            for: reader)
        let hits = found.hits.map {
            SearchResultsPage.Hit(
                $0.project, matched: $0.matched, keywords: $0.keywords, owner: $0.owner, releasedAt: $0.publishedAt,
                request: wanted, presentations: presentations)
        }
        return SearchResultsPage(
            wanted, hits: hits, total: found.total, presentations: presentations, publicURL: services.publicURL.text)
    }

    private func browse(_ ecosystem: EcosystemID?, after: String) async throws -> SearchResultsPage {
        let size = 50
        guard let ecosystem else {
            let newest = try await services.catalog.newest(limit: size).map(\.project)
            return SearchResultsPage(
                browsing: newest, ecosystem: nil, next: nil, presentations: presentations,
                publicURL: services.publicURL.text)
        }
        let projects = try await services.catalog.projects(
            ecosystem, after: after.isEmpty ? nil : after, limit: size + 1)
        let shown = Array(projects.prefix(size))
        let next = projects.count > size ? shown.last.map(\.name.key) : nil
        return SearchResultsPage(
            browsing: shown, ecosystem: ecosystem,
            next: next.map { "\(ProjectPath.search("", ecosystem: ecosystem))&after=\(ProjectPath.encode($0))" },
            presentations: presentations, publicURL: services.publicURL.text)
    }
}
