import Accounts
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// The reading half of the adapter at one place of the address space.
struct PyPIMount: Sendable {
    let services: RegistryServices
    /// The absolute path of the mount, without a trailing slash.
    let path: String
    private let index: PyPIIndex

    init(services: RegistryServices, path: String) {
        let trimmed = path.split(separator: "/").map { "/\($0)" }.joined()
        self.services = services
        self.path = trimmed
        index = PyPIIndex(
            base: services.publicURL(trimmed), pages: services.publicURL("/p/\(PyPI.ecosystem)"))
    }

    /// `GET simple/`: all public projects.
    ///
    /// A short list is made once and kept like every document. A long one is streamed page by page; each page is what the
    /// database holds when it is read, so a project that is created meanwhile is listed or not.
    func list(_ request: Request, _ context: RegistryContext) async throws -> Response {
        guard request.uri.path.hasSuffix("/") else { return redirect("/simple/", request) }
        let form = try representation(request)
        let list = PyPIList(index, isJSON: form == .json)
        do {
            return try await services.index.respond(
                request, context, tag: nil, representation: form.rawValue, vary: "Accept"
            ) { _ in
                let names = try await services.catalog.names(PyPI.ecosystem, after: nil, limit: Self.listPage)
                guard names.count < Self.listPage else { throw LongList(names: names) }
                return Document(body: list.whole(names), mediaType: form.contentType, isPublic: true)
            }
        } catch let long as LongList {
            let pages = PyPIListPages(list, catalog: services.catalog, first: long.names, size: Self.listPage)
            return ListResponder.respond(request, context, mediaType: form.contentType, vary: "Accept") {
                try await pages.next()
            }
        }
    }

    /// How many projects are listed in one piece.
    private static let listPage = 2000

    /// There are more projects than one page holds.
    private struct LongList: Error {
        let names: [ProjectName]
    }

    /// `GET simple/{name}/`: the files of one project.
    func project(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (name, key) = try name(context)
        guard name == key, request.uri.path.hasSuffix("/") else { return redirect("/simple/\(key)/", request) }
        let form = try representation(request)
        return try await services.index.respond(
            request, context, tag: coordinates(key), representation: form.rawValue, vary: "Accept"
        ) { reader in
            let history = try await services.catalog.history(PyPI.ecosystem, name: key, for: reader)
            return Document(
                body: form == .json ? index.projectJSON(history) : index.projectHTML(history),
                mediaType: form.contentType, isPublic: history.project.visibility == .public,
                lastModified: history.project.updatedAt)
        }
    }

    /// `GET pypi/{name}/json` and `GET pypi/{name}/{version}/json`: what is known of a project or of one release.
    func document(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (name, key) = try name(context)
        let version = try context.parameters.get("version").map { try decode($0) }
        guard name == key else {
            let place = version.map { "/\(PyPIIndex.segment($0))" } ?? ""
            return redirect("/pypi/\(key)\(place)/json", request)
        }
        return try await services.index.respond(
            request, context, tag: coordinates(key), representation: "json", vary: nil
        ) { reader in
            let history = try await services.catalog.history(PyPI.ecosystem, name: key, for: reader)
            let found = version.map { PyPIIndex.release($0, in: history) } ?? PyPIIndex.latest(history)
            guard let release = found else {
                throw Problem(.notFound, "'\(key)' has no version '\(Problem.excerpt(version ?? ""))' here.")
            }
            let details = try await services.catalog.details(history.project, release: release)
            let body = index.releaseJSON(
                history, release: release, readme: details.readme?.text, includesReleases: version == nil)
            return Document(
                body: body, mediaType: "application/json", isPublic: history.project.visibility == .public,
                lastModified: history.project.updatedAt)
        }
    }

    /// `GET files/{name}/{version}/{file}`: a file, or with `.metadata` behind it the core metadata of a file (PEP 658).
    func file(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let (_, key) = try name(context)
        let version = try decode(context.parameters.require("version"))
        let name = try decode(context.parameters.require("file"))
        if name.hasSuffix(".metadata") {
            return try await metadata(request, context, key: key, version: version, file: String(name.dropLast(9)))
        }
        let file = try await find(name, key: key, version: version, for: services.reader(context))
        let mediaType = name.hasSuffix(".whl") ? "application/zip" : "application/gzip"
        return try await services.files.respond(request, context, file: file, mediaType: mediaType)
    }

    private func metadata(
        _ request: Request, _ context: RegistryContext, key: String, version: String, file name: String
    ) async throws -> Response {
        try await services.index.respond(
            request, context, tag: coordinates(key), representation: "metadata", vary: nil
        ) { reader in
            let file = try await find(name, key: key, version: version, for: reader)
            let bytes = try await services.catalog.fileMetadata(PyPI.ecosystem, name: key, file: name, for: reader)
            return Document(
                body: bytes, mediaType: "text/plain; charset=utf-8", isPublic: file.project.visibility == .public,
                lastModified: file.file.publishedAt)
        }
    }

    /// The file, where the address names its release too.
    private func find(_ name: String, key: String, version: String, for reader: Reader) async throws -> CatalogFile {
        let file = try await services.catalog.file(PyPI.ecosystem, name: key, file: name, for: reader)
        guard file.release.version == version else {
            throw Problem(
                .notFound, "There is no file '\(Problem.excerpt(name))' of version \(Problem.excerpt(version)) here.")
        }
        return file
    }

    private func representation(_ request: Request) throws -> PyPIRepresentation {
        let format = request.uri.queryParameters["format"].map(String.init)
        let chosen = PyPIRepresentation.choose(accept: ContentNegotiation.accepted(request.headers), format: format)
        guard let chosen else {
            let known = PyPIRepresentation.allCases.map(\.rawValue).joined(separator: ", ")
            throw HTTPRefusal(
                Problem(.notAcceptable, "This index is served as \(known)."), headers: [.vary: "Accept"])
        }
        return chosen
    }

    private func name(_ context: RegistryContext) throws -> (name: String, key: String) {
        let name = try decode(context.parameters.require("name"))
        guard PythonName.isValid(name) else {
            throw Problem(.notFound, "There is no project '\(Problem.excerpt(name))' here.")
        }
        return (name, PythonName.normalized(name))
    }

    private func decode(_ segment: some StringProtocol) throws -> String {
        guard let text = PathSegment.decode(segment) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }

    private func coordinates(_ key: String) -> ProjectCoordinates {
        ProjectCoordinates(ecosystem: PyPI.ecosystem, nameKey: key)
    }

    /// Sends the client to the one address of a page, with its query.
    private func redirect(_ place: String, _ request: Request) -> Response {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return Response(
            status: .movedPermanently,
            headers: [
                .location: services.publicURL(path + place) + query, .cacheControl: "no-cache", .contentLength: "0",
            ])
    }
}
