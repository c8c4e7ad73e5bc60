import Accounts
import Ecosystems
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Answers below `/p/`.
struct ProjectPages: Sendable {
    let services: RegistryServices
    let presentations: [EcosystemPresentation]
    let renderer: PageRenderer

    /// Readmes longer than this are rendered on a thread of their own rather than in the request's task.
    private static let largeReadme = 16 << 10
    /// How many dependents are named.
    private static let dependents = 100

    /// A version that a project does not have.
    private struct MissingVersion: Error {
        let version: String
        let project: Project
    }

    /// `GET /p/…`.
    ///
    /// What changes without a change of the project (downloads, dependents) may be up to an hour old: the hour is part of
    /// the representation, so a kept page is not used longer.
    func page(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let segments = context.parameters.getCatchAll().map { PathSegment.decode($0, allowingSlash: true) }
        guard !segments.contains(nil),
            let path = ProjectPath(segments: segments.compactMap(\.self), presentations: presentations),
            let presentation = presentations.first(where: { $0.id == path.ecosystem })
        else { throw Problem(.notFound, "There is nothing at this address.") }
        let values = QueryValues(request.uri.query)
        let hour = services.clock.now().seconds / 3600
        do {
            let response = try await services.index.respond(
                request, context, tag: nil, representation: "page \(hour)", vary: nil
            ) { reader in
                try await load(path, presentation, values, for: reader)
            }
            return PageResponses.withoutStoring(response)
        } catch let missing as MissingVersion {
            let page = NotFoundPage(
                version: missing.version, of: missing.project, presentations: presentations,
                publicURL: services.publicURL.text)
            return refusal(page, Problem(.notFound, "There is no such version."), context)
        } catch let problem as Problem where problem.code == .notFound || problem.code == .nameInvalid {
            let near = try await services.catalog.search(
                SearchQuery(text: path.name, limit: 5), for: try await services.reader(context))
            let page = NotFoundPage(
                name: path.name, near: near.hits.map(\.project), presentations: presentations,
                publicURL: services.publicURL.text)
            return refusal(page, Problem(.notFound, problem.detail), context)
        }
    }

    private func refusal(_ page: NotFoundPage, _ problem: Problem, _ context: RegistryContext) -> Response {
        context.record.note(problem: problem)
        return PageResponses.refusal(renderer.html(page), status: .notFound)
    }

    private func namespaceMark(_ project: Project) async throws -> StateMark? {
        let namespace = try await services.catalog.namespace(of: project)
        guard let namespace else { return StateMark(nil, hasNamespace: services.catalog.hasNamespace(project)) }
        return StateMark(namespace, transfer: try await services.catalog.transfer(of: namespace), hasNamespace: true)
    }

    private func load(
        _ path: ProjectPath, _ presentation: EcosystemPresentation, _ values: QueryValues, for reader: Reader
    ) async throws -> Document {
        let history = try await services.catalog.history(path.ecosystem, name: path.name, for: reader)
        let project = history.project
        guard let release = ProjectSubject.release(path.version, in: history, scheme: presentation.versions) else {
            throw MissingVersion(version: path.version ?? "", project: project)
        }
        let isPlain = project.status == .active && release.state == .live && release.deprecation == nil
        let events = isPlain ? [] : try await lines(project, limit: 200, before: nil)
        let subject = ProjectSubject(
            history: history, release: release, isPinned: path.version != nil, tab: path.tab,
            presentation: presentation, publicURL: services.publicURL.text, events: events,
            namespace: try await namespaceMark(project))
        let html =
            switch path.tab {
            case .readme: renderer.html(try await readme(subject))
            case .versions: renderer.html(VersionsPage(subject, page: values.number("page", in: 1...1000)))
            case .dependencies: renderer.html(try await dependencies(subject))
            case .files: renderer.html(FilesPage(subject))
            case .history: renderer.html(try await past(subject, before: Int64(values["before"])))
            }
        return PageResponses.document(html, isPublic: subject.isPublic)
    }

    private func readme(_ subject: ProjectSubject) async throws -> ReadmePage {
        let details = try await services.catalog.details(subject.project, release: subject.release)
        let today = services.clock.now().day
        let downloads = try await services.catalog.downloads(subject.project, days: 32)
        let counts = Dictionary(downloads.map { ($0.day, $0.count) }) { first, _ in first }
        return ReadmePage(
            subject, details: ReleaseFacts(details), readme: try await view(of: details.readme),
            downloads: DownloadChart(counts, today: today))
    }

    private func view(of readme: Readme?) async throws -> ReadmeView? {
        guard let readme, readme.text.utf8.count > Self.largeReadme else { return ReadmeView(readme) }
        return try await services.rendering.run { ReadmeView(readme) }
    }

    private func dependencies(_ subject: ProjectSubject) async throws -> DependenciesPage {
        let details = try await services.catalog.details(subject.project, release: subject.release)
        let dependents = try await services.catalog.dependents(subject.project, limit: Self.dependents)
        return DependenciesPage(
            subject, dependencies: details.dependencies, dependents: dependents, presentations: presentations)
    }

    private func past(_ subject: ProjectSubject, before: Int64?) async throws -> HistoryPage {
        let size = HistoryPage.size
        let events = try await lines(subject.project, limit: size + 1, before: before)
        return HistoryPage(
            subject, events: Array(events.prefix(size)), isFirst: before == nil, hasMore: events.count > size)
    }

    /// A project's events in words; those from a time when fewer people could read it stay out of a public page.
    private func lines(_ project: Project, limit: Int, before: Int64?) async throws -> [EventLine] {
        try await services.catalog.events(project, limit: limit, before: before)
            .filter { project.visibility != .public || $0.visibility == .public }.compactMap(EventLine.init)
    }
}
