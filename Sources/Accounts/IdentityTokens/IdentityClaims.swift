package import RegistryModel

/// What an issuer says about whoever holds one of its tokens, once the token has been verified.
package struct IdentityClaims: Hashable, Sendable {
    package let issuer: String
    /// Who it is about, in the issuer's own words (`sub`).
    package let subject: String
    package let audience: String
    package let issuedAt: Timestamp
    package let expiresAt: Timestamp
    /// The token's own name, where the issuer gives it one.
    package let jti: String?
    /// The SHA-256 of the token's text.
    package let hash: [UInt8]
    /// Every claim, those above too: an object.
    package let all: JSONValue

    /// Collects claims; only what verifies a token does so.
    init(
        issuer: String, subject: String, audience: String, issuedAt: Timestamp, expiresAt: Timestamp, jti: String?,
        hash: [UInt8], all: JSONValue
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.jti = jti
        self.hash = hash
        self.all = all
    }

    /// One claim.
    package subscript(_ name: String) -> JSONValue? { all[name] }

    /// A claim that is a text.
    package func text(_ name: String) -> String? { all[name]?.stringValue }
}
