import Accounts
import HTTPTypes
package import Hummingbird
package import RegistryModel

/// What every route needs that exchanges identity tokens: the audiences of this instance, and the bodies.
package enum IdentityExchange {
    /// The longest body: an identity token is at most 16 KiB.
    private static let bodyBytes = 32 << 10

    /// A text member of a request's JSON body.
    /// - Throws: ``Problem/Code/badRequest``.
    package static func text(
        _ name: String, of request: Request, _ context: RegistryContext
    ) async throws -> String {
        guard let text = try await body(request, context)[name]?.stringValue, !text.isEmpty else {
            throw Problem(.badRequest, "The body must be a JSON object with the text '\(name)'.")
        }
        return text
    }

    /// A request's body as a JSON object.
    /// - Throws: ``Problem/Code/badRequest``.
    package static func body(_ request: Request, _ context: RegistryContext) async throws -> JSONValue {
        try await context.sendContinue()
        let bytes = try await request.body.collect(upTo: bodyBytes)
        guard let value = try? JSONValue.parse(bytes.readableBytesView, maximumDepth: 8), value.members != nil else {
            throw Problem(.badRequest, "The body must be a JSON object.")
        }
        return value
    }
}

extension RegistryServices {
    /// The use cases by which clients come to credentials.
    ///
    /// Throws ``Problem/Code/notSupported`` where the services were put together without people.
    package func trust() throws(Problem) -> AccountServices {
        guard let accountServices else {
            throw Problem(.notSupported, "This registry has no accounts for people.")
        }
        return accountServices
    }
}

extension PublicURL {
    /// Host and port as configured: the audience of identity tokens for this instance.
    package var authority: String {
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
        return rest.prefix { $0 != "/" }.lowercased()
    }
}
