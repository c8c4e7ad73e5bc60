package import HTTPTypes
package import Hummingbird
package import RegistryModel

/// How one kind of client wants to be told about refusals.
package protocol ErrorDialect: Sendable {
    /// Renders a refusal.
    ///
    /// ``ProblemMiddleware`` adds what every client may need afterwards: the reason phrase, `WWW-Authenticate` with 401
    /// and `Retry-After` with 503 where the dialect set none, and `Cache-Control: no-store`.
    /// - Parameters:
    ///   - problem: The refusal.
    ///   - status: The status of the one table; the dialect may answer with another.
    ///   - request: The request, for clients that want different forms at different addresses.
    ///   - context: The request's context, for its id.
    /// - Returns: The whole answer.
    func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response
}
