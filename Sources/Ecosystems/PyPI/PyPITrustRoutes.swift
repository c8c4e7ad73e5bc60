import Accounts
import Crypto
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import NIOCore
import RegistryModel

/// Trusted publishing for Python's clients, at the host's root: [PEP 807](https://peps.python.org/pep-0807/), and PyPI's own
/// addresses, which uv and PyPI's action ask without looking.
package struct PyPITrustRoutes: Sendable {
    private let services: RegistryServices
    /// The path to which clients upload, as they write it.
    private let uploads: [String]

    /// Serves `services`, whose adapter is mounted at `path`.
    package init(services: RegistryServices, path: String) {
        self.services = services
        uploads = ["\(path)/legacy/", "\(path)/legacy"]
    }

    /// Adds the routes.
    package func addRoutes(to router: some RouterMethods<RegistryContext>) {
        let group = router.group("").add(middleware: ProblemMiddleware(dialect: PyPITrustDialect()))
        group.get(".well-known/pytp/:key") { try discover($0, $1) }
        group.get("_/oidc/audience") { _, _ in answer(["audience": .string(services.publicURL.authority)]) }
        group.post("_/oidc/mint-token") { try await mint($0, $1) }
        group.post("_/oidc/github/mint-token") { try await mint($0, $1) }
        group.post("_/oidc/burn-token") { try await burn($0, $1) }
    }

    /// Discovery: the key is the SHA-256 of the upload address's path.
    private func discover(_ request: Request, _ context: RegistryContext) throws -> Response {
        let key = context.parameters.get("key") ?? ""
        guard uploads.contains(where: { Hex.encode(Array(SHA256.hash(data: Array($0.utf8)))) == key }) else {
            return Response(status: .notFound)
        }
        return answer([
            "audience-endpoint": .string(services.publicURL("/_/oidc/audience")),
            "mint-token-endpoint": .string(services.publicURL("/_/oidc/mint-token")),
        ])
    }

    private func mint(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let token = try await IdentityExchange.text("token", of: request, context)
        let exchanged = try await services.trust().trustedPublishing.exchange(
            token, ecosystem: PyPI.ecosystem, project: nil, audience: services.publicURL.authority)
        return answer([
            "success": true, "token": .string(exchanged.text), "expires": .integer(exchanged.expiresAt.seconds),
        ])
    }

    /// Whoever has a token may end it; whether there was one is not said.
    private func burn(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.trust().trustedPublishing.burn(
            try await IdentityExchange.text("token", of: request, context))
        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
    }

    private func answer(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}

/// How the exchange tells about refusals: 422 with `message` and `errors`, whose codes are PyPI's.
struct PyPITrustDialect: ErrorDialect {
    func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let code =
            switch problem.code {
            case .badRequest: "invalid-payload"
            case .identityTokenInvalid: "invalid-token"
            case .identityTokenUsed: "invalid-reuse-token"
            case .publisherUnknown: "invalid-publisher"
            case .pendingPublisherInvalid: "invalid-pending-publisher"
            case .notSupported: "not-enabled"
            default: problem.code.rawValue
            }
        let body: JSONValue = [
            "message": "Token request failed",
            "errors": [["code": .string(code), "description": .string(problem.detail)]],
        ]
        return Response(
            status: problem.code == .badRequest ? .unprocessableContent : status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
