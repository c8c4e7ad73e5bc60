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

    /// A first step by password: `name` is the account's name or a confirmed address.
    ///
    /// The session is pending where the account has a second factor. `previous` is the secret of the session that the
    /// browser had, which ends.
    package func withPassword(
        name: String, password: String, visitor: Visitor, previous: String? = nil
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }

    /// The options for a sign-in by passkey, as `PublicKeyCredentialRequestOptionsJSON`; it writes nothing.
    package func passkeyOptions() -> JSONValue { .null }

    /// A sign-in by passkey alone; `response` is an `AuthenticationResponseJSON`.
    package func withPasskey(
        _ response: JSONValue, visitor: Visitor, previous: String? = nil
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }

    /// The options for a second factor of a pending session, or for proving one again.
    package func securityKeyOptions(for session: Session) async throws -> JSONValue { throw Problem(.notSupported, "This is not ready yet.") }

    /// The second step. The session's secret is rotated.
    ///
    /// Throws ``Problem/Code/codeInvalid`` or ``Problem/Code/credentialInvalid``.
    package func withFactor(
        _ proof: FactorProof, session: Session, visitor: Visitor
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }

    /// Proves the password once more in a session; where the account has a second factor, that is to be proven with
    /// ``withFactor(_:session:visitor:)`` instead.
    ///
    /// Throws ``Problem/Code/signInFailed``. The session's secret is rotated.
    package func again(password: String, session: Session, visitor: Visitor) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }
}
