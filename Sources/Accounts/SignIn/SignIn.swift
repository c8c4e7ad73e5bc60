import Persistence
package import RegistryModel

/// Proof of who somebody is, on the pages.
///
/// Every failure of a first step is the same ``Problem/Code/signInFailed`` after the same time, whether the account exists
/// or not. Too many attempts are ``Problem/Code/tooManyAttempts``.
package struct SignIn: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let proofs: FactorProofs
    let limits: AttemptLimits

    /// The longest name or address that is looked up.
    private static let nameBytes = 254

    /// A first step by password: `name` is the account's name or a confirmed address.
    ///
    /// The session is pending where the account has a second factor. `previous` is the secret of the session that the
    /// browser had, which ends.
    package func withPassword(
        name: String, password: String, visitor: Visitor, previous: String? = nil
    ) async throws -> StartedSession {
        let key = Self.key(name)
        let (found, isKnownDevice) = try await core.driver.read { connection in
            let found = try AccountStore(connection).signIn(key)
            let device = visitor.deviceHash ?? []
            return (found, try SessionStore(connection).knows(device: device, userID: found?.userID ?? 0))
        }
        try await limits.check(.password, account: key, visitor: visitor, isKnownDevice: isKnownDevice)
        let isRight = try await rules.isRight(password, hash: found?.passwordHash)
        guard isRight, let found, found.isActive, let hash = found.passwordHash else { throw Self.failed }
        let renewed = try await rules.renewed(password, hash: hash)
        let isLeaked = await rules.isLeaked(password)
        try await limits.succeeded(.password, account: key, visitor: visitor, isKnownDevice: isKnownDevice)
        return try await core.driver.write { connection in
            let accounts = AccountStore(connection)
            guard try accounts.signIn(userID: found.userID)?.passwordHash == hash else { throw Self.failed }
            if let renewed { try accounts.renewHash(renewed, replacing: hash, userID: found.userID) }
            if isLeaked, try accounts.demandNewPassword(userID: found.userID) {
                try core.notices.post(Notice(.passwordLeaked, origin: visitor.origin), to: found.userID, on: connection)
            }
            return try sessions.begin(
                userID: found.userID, factors: Factors([.password]), visitor: visitor, previous: previous,
                on: connection)
        }
    }

    /// The options for a sign-in by passkey, as `PublicKeyCredentialRequestOptionsJSON`; it writes nothing.
    package func passkeyOptions() -> JSONValue {
        proofs.securityKeys.requestOptions(.passkey, allowing: [])
    }

    /// A sign-in by passkey alone; `response` is an `AuthenticationResponseJSON`.
    package func withPasskey(
        _ response: JSONValue, visitor: Visitor, previous: String? = nil
    ) async throws -> StartedSession {
        try await limits.check(.webauthn, account: nil, visitor: visitor)
        let assertion: VerifiedAssertion
        do {
            assertion = try await proofs.securityKeys.verify(response, purpose: .passkey, needsUserVerification: true)
        } catch let problem as Problem where problem.code == .credentialInvalid {
            // Which credentials there are is nobody's business.
            throw Problem(.signInFailed, Self.failed.detail, diagnostic: problem.diagnostic ?? problem.detail)
        }
        guard assertion.key.isDiscoverable else { throw Self.failed }
        try await limits.succeeded(.webauthn, account: nil, visitor: visitor)
        let outcome = try await core.driver.write { connection -> Result<StartedSession, Problem> in
            if let problem = try proofs.securityKeys.use(assertion, visitor: visitor, on: connection) {
                return .failure(problem)
            }
            guard try AccountStore(connection).signIn(userID: assertion.key.userID)?.isActive == true else {
                throw Self.failed
            }
            return .success(
                try sessions.begin(
                    userID: assertion.key.userID, factors: Factors([.passkey]), visitor: visitor, previous: previous,
                    on: connection))
        }
        return try outcome.get()
    }

    /// The options for a second factor of a pending session, or for proving one again.
    package func securityKeyOptions(for session: Session) async throws -> JSONValue {
        let keys = try await core.driver.read { try SecurityKeyStore($0).list(userID: session.user.id) }
        guard !keys.isEmpty else { throw Problem(.notFound, "You have no security key.") }
        return proofs.securityKeys.requestOptions(.factor(session: session.record.id), allowing: keys)
    }

    /// The second step, and the way to prove a factor again.
    ///
    /// The session's secret is rotated.
    ///
    /// Throws ``Problem/Code/codeInvalid`` or ``Problem/Code/credentialInvalid``.
    package func withFactor(
        _ proof: FactorProof, session: Session, visitor: Visitor
    ) async throws -> StartedSession {
        let userID = session.user.id
        try await limits.check(.secondFactor, account: String(userID), visitor: visitor)
        let prepared = try await proofs.prepare(proof, userID: userID, purpose: .factor(session: session.record.id))
        let outcome = try await core.driver.write { connection -> Result<StartedSession, Problem> in
            switch try proofs.use(prepared, userID: userID, visitor: visitor, on: connection) {
            case .refused(let problem): return .failure(problem)
            case .proven(let factor):
                return .success(try sessions.rotate(session, adding: factor, visitor: visitor, on: connection))
            }
        }
        let started = try outcome.get()
        try await limits.succeeded(.secondFactor, account: String(userID), visitor: visitor)
        return started
    }

    /// Proves the password once more in a session; where the account has a second factor, that is to be proven with
    /// ``withFactor(_:session:visitor:)`` instead.
    ///
    /// Throws ``Problem/Code/signInFailed`` and ``Problem/Code/secondFactorRequired``. The session's secret is rotated.
    package func again(password: String, session: Session, visitor: Visitor) async throws -> StartedSession {
        let principal = try session.requirePrincipal()
        let (found, standing) = try await core.driver.read { connection in
            let store = AccountStore(connection)
            return (try store.signIn(userID: principal.userID), try store.standing(userID: principal.userID))
        }
        guard !standing.hasSecondFactor else {
            throw Problem(.secondFactorRequired, "Prove your second factor instead of the password.")
        }
        let account = "again \(principal.userID)"
        try await limits.check(.password, account: account, visitor: visitor)
        guard try await rules.isRight(password, hash: found?.passwordHash) else { throw Self.failed }
        try await limits.succeeded(.password, account: account, visitor: visitor)
        return try await core.driver.write { connection in
            try sessions.rotate(session, adding: .password, visitor: visitor, on: connection)
        }
    }

    /// The form under which names and addresses are looked up and counted.
    static func key(_ name: String) -> String {
        let plain = name.filter { !$0.isWhitespace }
        return plain.utf8.count <= nameBytes && !plain.utf8.contains(0) ? plain.lowercased() : ""
    }

    static let failed = Problem(.signInFailed, "The name or the password is wrong, or the account cannot be used.")
}
