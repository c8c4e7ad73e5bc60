import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryModel

/// Everything that keeps a deployment from being published, said at once.
struct MavenRefusal: Error {
    /// The release in question.
    let subject: String
    /// A sentence each; never empty.
    let faults: [String]

    /// All of them in one line, for clients that show nothing but the status line: the first ones come first.
    var problem: Problem {
        let count = faults.count == 1 ? "" : " (\(faults.count) faults)"
        return Problem(.requirementsUnmet, "\(subject) is not published\(count): \(faults.joined(separator: " "))")
    }

    /// The refusal as `application/problem+json`, with a list of the faults in `errors`
    /// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3.2)).
    func response(_ context: RegistryContext, publicURL: PublicURL) -> Response {
        let problem = problem
        context.record.note(problem: problem)
        let body = JSONValue.object([
            .init("type", .string(publicURL("/docs/errors#\(problem.code.rawValue)"))),
            .init("title", "Requirements unmet"), .init("status", .integer(Int64(problem.code.status.code))),
            .init("detail", .string(problem.detail)),
            .init("instance", .string("urn:hallmark:request:\(context.requestID)")),
            .init("code", .string(problem.code.rawValue)), .init("errors", .strings(faults)),
        ])
        return Response(
            status: HTTPResponse.Status(code: problem.code.status.code, reasonPhrase: problem.reasonPhrase),
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
