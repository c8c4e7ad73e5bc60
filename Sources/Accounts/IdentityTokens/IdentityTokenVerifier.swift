package import RegistryModel

/// Verifies the identity tokens (OpenID Connect Core 1.0, 3.1.3.7) of issuers that somebody here trusts.
///
/// Signatures are RS256 with at least 2048 bits, or ES256; the issuer's key decides which. The audience is one text, not a
/// list, and ours. Times are given 30 seconds.
package struct IdentityTokenVerifier: Sendable {
    /// How far clocks may differ.
    package static let leewaySeconds: Int64 = 30

    let directory: IssuerDirectory
    private let clock: any WallClock

    /// Takes keys from `directory`.
    package init(directory: IssuerDirectory, clock: any WallClock) {
        self.directory = directory
        self.clock = clock
    }

    /// Verifies a token.
    ///
    /// `issuers` are those that are trusted for this use, compared exactly. Whether the token was used before is for the
    /// caller to remember (``IdentityClaims/jti``, ``IdentityClaims/hash``).
    /// - Throws: ``IdentityTokenFault``.
    package func verify(
        _ text: String, audience: String, issuers: Set<String>
    ) async throws(IdentityTokenFault) -> IdentityClaims {
        try await verify(IdentityToken(text), audience: audience, issuers: issuers)
    }

    /// Verifies a token that was read already, to find out who issued it.
    /// - Throws: ``IdentityTokenFault``.
    package func verify(
        _ token: IdentityToken, audience: String, issuers: Set<String>
    ) async throws(IdentityTokenFault) -> IdentityClaims {
        guard issuers.contains(token.issuer) else { throw .unknownIssuer(token.issuer) }
        guard ["RS256", "ES256"].contains(token.algorithm) else { throw .algorithm(String(token.algorithm.prefix(20))) }
        let key = try await directory.key(token.keyID, algorithm: token.algorithm, of: token.issuer)
        guard key.algorithm == token.algorithm else { throw .algorithm(token.algorithm) }
        guard key.verifies(token.signature, over: token.signed) else { throw .signature }
        return try claims(of: token, audience: audience)
    }

    private func claims(of token: IdentityToken, audience: String) throws(IdentityTokenFault) -> IdentityClaims {
        guard let own = token.claims["aud"]?.stringValue, own == audience else { throw .audience }
        guard let subject = token.claims["sub"]?.stringValue, (1...2048).contains(subject.utf8.count) else {
            throw .claim("sub")
        }
        let expiresAt = try time("exp", token)
        let issuedAt = try time("iat", token)
        let now = clock.now()
        guard expiresAt.advanced(bySeconds: Self.leewaySeconds) > now else { throw .expired }
        guard issuedAt <= now.advanced(bySeconds: Self.leewaySeconds) else { throw .notYetValid }
        if token.claims["nbf"] != nil {
            guard try time("nbf", token) <= now.advanced(bySeconds: Self.leewaySeconds) else { throw .notYetValid }
        }
        let jti = token.claims["jti"]
        guard jti == nil || (1...512).contains(jti?.stringValue?.utf8.count ?? 0) else { throw .claim("jti") }
        return IdentityClaims(
            issuer: token.issuer, subject: subject, audience: own, issuedAt: issuedAt, expiresAt: expiresAt,
            jti: jti?.stringValue, hash: token.hash, all: token.claims)
    }

    /// A NumericDate ([RFC 7519, 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)) between 1970 and the year 9999.
    private func time(_ name: String, _ token: IdentityToken) throws(IdentityTokenFault) -> Timestamp {
        let seconds: Double
        switch token.claims[name] {
        case .integer(let value): seconds = Double(value)
        case .number(let value): seconds = value
        default: throw .claim(name)
        }
        guard (0...253_402_300_799).contains(seconds) else { throw .claim(name) }
        return Timestamp(seconds: Int64(seconds))
    }
}
