package import HTTPTypes
package import Hummingbird
package import RegistryModel

/// Chooses a dialect by the request's path, for errors that no route answers: an npm client that asks for an address that
/// does not exist still gets npm's form.
package struct PathDialects: ErrorDialect {
    private let prefixes: [(prefix: String, dialect: any ErrorDialect)]
    private let fallback: any ErrorDialect

    /// Collects dialects.
    /// - Parameters:
    ///   - prefixes: Path prefixes (`/npm`) with their dialects; the longest that fits wins.
    ///   - fallback: For all other paths.
    package init(_ prefixes: [(prefix: String, dialect: any ErrorDialect)], fallback: any ErrorDialect) {
        self.prefixes = prefixes.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        self.fallback = fallback
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let path = request.uri.path
        let match = prefixes.first { path == $0.prefix || path.hasPrefix($0.prefix + "/") }
        return (match?.dialect ?? fallback).response(to: problem, status: status, request: request, context: context)
    }
}
