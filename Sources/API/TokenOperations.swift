import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import RegistryModel

/// Operations on the caller's own tokens: seeing and ending them.
///
/// Tokens are never made with tokens.
enum TokenOperations {
    static let all: [APIOperation] = [list, revoke]

    private static let list = APIOperation(
        method: .get, path: "/tokens", id: "listTokens",
        summary: "The caller's own tokens, the newest first; never their texts.", access: .token, body: nil, query: [],
        answer: "Tokens"
    ) { api in
        let tokens = try await api.services.trust().personalTokens.list(
            of: try await api.services.principal(api.context))
        return ["tokens": .array(tokens.map(rendered))]
    }

    private static let revoke = APIOperation(
        method: .delete, path: "/tokens/{id}", id: "revokeToken", summary: "Ends one of the caller's own tokens.",
        access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.trust().personalTokens.revoke(
            id: try api.id(), by: try await api.services.principal(api.context), reason: "revoked through the API",
            origin: api.context.visitor.origin)
        return nil
    }

    private static func rendered(_ token: TokenRecord) -> JSONValue {
        .compactObject([
            ("id", .string(String(token.id))), ("name", .string(token.name)), ("prefix", .string(token.prefix)),
            ("kind", .string(token.kind.rawValue)), ("scopes", .strings(token.scopes.map(\.description))),
            ("networks", .strings(token.networks.map(\.description))), ("single_use", .bool(token.isSingleUse)),
            ("always_stages", .bool(token.alwaysStages)), ("asks_factor", .bool(token.asksFactor)),
            ("created", .string(token.createdAt.rfc3339())), ("expires", .string(token.expiresAt.rfc3339())),
            ("used", token.lastUsedAt.map { .string($0.rfc3339()) }),
            ("used_from", token.lastUsedNetwork.map(JSONValue.string)),
            ("used_up", token.usedUpAt.map { .string($0.rfc3339()) }),
            ("revoked", token.revokedAt.map { .string($0.rfc3339()) }),
            ("revoked_reason", token.revokedReason.map(JSONValue.string)),
        ])
    }
}
