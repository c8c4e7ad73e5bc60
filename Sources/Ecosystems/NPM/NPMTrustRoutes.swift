import Accounts
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import NIOCore
import RegistryModel

/// Trusted publishing for npm 11.5.1 and later, which asks at the host's root whatever the registry's path is.
package struct NPMTrustRoutes: Sendable {
    private let services: RegistryServices
    private let signer: NPMSigner

    /// Serves `services`; `signer` is the one that signs releases.
    package init(services: RegistryServices, signer: NPMSigner) {
        self.services = services
        self.signer = signer
    }

    /// Adds the routes below `path`, which is empty for the host's root.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let mount = NPMMount(services: services, signer: signer, path: path)
        let group = router.group(RouterPath(path)).add(middleware: ProblemMiddleware(dialect: NPMTrustDialect()))
        for package in [":package", ":package/:name"] {
            group.post(RouterPath("-/npm/v1/oidc/token/exchange/package/\(package)")) { _, context in
                try await exchange(mount, context)
            }
        }
    }

    /// The identity token is the request's bearer token; there is no body.
    private func exchange(_ mount: NPMMount, _ context: RegistryContext) async throws -> Response {
        guard let credential = context.credential else {
            throw Problem(.unauthenticated, "Send an identity token: Authorization: Bearer TOKEN.")
        }
        let exchanged = try await services.trust().trustedPublishing.exchange(
            credential.secret, ecosystem: NPMFormat.ecosystem, project: try mount.package(context),
            audience: "npm:\(services.publicURL.host)")
        return mount.answer(
            [
                "token": .string(exchanged.text), "token_type": "oidc",
                "expires": .string(exchanged.expiresAt.rfc3339(.milliseconds)),
            ], status: .created)
    }
}

/// What npm shows at `--loglevel=verbose`: `message`.
private struct NPMTrustDialect: ErrorDialect {
    func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let status: HTTPResponse.Status =
            switch problem.code {
            case .publisherUnknown, .pendingPublisherInvalid: .notFound
            case .identityTokenInvalid, .identityTokenUsed: .unauthorized
            default: status
            }
        let text = "OIDC token exchange error - \(problem.detail)"
        let body: JSONValue = [
            "message": .string(text), "error": .string(text), "code": .string(problem.code.rawValue),
        ]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }
}
