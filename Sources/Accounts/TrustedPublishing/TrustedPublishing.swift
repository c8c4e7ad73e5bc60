import Crypto
package import Formats
import Persistence
package import RegistryModel

/// Exchanges identity tokens of workflows for short-lived tokens that publish one project each: PYPI-1, AUTHZ-3.1.
///
/// Who the publishers of a project are is managed in Publishing, where roles are known.
package struct TrustedPublishing: Sendable {
    /// How long an exchanged token lives ([PEP 807](https://peps.python.org/pep-0807/) asks for no less).
    package static let tokenSeconds: Int64 = 900
    /// How long after its end an identity token is remembered, beyond the leeway that its times are given.
    static let rememberSeconds: Int64 = 5

    package let core: AccountCore
    let formats: [EcosystemID: any PackageFormat]
    let verifier: IdentityTokenVerifier
    let owners: OwnerLookup?

    /// Verifies with `verifier`; `owners` is nil where nobody is asked for the ids of GitHub's owners.
    package init(
        core: AccountCore, formats: [EcosystemID: any PackageFormat], verifier: IdentityTokenVerifier,
        owners: OwnerLookup? = nil
    ) {
        self.core = core
        self.owners = owners
        self.formats = formats
        self.verifier = verifier
    }

    /// A token that was exchanged.
    package struct Exchanged: Sendable {
        /// The text of the token, which is shown once.
        package let text: String
        package let expiresAt: Timestamp
        /// The projects that it may publish.
        package let projects: [String]
    }

    /// Exchanges an identity token.
    ///
    /// In one transaction it is taken in for ever, the publishers are found and held against its claims, their immutable ids
    /// are pinned, and the token is made: of several that offer the same identity token at once, on whatever node, one wins.
    /// - Parameters:
    ///   - text: The identity token.
    ///   - ecosystem: Whose projects.
    ///   - project: The project, where the client names it; otherwise all whose publishers match.
    ///   - audience: What the token must be for: this instance's own name on the client's route.
    /// - Returns: The token that was made, and what it may publish.
    /// - Throws: ``Problem/Code/identityTokenInvalid``, ``Problem/Code/identityTokenUsed``,
    ///   ``Problem/Code/publisherUnknown``, ``Problem/Code/pendingPublisherInvalid``, ``Problem/Code/unavailable``.
    package func exchange(
        _ text: String, ecosystem: EcosystemID, project: String?, audience: String
    ) async throws -> Exchanged {
        let token: IdentityToken
        do {
            token = try IdentityToken(text)
        } catch {
            throw Problem(error)
        }
        let nameKey = try project.map { try key($0, ecosystem) }
        guard let provider = try await provider(issuer: token.issuer) else {
            throw Problem(IdentityTokenFault.unknownIssuer(token.issuer))
        }
        let claims: IdentityClaims
        do {
            claims = try await verifier.verify(token, audience: audience, issuers: [token.issuer])
        } catch {
            throw Problem(error)
        }
        let exchange = ExchangeTransaction(
            core: core, match: PublisherMatch(provider: provider, claims: claims), ecosystem: ecosystem,
            nameKey: nameKey, hash: Self.identity(of: token, claims), secret: TokenText.make(random: core.random))
        if let missing = exchange.match.missingClaim { throw Problem(IdentityTokenFault.claim(missing)) }
        switch try await core.driver.write({ try exchange.run($0) }) {
        case .minted(let record, let names):
            return Exchanged(text: exchange.secret, expiresAt: record.expiresAt, projects: names)
        case .refused(let problem): throw problem
        }
    }

    /// What a token is remembered by: its own name, or else what is signed of it.
    ///
    /// The text would not do: a signature can have several forms, what is signed has one.
    private static func identity(of token: IdentityToken, _ claims: IdentityClaims) -> [UInt8] {
        let name = claims.jti.map { Array("jti:\($0)".utf8) } ?? Array("token:".utf8) + token.signed
        return Array(SHA256.hash(data: name))
    }

    private func key(_ name: String, _ ecosystem: EcosystemID) throws -> String {
        guard let key = formats[ecosystem]?.lookupKey(name) else {
            throw Problem(.notFound, "There is no project '\(name.limited(toScalars: 100))' here.")
        }
        return key
    }

    /// Ends a token that was exchanged; whoever has it may.
    ///
    /// Any other text is nothing to it.
    package func burn(_ text: String) async throws {
        guard TokenText.isWellFormed(text) else { return }
        let hash = TokenText.hash(text)
        let now = core.clock.now()
        try await core.driver.write { connection in
            let store = TokenStore(connection)
            guard let found = try store.find(hash: hash), found.token.kind == .trustedPublisher else { return }
            _ = try store.revoke(hash: hash, at: now, reason: "its job ended")
        }
    }

    /// Removes pending publishers whose time is over, and forgets identity tokens that have expired.
    /// - Returns: How many pending publishers went.
    package func expire() async throws -> Int {
        let now = core.clock.now()
        return try await core.driver.write { connection in
            let store = TrustedPublisherStore(connection)
            _ = try store.forgetIdentityTokens(before: now)
            return try store.expire(at: now)
        }
    }
}

extension Problem {
    /// Why an identity token is refused, in words for whoever runs the workflow.
    init(_ fault: IdentityTokenFault) {
        let detail =
            switch fault {
            case .malformed(let part): "The identity token cannot be read: \(part)."
            case .algorithm(let name): "The identity token is signed with '\(name)'; RS256 and ES256 are accepted."
            case .unknownIssuer(let issuer):
                "Nobody here trusts the issuer '\(issuer.prefix(200))' of the identity token. An administrator can add it."
            case .issuerUnavailable: "The issuer's keys cannot be fetched now. Try again soon."
            case .unknownKey: "The issuer of the identity token has no key of that name."
            case .signature: "The signature of the identity token is wrong."
            case .audience: "The identity token is for another audience than this registry's on this route."
            case .expired: "The identity token has expired. Ask for a new one."
            case .notYetValid: "The identity token is not valid yet."
            case .claim(let name): "The identity token has no claim '\(name)'."
            }
        if case .issuerUnavailable(let reason) = fault {
            self.init(.unavailable, detail, diagnostic: reason)
        } else {
            self.init(.identityTokenInvalid, detail)
        }
    }
}
