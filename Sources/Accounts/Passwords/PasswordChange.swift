import RegistryModel

/// Changes of a password by who knows it.
package struct PasswordChange: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let limits: AttemptLimits

    /// Sets another password. All other sessions end, and the session's secret is rotated.
    ///
    /// `current` is nil only where the account has no password; then the proof must be fresh. It is the one thing that a
    /// session which must change its password can do.
    /// Throws ``Problem/Code/signInFailed``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func change(
        current: String?, new: String, session: Session, visitor: Visitor
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }

    /// Removes the password of an account that has a passkey. Needs a fresh proof.
    package func remove(session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
