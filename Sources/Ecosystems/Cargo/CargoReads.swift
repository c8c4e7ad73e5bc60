import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The reading half of the adapter at one place of the address space.
struct CargoReads: Sendable {
    let services: RegistryServices
    let index: CargoIndex

    /// `GET config.json`.
    func configuration(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await requireToken(context)
        return try await services.index.respond(
            request, context, tag: nil, representation: "cargo-config", vary: nil
        ) { _ in
            Document(
                body: index.configuration(), mediaType: "application/json", isPublic: !index.requiresAuthentication)
        }
    }

    /// `GET {directory…}/{name}`: the versions of one crate.
    ///
    /// The address is the published spelling in lower case and nothing else: cargo tries spellings with `-` and `_` one after
    /// the other and takes the first that is there.
    func indexFile(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await requireToken(context)
        let name = try context.cargoParameter("name")
        let path = request.uri.path.split(separator: "/").suffix(3).compactMap { PathSegment.decode($0) }
        let expected = CargoIndex.path(name)
        guard CargoNames.isValid(name), path.suffix(expected.count).elementsEqual(expected) else {
            throw Self.unknown(name)
        }
        let coordinates = ProjectCoordinates(ecosystem: Cargo.ecosystem, nameKey: CargoNames.key(name))
        return try await services.index.respond(
            request, context, tag: coordinates, representation: "cargo-index", vary: nil
        ) { reader in
            let history = try await services.catalog.history(Cargo.ecosystem, name: name, for: reader)
            let project = history.project
            guard project.name.display.lowercased() == name else { throw Self.unknown(name) }
            guard project.status != .quarantined else {
                // A body with 403 is the only refusal of an index file that cargo shows.
                throw Problem(
                    .projectQuarantined,
                    "'\(project.name.display)' is quarantined: \(project.statusReason ?? "no reason given")")
            }
            return Document(
                body: CargoIndex.file(history), mediaType: "text/plain; charset=utf-8",
                isPublic: project.visibility == .public && !index.requiresAuthentication,
                lastModified: project.updatedAt)
        }
    }

    /// `GET api/v1/crates/{name}/{version}/download`.
    func download(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let reader = try await reader(context)
        let name = try context.cargoParameter("name")
        let version = try context.cargoParameter("version")
        let file = try await services.catalog.file(
            Cargo.ecosystem, name: name, file: CargoFormat.fileName(name, version), for: reader)
        return try await services.files.respond(request, context, file: file, mediaType: "application/gzip")
    }

    /// `GET api/v1/crates?q=…`.
    func search(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let reader = try await reader(context)
        let parameters = request.uri.queryParameters
        func number(_ name: Substring, _ fallback: Int, _ range: ClosedRange<Int>) throws(Problem) -> Int {
            guard let text = parameters[name] else { return fallback }
            guard let number = Int(text), range.contains(number) else {
                throw Problem(
                    .badRequest, "'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }
        let limit = try number("per_page", 10, 1...100)
        let page = try number("page", 1, 1...1000)
        let found = try await services.catalog.search(
            SearchQuery(
                text: parameters["q"].map(String.init) ?? "", ecosystem: Cargo.ecosystem, limit: limit,
                offset: (page - 1) * limit), for: reader)
        let crates = found.hits.compactMap { hit in
            hit.project.latestVersion.map { version -> JSONValue in
                [
                    "name": .string(hit.project.name.display), "max_version": .string(version),
                    "description": CargoText.oneLine(hit.project.summary).map(JSONValue.string) ?? .null,
                ]
            }
        }
        let total = Int64(UInt32(clamping: found.total))
        return .cargo(["crates": .array(crates), "meta": ["total": .integer(total)]])
    }

    /// `GET me`: the page that `cargo login` sends people to.
    func loginPage(_ request: Request, _ context: RegistryContext) -> Response {
        let page = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Tokens for cargo</title>
            <h1>Tokens for cargo</h1>
            <p>Sign in and <a href="\(services.publicURL("/account/tokens/new"))">make a token</a> with the scope
            <code>publish+yank:cargo</code>. cargo knows no way to fetch one by itself. Give it to cargo, where REGISTRY is what your configuration calls this registry:</p>
            <pre>cargo login --registry REGISTRY</pre>
            </html>

            """
        var response = Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"])
        if request.method == .head {
            response.headers[.contentLength] = String(page.utf8.count)
        } else {
            response.body = ResponseBody(byteBuffer: ByteBuffer(string: page))
        }
        return response
    }

    /// On an instance whose reads are private, requires a valid token; elsewhere documents that everybody may see are
    /// answered without looking at one.
    private func requireToken(_ context: RegistryContext) async throws {
        if index.requiresAuthentication { _ = try await services.principal(context) }
    }

    /// Who reads; on an instance whose reads are private somebody has to.
    private func reader(_ context: RegistryContext) async throws -> Reader {
        index.requiresAuthentication
            ? .principal(try await services.principal(context)) : try await services.reader(context)
    }

    private static func unknown(_ name: String) -> Problem {
        Problem(.notFound, "There is no crate '\(CargoText.excerpt(name))' here.")
    }
}
