import Persistence
package import RegistryModel

/// Signing in through an issuer that the operator configured: the authorization code flow of
/// [OpenID Connect Core 1.0, 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth), with PKCE.
///
/// An account belongs to an issuer and a subject there. An address of mail never decides whose it is: somebody who has an
/// account signs in to it first, and links the identity then. Without HTTP: ``begin(next:session:)`` gives the address to
/// send the browser to, and ``finish(_:cookie:visitor:previous:)`` takes what it brings back.
package struct SingleSignOn: Sendable {
    let core: AccountCore
    let sessions: Sessions
    package let settings: SignOnSettings
    private let verifier: IdentityTokenVerifier
    private let fetcher: any ServiceFetcher

    /// Where the issuer sends the browser back, below the address of the pages.
    package static let callbackPath = "/login/sso/callback"
    /// How long the cookie of ``Start`` lives.
    package static let cookieSeconds = SignOnFlow.seconds
    private static let answerLimit = 64 << 10

    /// Signs in through the issuer of `settings`.
    package init(
        core: AccountCore, sessions: Sessions, settings: SignOnSettings, verifier: IdentityTokenVerifier,
        fetcher: any ServiceFetcher
    ) {
        self.core = core
        self.sessions = sessions
        self.settings = settings
        self.verifier = verifier
        self.fetcher = fetcher
    }

    /// A sign-in that begins.
    package struct Start: Hashable, Sendable {
        /// Where the browser goes.
        package let address: String
        /// What it keeps meanwhile: a cookie for ``callbackPath``, HttpOnly, SameSite=Lax.
        package let cookie: String
    }

    /// A sign-in that is done.
    package struct Finish: Sendable {
        package let started: StartedSession
        /// The page to go to, as it was given to ``begin(next:session:)``.
        package let next: String
        /// Whether the account was just made.
        package let isNew: Bool
    }

    private var redirectAddress: String { core.publicURL + Self.callbackPath }

    /// Begins a sign-in or, with a session, the linking of an identity to its account, which needs a fresh proof.
    ///
    /// Throws ``Problem/Code/unavailable`` where the issuer cannot be reached, and ``Problem/Code/reauthenticationRequired``.
    package func begin(next: String, session: Session? = nil) async throws -> Start {
        let userID = try session.map { try sessions.requireFresh($0).userID }
        let metadata = try await metadata()
        guard let address = metadata.authorizationAddress else { throw unavailable("it has no page to sign in") }
        let flow = SignOnFlow(userID: userID, next: next, at: core.clock.now(), random: core.random)
        let query = FormText.encode([
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", redirectAddress),
            ("scope", settings.scopes.joined(separator: " ")), ("state", flow.state), ("nonce", flow.nonce),
            ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
        ])
        return Start(
            address: address + (address.contains("?") ? "&" : "?") + query,
            cookie: try flow.sealed(by: core.secrets))
    }

    /// Ends a sign-in with the fields that the browser brings back and the cookie that it kept.
    ///
    /// Throws ``Problem/Code/signInFailed`` with what is wrong in the diagnostic, ``Problem/Code/userExists`` where an account
    /// has the address of somebody who is new, ``Problem/Code/forbidden`` where nobody is let in who has no account.
    package func finish(
        _ fields: [String: String], cookie: String?, visitor: Visitor, previous: String? = nil
    ) async throws -> Finish {
        let now = core.clock.now()
        guard let flow = cookie.flatMap({ SignOnFlow($0, secrets: core.secrets) }), flow.expiresAt > now else {
            throw failed("the cookie is missing, foreign or too old")
        }
        guard constantTimeEqual(Array((fields["state"] ?? "").utf8), Array(flow.state.utf8)) else {
            throw failed("the state is another browser's")
        }
        let metadata = try await metadata()
        // Whose answer it is, where several issuers are in play (RFC 9207).
        guard fields["iss"] == settings.issuer || fields["iss"] == nil && !metadata.namesItself else {
            throw failed("the answer is another issuer's")
        }
        if let error = fields["error"] { throw failed("the issuer says \(error.prefix(100))") }
        guard let code = fields["code"], (1...4096).contains(code.utf8.count) else { throw failed("there is no code") }
        let claims = try await claims(code, flow, metadata)
        return try await signOn(claims, flow, visitor: visitor, previous: previous)
    }

    private func claims(_ code: String, _ flow: SignOnFlow, _ metadata: IssuerMetadata) async throws -> IdentityClaims {
        guard let address = metadata.tokenAddress else { throw unavailable("it gives no tokens") }
        let answer: ServiceAnswer
        do {
            answer = try await fetcher.send(tokenRequest(code, flow, metadata, address))
        } catch let fault as FetchFault {
            throw unavailable("\(fault)")
        }
        guard answer.status == 200,
            let text = (try? JSONValue.parse(answer.body, maximumBytes: Self.answerLimit, maximumDepth: 16))?[
                "id_token"]?
                .stringValue
        else { throw failed("the issuer did not take the code: status \(answer.status)") }
        let claims: IdentityClaims
        do {
            claims = try await verifier.verify(text, audience: settings.clientID, issuers: [settings.issuer])
        } catch {
            throw failed("the identity token does not hold: \(error)")
        }
        guard let nonce = claims.text("nonce"), constantTimeEqual(Array(nonce.utf8), Array(flow.nonce.utf8)) else {
            throw failed("the identity token is of another sign-in")
        }
        guard claims["azp"] == nil || claims.text("azp") == settings.clientID else {
            throw failed("the identity token is another client's")
        }
        return claims
    }

    private func tokenRequest(
        _ code: String, _ flow: SignOnFlow, _ metadata: IssuerMetadata, _ address: String
    ) -> ServiceRequest {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectAddress),
            ("code_verifier", flow.verifier),
        ]
        var fields = ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"]
        if let secret = settings.clientSecret, metadata.clientMethods.contains("client_secret_basic") {
            // Both are encoded as in forms first (RFC 6749, 2.3.1).
            let pair = FormText.escape(settings.clientID) + ":" + FormText.escape(secret)
            fields["Authorization"] = "Basic " + Base64URL.encodePadded(Array(pair.utf8))
        } else {
            form.append(("client_id", settings.clientID))
            if let secret = settings.clientSecret { form.append(("client_secret", secret)) }
        }
        return ServiceRequest(
            method: "POST", address: address, fields: fields, body: Array(FormText.encode(form).utf8),
            limit: Self.answerLimit, timeoutSeconds: 10)
    }

    private func metadata() async throws -> IssuerMetadata {
        do {
            return try await verifier.directory.metadata(of: settings.issuer)
        } catch {
            throw unavailable("\(error)")
        }
    }

    /// What people are told says nothing about how it failed; the log does.
    func failed(_ diagnostic: String) -> Problem {
        Problem(.signInFailed, "Signing in did not work. Begin again.", diagnostic: "single sign-on: \(diagnostic)")
    }

    private func unavailable(_ diagnostic: String) -> Problem {
        Problem(
            .unavailable, "\(settings.title) cannot be reached now. Try again later.",
            diagnostic: "single sign-on: \(diagnostic)")
    }
}
