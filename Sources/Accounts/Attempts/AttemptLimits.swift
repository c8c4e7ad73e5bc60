import RegistryModel

/// Limits on guessing (AUTHN-1.5), by account, by network and overall, in the database so that neither a restart nor another
/// node resets them.
package struct AttemptLimits: Sendable {
    let core: AccountCore

    /// Counts by the core's clock.
    package init(core: AccountCore) {
        self.core = core
    }

    /// What is tried.
    package enum Scope: String, Sendable, CaseIterable {
        case password
        case secondFactor = "second-factor"
        case recovery
        case webauthn
        case signUp = "sign-up"
        case token
    }

    /// Takes an attempt before it is looked at, so that many at once cannot pass a limit together.
    ///
    /// `account` is what is tried to be entered, as text: an id, or a name that may not exist.
    /// Throws ``Problem/Code/tooManyAttempts`` with the seconds to wait.
    package func check(_ scope: Scope, account: String?, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Gives an attempt back that succeeded, and forgets the account's failures.
    package func succeeded(_ scope: Scope, account: String?, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
