package import HTTPSupport
package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// How Python clients are told about refusals.
///
/// `twine` and `pip` show the reason phrase and nothing else, which ``ProblemMiddleware`` fills; `uv` shows title and detail of
/// `application/problem+json`. Who asks for text, as browsers do, gets the sentence as text.
package struct PyPIErrorDialect: ErrorDialect {
    private let structured: ProblemJSONDialect

    /// Makes the dialect of a registry at that address.
    package init(publicURL: PublicURL) {
        structured = ProblemJSONDialect(publicURL: publicURL)
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let status = Self.status(of: problem, status, request.method)
        let offered = ["application/problem+json", "application/json", "text/plain", "text/html"]
        let chosen = ContentNegotiation.choose(ContentNegotiation.accepted(request.headers), from: offered)
        guard chosen?.hasPrefix("text/") == true else {
            return structured.response(to: problem, status: status, request: request, context: context)
        }
        return Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: problem.detail + "\n")))
    }

    /// PyPI answers 400 where others answer 409, and clients know "already exists" by both.
    private static func status(
        of problem: Problem, _ status: HTTPResponse.Status, _ method: HTTPRequest.Method
    ) -> HTTPResponse.Status {
        guard method == .post else { return status }
        return switch problem.code {
        case .fileExists, .fileNameReused, .versionExists, .versionRemoved, .releaseClosed: .badRequest
        default: status
        }
    }
}
