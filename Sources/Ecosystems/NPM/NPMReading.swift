import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Packuments, versions, tarballs and search.
struct NPMReading: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }

    /// `GET /:package`: the packument, abbreviated where the client asks for that form by name.
    func packument(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await packument(mount.package(context), request, context)
    }

    /// `GET /:package/:version`, and `GET /@scope/:name`, which has the same shape.
    func packumentOrVersion(_ request: Request, _ context: RegistryContext) async throws -> Response {
        if let name = try mount.wholePackage(context) {
            return try await version(name, mount.parameter("name", context), request, context)
        }
        return try await packument(mount.package(context), request, context)
    }

    /// `GET /@scope/:name/:version`.
    func scopedVersion(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await version(mount.package(context), mount.parameter("version", context), request, context)
    }

    private func packument(_ name: String, _ request: Request, _ context: RegistryContext) async throws -> Response {
        let accepted = ContentNegotiation.accepted(request.headers)
        let type = ContentNegotiation.choose(accepted, from: [NPMPackument.fullType, NPMPackument.abbreviatedType])
        let isAbbreviated = type == NPMPackument.abbreviatedType
        return try await services.index.respond(
            request, context, tag: tag(name), representation: isAbbreviated ? "abbreviated" : "full", vary: "Accept"
        ) { reader in
            let history = try await mount.history(name, for: reader)
            let packument = mount.packument(history)
            let body =
                isAbbreviated ? packument.abbreviated() : packument.full(readme: try await readme(packument, history))
            return document(body, history, type: isAbbreviated ? NPMPackument.abbreviatedType : NPMPackument.fullType)
        }
    }

    private func version(
        _ name: String, _ version: String, _ request: Request, _ context: RegistryContext
    ) async throws -> Response {
        try await services.index.respond(request, context, tag: tag(name), representation: "version", vary: nil) {
            reader in
            let history = try await mount.history(name, for: reader)
            let packument = mount.packument(history)
            guard let release = packument.release(version) else {
                throw Problem(.notFound, "'\(name)' has no version or tag '\(version.prefix(100))'.")
            }
            return document(packument.version(release), history, type: NPMPackument.fullType)
        }
    }

    private func readme(_ packument: NPMPackument, _ history: ProjectHistory) async throws -> Readme? {
        guard let latest = packument.release("latest") else { return nil }
        return try await services.catalog.details(history.project, release: latest).readme
    }

    private func document(_ value: JSONValue, _ history: ProjectHistory, type: String) -> Document {
        Document(
            body: value.bytes(), mediaType: type, isPublic: history.project.visibility == .public,
            lastModified: history.project.updatedAt)
    }

    private func tag(_ name: String) throws -> ProjectCoordinates {
        guard let key = (try? NPMName.parse(name))?.key else {
            throw Problem(.notFound, "There is no package '\(name.prefix(214))' here.")
        }
        return ProjectCoordinates(ecosystem: NPMFormat.ecosystem, nameKey: key)
    }

    /// `GET /:package/-/:file`: a tarball.
    func tarball(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let file = try await services.catalog.file(
            NPMFormat.ecosystem, name: mount.package(context), file: mount.parameter("file", context),
            for: services.reader(context))
        return try await services.files.respond(request, context, file: file, mediaType: "application/octet-stream")
    }

    /// `GET /-/v1/search`.
    func search(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let query = request.uri.queryParameters
        func number(_ name: Substring, _ fallback: Int) -> Int { query[name].flatMap { Int($0) } ?? fallback }
        let page = try await services.catalog.search(
            SearchQuery(
                text: query["text"].map { String($0) } ?? "", ecosystem: NPMFormat.ecosystem, limit: number("size", 20),
                offset: number("from", 0)),
            for: services.reader(context))
        return mount.answer([
            "objects": .array(page.hits.map(hit)), "total": .integer(Int64(page.total)),
            "time": .string(services.clock.now().rfc3339(.milliseconds)),
        ])
    }

    private func hit(_ hit: SearchHit) -> JSONValue {
        let project = hit.project
        let publisher = hit.owner.map { owner -> JSONValue in
            ["username": .string(owner), "email": .string("\(owner)@users.noreply.\(services.publicURL.host)")]
        }
        return [
            "package": .compactObject([
                ("name", .string(project.name.display)), ("version", .string(project.latestVersion ?? "0.0.0")),
                ("description", project.summary.map(JSONValue.string)), ("keywords", .strings(hit.keywords)),
                ("date", .string(hit.publishedAt.rfc3339(.milliseconds))),
                ("links", ["npm": .string("\(mount.base)/\(project.name.display)")]), ("publisher", publisher),
                ("maintainers", .array(publisher.map { [$0] } ?? [])),
            ]),
            "score": ["final": 1, "detail": ["quality": 1, "popularity": 1, "maintenance": 1]], "searchScore": 1,
        ]
    }
}
