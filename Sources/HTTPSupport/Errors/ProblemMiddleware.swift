import HTTPTypes
package import Hummingbird
import Logging
import NIOHTTP1
import RegistryModel

/// Turns thrown errors into answers in one client's dialect.
///
/// Every adapter puts it on its route group.
///
/// What has no words for the client becomes ``Problem/Code/internalError`` without details; the log gets them, once.
/// Errors that speak of the connection (a request that stopped half-way, cancellation) pass through: there is nobody to
/// answer.
package struct ProblemMiddleware<Dialect: ErrorDialect>: RouterMiddleware {
    package typealias Context = RegistryContext

    private let dialect: Dialect
    private let challenge: String

    /// Makes the middleware for a dialect.
    /// - Parameters:
    ///   - dialect: Renders the refusal.
    ///   - challenge: `WWW-Authenticate` of a 401 where the dialect sets none.
    package init(dialect: Dialect, challenge: String = "Basic realm=\"Hallmark\", charset=\"UTF-8\"") {
        self.dialect = dialect
        self.challenge = challenge
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch let error as ClientGone {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            return response(to: error, request: request, context: context)
        }
    }

    /// The answer to an error, with what every client may need.
    package func response(to error: any Error, request: Request, context: RegistryContext) -> Response {
        let refusal = HTTPRefusal(translating: error)
        let problem = refusal?.problem ?? Problem(answering: error)
        context.record.note(problem: problem)
        if problem.code.status.kind == .serverError, problem.code != .notSupported {
            context.logger.error(
                "\(problem.code.rawValue)",
                metadata: ["diagnostic": .string(problem.diagnostic ?? problem.detail)])
        }
        var response = dialect.response(
            to: problem, status: problem.code.status, request: request, context: context)
        if let refusal { response.headers.append(contentsOf: refusal.headers) }
        let reason = problem.reasonPhrase
        if response.status.code >= 400, !reason.isEmpty {
            response.status = HTTPResponse.Status(code: response.status.code, reasonPhrase: reason)
        }
        if response.status.code == 401, response.headers[.wwwAuthenticate] == nil {
            response.headers[.wwwAuthenticate] = challenge
        }
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(max(1, seconds)) }
        if response.status.code == 503, response.headers[.retryAfter] == nil {
            response.headers[.retryAfter] = "5"
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
