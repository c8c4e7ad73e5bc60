import Accounts
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import NIOCore
import RegistryModel

/// The addresses that cargo asks for: the sparse index and the web API, both under one base.
package struct CargoRoutes: Sendable {
    private let services: RegistryServices
    private let requiresAuthentication: Bool

    /// Serves `services`.
    /// - Parameters:
    ///   - services: The use cases.
    ///   - requiresAuthentication: Whether new projects can be read with a token only. cargo then sends its token with every
    ///     request; it never does otherwise, so that crates which are not public cannot be reached by it.
    package init(services: RegistryServices, requiresAuthentication: Bool) {
        self.services = services
        self.requiresAuthentication = requiresAuthentication
    }

    /// Adds the routes under `path`.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let trimmed = path.split(separator: "/").map { "/\($0)" }.joined()
        let base = services.publicURL(trimmed)
        let index = CargoIndex(
            base: base.hasSuffix("/") ? String(base.dropLast()) : base, requiresAuthentication: requiresAuthentication)
        let reads = CargoReads(services: services, index: index)
        let publish = CargoPublish(services: services, index: index, mount: trimmed)
        let changes = CargoChanges(services: services)
        let group = router.group(RouterPath(trimmed))
            .add(middleware: ProblemMiddleware(dialect: CargoErrorDialect(base: index.base)))
        for method in [HTTPRequest.Method.get, .head] {
            group.on("config.json", method: method) { try await reads.configuration($0, $1) }
            for place in ["1/:name", "2/:name", "3/:first/:name", ":first/:second/:name"] {
                group.on(RouterPath(place), method: method) { try await reads.indexFile($0, $1) }
            }
            group.on("api/v1/crates/:name/:version/download", method: method) { try await reads.download($0, $1) }
            group.on("me", method: method) { reads.loginPage($0, $1) }
        }
        group.get("api/v1/crates") { try await reads.search($0, $1) }
        group.put("api/v1/crates/new") { try await publish.publish($0, $1) }
        group.delete("api/v1/crates/:name/:version/yank") { try await changes.yank($0, $1) }
        group.put("api/v1/crates/:name/:version/unyank") { try await changes.unyank($0, $1) }
        group.get("api/v1/crates/:name/owners") { try await changes.owners($0, $1) }
        group.put("api/v1/crates/:name/owners") { try await changes.addOwners($0, $1) }
        group.delete("api/v1/crates/:name/owners") { try await changes.removeOwners($0, $1) }
    }
}

extension RegistryContext {
    /// A parameter of the path, decoded.
    func cargoParameter(_ name: String) throws(Problem) -> String {
        guard let raw = parameters.get(name), let text = PathSegment.decode(raw) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }
}

extension Response {
    /// A successful answer of the web API.
    static func cargo(_ body: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
