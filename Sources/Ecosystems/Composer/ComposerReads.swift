import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// Metadata, archives, search.
struct ComposerReads: Sendable {
    let mount: ComposerMount

    /// `GET p2/{vendor}/{name}.json` and `p2/{vendor}/{name}~dev.json`: the versions of one package.
    func metadata(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let vendor = try mount.parameter("vendor", context)
        let file = try mount.parameter("file", context)
        guard let (name, isDevelopment) = ComposerAddress.package(vendor: vendor, file: file) else {
            throw mount.unknown("\(vendor)/\(file)")
        }
        let coordinates = ProjectCoordinates(ecosystem: Composer.ecosystem, nameKey: name)
        return try await services.index.respond(
            request, context, tag: coordinates, representation: "composer-metadata", vary: nil
        ) { reader in
            let history = try await services.catalog.history(Composer.ecosystem, name: name, for: reader)
            let project = history.project
            guard project.status != .quarantined else {
                throw Problem(
                    .projectQuarantined, "'\(name)' is quarantined: \(project.statusReason ?? "no reason given")")
            }
            return Document(
                body: ComposerMetadata(history, base: mount.base).document(development: isDevelopment).bytes(),
                mediaType: "application/json", isPublic: project.visibility == .public,
                lastModified: ComposerMetadata.lastModified(project))
        }
    }

    /// `GET dist/{vendor}/{name}/{file}`: an archive.
    ///
    /// Installing from a lock file asks for nothing else, so what is quarantined or removed ends here too.
    func archive(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let name = "\(try mount.parameter("vendor", context))/\(try mount.parameter("name", context))"
        guard ComposerNames.isValid(name) else { throw mount.unknown(name) }
        let file = try await services.catalog.file(
            Composer.ecosystem, name: name, file: mount.parameter("file", context), for: services.reader(context))
        let isZip = file.file.kind == ComposerArchive.Kind.zip.rawValue
        return try await services.files.respond(
            request, context, file: file, mediaType: isZip ? "application/zip" : "application/x-tar")
    }

    /// `GET search.json?q=…&type=…`.
    func search(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let reader = try await services.reader(context)
        let parameters = request.uri.queryParameters
        // As in forms, which is how the client encodes it.
        let text = (parameters["q"].map(String.init) ?? "").replacing("+", with: " ")
        let size = min(max(parameters["per_page"].flatMap { Int($0) } ?? 15, 1), 100)
        let page = min(max(parameters["page"].flatMap { Int($0) } ?? 1, 1), 1000)
        let found = try await services.catalog.search(
            SearchQuery(text: text, ecosystem: Composer.ecosystem, limit: size, offset: (page - 1) * size),
            for: reader)
        var results: [JSONValue] = []
        let type = parameters["type"].map(String.init) ?? ""
        for hit in found.hits where hit.project.latestVersion != nil {
            if !type.isEmpty, try await self.type(of: hit.project, for: reader) != type { continue }
            results.append(result(hit.project))
        }
        var members: [(String, JSONValue?)] = [("results", .array(results)), ("total", .integer(Int64(found.total)))]
        if page * size < found.total {
            members.append(("next", .string("\(mount.base)/search.json?\(Self.query(text, type, page + 1, size))")))
        }
        return mount.answer(.compactObject(members))
    }

    private func result(_ project: Project) -> JSONValue {
        .compactObject([
            ("name", .string(project.name.display)), ("description", .string(project.summary ?? "")),
            ("url", .string(services.publicURL("/p/\(Composer.ecosystem)/\(project.name.display)"))),
            ("abandoned", ComposerAbandonment.value(of: project)),
        ])
    }

    /// What the newest version says it is; the search index does not know types.
    private func type(of project: Project, for reader: Reader) async throws -> String? {
        let history = try await services.catalog.history(Composer.ecosystem, name: project.name.key, for: reader)
        let latest = history.releases.last { $0.version.display == project.latestVersion }
        return latest?.document["type"]?.stringValue
    }

    private static func query(_ text: String, _ type: String, _ page: Int, _ size: Int) -> String {
        func encoded(_ text: String) -> String {
            PathSegment.encode(text).replacing("&", with: "%26").replacing("+", with: "%2B").replacing("=", with: "%3D")
        }
        return "q=\(encoded(text))&type=\(encoded(type))&page=\(page)&per_page=\(size)"
    }

    /// `GET providers/{vendor}/{name}.json`: the packages that provide a name which is no package's.
    ///
    /// None is known: clients suggest what is answered here to whoever asked for a name that does not exist, and anybody may
    /// claim to provide anything.
    func providers(_ request: Request, _ context: RegistryContext) async throws -> Response {
        mount.answer(["providers": []])
    }

    /// `GET metadata/changes.json?since=…`: what a mirror has to fetch again.
    ///
    /// Changes are not kept as a list yet, so that the answer is always: look at everything. Times are in tenths of
    /// milliseconds, as on packagist.org.
    func changes(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let now = services.clock.now()
        let stamp = JSONValue.integer(now.microseconds / 100)
        guard request.uri.queryParameters["since"].flatMap({ Int64($0) }) != nil else {
            return mount.answer(
                [
                    "error": "Send the timestamp from which on you want changes, as in ?since=16128342201234.",
                    "timestamp": stamp,
                ],
                status: .badRequest)
        }
        return mount.answer([
            "actions": [["type": "resync", "time": .integer(now.seconds), "package": "*"]], "timestamp": stamp,
        ])
    }

    private var services: RegistryServices { mount.services }
}
