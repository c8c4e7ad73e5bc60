package import HTTPSupport
package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// How npm's clients are told about refusals: `{"error": "…"}`, which npm and yarn print.
package struct NPMErrorDialect: ErrorDialect {
    /// Makes the dialect.
    package init() {}

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let body: JSONValue = ["error": .string(problem.detail), "code": .string(problem.code.rawValue)]
        return Response(
            status: Self.status(of: problem, method: request.method), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }

    /// The status of the one table, but for two cases.
    ///
    /// A version that is taken is 403, as on npmjs.com, which publishing tools look for. What is not supported is no server
    /// error except in answer to a POST: npm repeats every other request that fails with 5xx for half a minute before it
    /// says so, while a 4xx in answer to its login makes it ask for a password in vain.
    static func status(of problem: Problem, method: HTTPRequest.Method) -> HTTPResponse.Status {
        switch problem.code {
        case .versionExists, .versionRemoved, .fileExists, .fileNameReused: .forbidden
        case .notSupported where method != .post: .badRequest
        default: problem.code.status
        }
    }
}
