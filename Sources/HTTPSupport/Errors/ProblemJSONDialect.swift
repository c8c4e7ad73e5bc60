package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// The dialect of clients without one of their own: `application/problem+json`,
/// [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
package struct ProblemJSONDialect: ErrorDialect {
    private let publicURL: PublicURL

    /// Makes the dialect; `type` links lead to the registry's own page about errors.
    package init(publicURL: PublicURL) {
        self.publicURL = publicURL
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let body = JSONValue.object([
            .init("type", .string(publicURL("/docs/errors#\(problem.code.rawValue)"))),
            .init("title", .string(Self.title(of: problem.code))),
            .init("status", .integer(Int64(status.code))),
            .init("detail", .string(problem.detail)),
            .init("instance", .string("urn:hallmark:request:\(context.requestID)")),
            .init("code", .string(problem.code.rawValue)),
        ])
        return Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }

    /// The code as words: `not-owner` becomes `Not owner`.
    private static func title(of code: Problem.Code) -> String {
        let words = code.rawValue.replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
