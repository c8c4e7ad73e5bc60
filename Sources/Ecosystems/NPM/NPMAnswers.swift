import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOHTTP1
import RegistryModel

/// Turns thrown errors into answers as npm wants them.
///
/// It differs from ``ProblemMiddleware`` in two fields. A 401 carries no `WWW-Authenticate`, although RFC 9110 asks for
/// one: npm hides the error's text behind a sentence of its own where it sees it. And the reason phrase is the ordinary
/// one, since npm prints it in front of the same text.
struct NPMAnswers: RouterMiddleware {
    typealias Context = RegistryContext

    private let problems = ProblemMiddleware(dialect: NPMErrorDialect())

    func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch let error as ClientGone {
            // Whoever hangs up is no failure of ours, and must not be able to fill the log with them.
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            let problem = HTTPRefusal(translating: error)?.problem ?? Problem(answering: error)
            var response = problems.response(to: error, request: request, context: context)
            response.status = NPMErrorDialect.status(of: problem, method: request.method)
            response.headers[.wwwAuthenticate] = nil
            return response
        }
    }
}
