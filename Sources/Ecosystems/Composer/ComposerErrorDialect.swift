package import HTTPSupport
package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// How Composer is told about refusals: it prints the member `warning` of a JSON body, and the reason phrase.
package struct ComposerErrorDialect: ErrorDialect {
    /// Makes the dialect.
    package init() {}

    /// Renders a refusal.
    ///
    /// To a read, 404 is the only status that means "not here": any other is taken for a fault of the registry, and the client
    /// goes on with what it had cached. So quarantine is answered with it too, and says why. That a name is simply
    /// unknown is no warning: clients ask for many.
    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let isRead = request.method == .get || request.method == .head
        let isWarning = !(isRead && problem.code == .notFound)
        let body: JSONValue = [
            isWarning ? "warning" : "message": .string(problem.detail), "code": .string(problem.code.rawValue),
        ]
        return Response(
            status: isRead && problem.code == .projectQuarantined ? .notFound : status,
            // Exactly this: with a character set behind it Composer does not look into the body.
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
