package import HTTPSupport
package import HTTPTypes
package import Hummingbird
import NIOCore
package import RegistryModel

/// How cargo is told about refusals: it prints every `detail` of the `errors` in the body
/// ([web API](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#web-api)).
package struct CargoErrorDialect: ErrorDialect {
    private let loginURL: String

    /// Makes the dialect of the mount at that absolute address.
    package init(base: String) {
        loginURL = "\(base)/me"
    }

    package func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        var detail = problem.detail
        // Tools around cargo know a repeated publish by these words.
        if problem.code == .versionExists, !detail.contains("already exists") {
            detail = "This version already exists. " + detail
        }
        let body: JSONValue = ["errors": [["detail": .string(detail)]]]
        var headers: HTTPFields = [.contentType: "application/json"]
        if status == .unauthorized {
            // cargo passes the address on to credential providers, which show it to people.
            headers[.wwwAuthenticate] = "Cargo login_url=\"\(loginURL)\""
        }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
