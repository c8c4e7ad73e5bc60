import Accounts
import HTTPSupport
import HTTPTypes
import RegistryModel

/// Trusted publishing for clients that have no exchange of their own: Swift, Composer, Maven, and `hallmark publish --trusted`.
enum ExchangeOperations {
    static let all: [APIOperation] = [audience, exchange]

    private static let text: JSONValue = ["type": "string", "minLength": 1, "maxLength": 300]

    private static let audience = APIOperation(
        method: .get, path: "/oidc/audience", id: "getAudience",
        summary: "What identity tokens for this registry must be for.", access: .reader, body: nil, query: [],
        answer: "Audience"
    ) { api in
        ["audience": .string(api.services.publicURL.authority)]
    }

    private static let exchange = APIOperation(
        method: .post, path: "/oidc/exchange", id: "exchangeIdentityToken",
        summary: "Exchanges an identity token of a trusted publisher for a token that publishes for 15 minutes.",
        access: .reader,
        body: [
            "type": "object", "required": ["token", "ecosystem"],
            "properties": ["token": ["type": "string", "maxLength": 16_384], "ecosystem": text, "project": text],
        ], query: [], answer: "ExchangedToken"
    ) { api in
        let body = try await IdentityExchange.body(api.request, api.context)
        guard let token = body["token"]?.stringValue else { throw Problem(.badRequest, "'token' must be a text.") }
        let exchanged = try await api.services.trust().trustedPublishing.exchange(
            token, ecosystem: EcosystemID(rawValue: try api.text("ecosystem", in: body)),
            project: try api.optionalText("project", in: body), audience: api.services.publicURL.authority)
        return [
            "token": .string(exchanged.text), "expires": .string(exchanged.expiresAt.rfc3339(.seconds)),
            "projects": .strings(exchanged.projects),
        ]
    }
}
