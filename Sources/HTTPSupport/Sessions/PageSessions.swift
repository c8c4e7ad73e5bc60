package import Accounts
package import Hummingbird
import RegistryModel

/// Looks for a session's cookie, on routes of pages only: a cookie is sent by the browser whoever wrote the page that asks
/// for it, so no route of a package client may take it for a credential.
package struct PageSessions: RouterMiddleware {
    package typealias Context = RegistryContext

    private let services: RegistryServices
    private let isEager: Bool

    /// Makes the middleware.
    /// - Parameters:
    ///   - services: Where sessions are found.
    ///   - isEager: Whether the session is looked up at once, as pages of one's own need it. Pages that everybody sees look
    ///     it up where they have to ask who reads; from the cache they are answered without.
    package init(services: RegistryServices, isEager: Bool) {
        self.services = services
        self.isEager = isEager
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        guard services.accountServices != nil,
            let secret = PageCookie.session(services.publicURL).value(request), !secret.isEmpty
        else { return try await next(request, context) }
        var context = context
        context.sessionSecret = secret
        if isEager { context.session = try await services.session(context) }
        return try await next(request, context)
    }
}

extension RegistryServices {
    /// The session whose secret the context has; nil where there is none, or it is over.
    func session(_ context: RegistryContext) async throws -> PageSession? {
        guard let secret = context.sessionSecret, secret.utf8.count <= 256, let people = accountServices?.people,
            let session = try await people.sessions.find(secret: secret)
        else { return nil }
        context.record.note(principalName: session.user.name)
        return PageSession(session: session, secret: secret)
    }
}

extension RegistryContext {
    /// Who stands before the page.
    package func visitor(_ request: Request, at publicURL: PublicURL) -> Visitor {
        Visitor(
            address: client.address, agent: String((request.headers[.userAgent] ?? "").prefix(200)),
            device: PageCookie.device(publicURL).value(request))
    }
}
