import HTTPTypes
package import Hummingbird
import RegistryModel
import Synchronization

/// Tells a wrong method from a wrong address, which the router does not.
///
/// A path that some route knows with another method gives 405 with `Allow`, and OPTIONS on it 204; any other gives 404.
package struct MethodFallback: RouterMiddleware {
    package typealias Context = RegistryContext

    /// The routes, known once all have been added.
    package final class Table: Sendable {
        private let routes = Mutex<[(path: RouterPath, method: HTTPRequest.Method)]>([])

        /// Makes an empty table.
        package init() {}

        /// Takes the routes of a router over.
        package func fill(from router: Router<RegistryContext>) {
            let all = router.routes.map { (path: $0.path, method: $0.method) }
            routes.withLock { $0 = all }
        }

        /// The methods that a path is known with, sorted; HEAD where there is GET.
        func methods(for path: String) -> [String] {
            let segments = path.split(separator: "/").prefix(64).map(String.init)
            var found: Set<String> = []
            for route in routes.withLock({ $0 }) where Self.matches(route.path, segments) {
                found.insert(route.method.rawValue)
                if route.method == .get { found.insert("HEAD") }
            }
            return found.sorted()
        }

        private static func matches(_ path: RouterPath, _ segments: [String]) -> Bool {
            for (index, component) in path.components.enumerated() {
                if component == .recursiveWildcard { return true }
                guard index < segments.count, component ~= segments[index] else { return false }
            }
            return path.components.count == segments.count
        }
    }

    private let table: Table

    /// Makes the middleware; the table may be filled later.
    package init(_ table: Table) {
        self.table = table
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && context.routeTemplate == "none" {
            let methods = table.methods(for: request.uri.path)
            guard !methods.isEmpty else { throw Problem(.notFound, "There is nothing at this address.") }
            let allow = methods.joined(separator: ", ")
            if request.method == .options { return Response(status: .noContent, headers: [.allow: allow]) }
            throw HTTPRefusal(
                Problem(.methodNotAllowed, "This address knows \(allow), not \(request.method.rawValue.prefix(32))."),
                headers: [.allow: allow])
        }
    }
}
