import Accounts
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import RegistryModel

/// Trusted publishing as crates.io has it, for the action of rust-lang
/// ([crates-io-auth-action](https://github.com/rust-lang/crates-io-auth-action)).
///
/// The action makes addresses and audience of the `url` that it is given, so the routes are at the host's root and below the
/// adapter, each with an audience of its own.
package struct CargoTrustRoutes: Sendable {
    private let services: RegistryServices

    /// Serves `services`.
    package init(services: RegistryServices) {
        self.services = services
    }

    /// Adds the routes below `path`, which is empty for the host's root.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let audience = services.publicURL.authority + path
        let group = router.group(RouterPath(path))
            .add(middleware: ProblemMiddleware(dialect: CargoTrustDialect(base: services.publicURL("/cargo"))))
        group.post("api/v1/trusted_publishing/tokens") { [services] request, context -> Response in
            let exchanged = try await services.trust().trustedPublishing.exchange(
                try await IdentityExchange.text("jwt", of: request, context), ecosystem: Cargo.ecosystem, project: nil,
                audience: audience)
            return .cargo(["token": .string(exchanged.text)])
        }
        group.delete("api/v1/trusted_publishing/tokens") { [services] _, context in
            guard let credential = context.credential else {
                throw Problem(.unauthenticated, "Send the token that is to end: Authorization: Bearer TOKEN.")
            }
            try await services.trust().trustedPublishing.burn(credential.secret)
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
    }
}

/// cargo's dialect, with crates.io's status for a refused exchange.
private struct CargoTrustDialect: ErrorDialect {
    let dialect: CargoErrorDialect

    init(base: String) {
        dialect = CargoErrorDialect(base: base)
    }

    func response(
        to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
    ) -> Response {
        let status: HTTPResponse.Status = status == .unprocessableContent ? .badRequest : status
        return dialect.response(to: problem, status: status, request: request, context: context)
    }
}
