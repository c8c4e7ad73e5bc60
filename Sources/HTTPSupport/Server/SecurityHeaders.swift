import HTTPTypes
package import Hummingbird

/// Adds to every response what browsers need to be told, unless a handler said otherwise.
package struct SecurityHeaders: RouterMiddleware {
    package typealias Context = RegistryContext

    private let strictTransport: String?

    /// Makes the middleware.
    /// - Parameter strictTransport: `Strict-Transport-Security`; nil where plain http has to stay reachable, as with a
    ///   local certificate authority: on `localhost` the rule would hold for every other program's port too.
    package init(strictTransport: String? = nil) {
        self.strictTransport = strictTransport
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers.setMissing(.xContentTypeOptions, "nosniff")
        response.headers.setMissing(.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        response.headers.setMissing(.xFrameOptions, "DENY")
        response.headers.setMissing(.referrerPolicy, "same-origin")
        if let strictTransport, context.client.isSecure {
            response.headers.setMissing(.strictTransportSecurity, strictTransport)
        }
        return response
    }
}

extension HTTPFields {
    fileprivate mutating func setMissing(_ name: HTTPField.Name, _ value: String) {
        if !contains(name) { append(HTTPField(name: name, value: value)) }
    }
}
