import RegistryModel

/// What an issuer says about itself
/// ([OpenID Connect Discovery 1.0, 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).
struct IssuerMetadata: Hashable, Sendable {
    let keysAddress: String
    let authorizationAddress: String?
    let tokenAddress: String?
    /// Whether its answers to a browser name it (RFC 9207).
    let namesItself: Bool
    /// How a client may prove itself at the token address.
    let clientMethods: [String]

    /// Where the metadata of an issuer is, or nil where the issuer is no address that may be asked.
    static func address(of issuer: String) -> String? {
        guard isAcceptable(issuer), !issuer.contains("?"), !issuer.contains("#") else { return nil }
        return (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// Whether an issuer's name is an address: https, or http to this machine, which the fetcher holds it to.
    static func isAcceptable(_ address: String) -> Bool {
        address.utf8.count <= 512 && (address.hasPrefix("https://") || address.hasPrefix("http://"))
            && address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Reads a document, or returns nil where it is another issuer's, or names addresses that are less safe than it.
    init?(_ value: JSONValue, issuer: String) {
        guard value["issuer"]?.stringValue == issuer, let keys = value["jwks_uri"]?.stringValue else { return nil }
        let others = ["authorization_endpoint", "token_endpoint"].compactMap { value[$0]?.stringValue }
        // An issuer elsewhere has no business with what listens on this machine.
        let isSecure = issuer.hasPrefix("https://")
        guard ([keys] + others).allSatisfy({ Self.isAcceptable($0) && (!isSecure || $0.hasPrefix("https://")) }) else {
            return nil
        }
        keysAddress = keys
        authorizationAddress = value["authorization_endpoint"]?.stringValue
        tokenAddress = value["token_endpoint"]?.stringValue
        namesItself = value["authorization_response_iss_parameter_supported"]?.boolValue ?? false
        clientMethods =
            value["token_endpoint_auth_methods_supported"]?.arrayValue?.compactMap(\.stringValue)
            ?? ["client_secret_basic"]
    }
}
