import Crypto
import Foundation
import RegistryModel

/// An issuer of identity tokens, as a build service has one: discovery document, keys, and tokens signed with ES256.
struct StandInIssuer: Sendable {
    /// The `iss` of its tokens, and where it is found.
    let url: String
    private let key = P256.Signing.PrivateKey()
    private let keyID = "assess-1"

    /// What it answers to those who look for its keys; nil for other paths.
    func answer(_ request: StandInRequest, below prefix: String) -> StandInAnswer? {
        switch request.path {
        case prefix + "/.well-known/openid-configuration":
            let document: JSONValue = [
                "issuer": .string(url), "jwks_uri": .string(url + "/keys"),
                "id_token_signing_alg_values_supported": ["ES256"], "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            ]
            return StandInAnswer(body: document.bytes())
        case prefix + "/keys":
            let point = Array(key.publicKey.rawRepresentation)
            let own: JSONValue = [
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": .string(keyID),
                "x": .string(Base64URL.encode(point[..<32])), "y": .string(Base64URL.encode(point[32...])),
            ]
            return StandInAnswer(body: (["keys": [own]] as JSONValue).bytes())
        default: return nil
        }
    }

    /// A token with those claims beside the usual ones; it holds for five minutes.
    /// - Parameters:
    ///   - audience: The `aud`.
    ///   - claims: The others, `sub` among them.
    ///   - stranger: Whether it is signed with a key that the issuer does not publish.
    /// - Returns: The token's text.
    /// - Throws: What signing throws.
    func token(audience: String, claims: [String: JSONValue], stranger: Bool = false) throws -> String {
        let now = Int64(Date().timeIntervalSince1970)
        var all: [String: JSONValue] = [
            "iss": .string(url), "aud": .string(audience), "iat": .integer(now), "nbf": .integer(now - 5),
            "exp": .integer(now + 300), "jti": .string(UUID().uuidString),
        ]
        all.merge(claims) { $1 }
        let header: JSONValue = ["alg": "ES256", "typ": "JWT", "kid": .string(keyID)]
        let body = JSONValue.object(all.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        let signed = Base64URL.encode(header.bytes()) + "." + Base64URL.encode(body.bytes())
        let signer = stranger ? P256.Signing.PrivateKey() : key
        let signature = try signer.signature(for: Array(signed.utf8))
        return signed + "." + Base64URL.encode(signature.rawRepresentation)
    }
}
