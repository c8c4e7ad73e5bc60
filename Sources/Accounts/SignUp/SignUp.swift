package import RegistryModel

/// How people get accounts: by a mailed link that proves their address, or by the link of the first start.
package struct SignUp: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let limits: AttemptLimits

    /// What a link lets its holder do.
    package struct Offer: Hashable, Sendable {
        /// The address that the link proves; nil for the link of the first start, which asks for one.
        package let address: String?
        /// Whether the account administers the instance.
        package let isAdministrator: Bool
        /// The name that an administrator suggests.
        package let name: String?
    }

    /// Invites somebody by mail; the link holds for 7 days.
    ///
    /// Throws ``Problem/Code/forbidden`` for who is no administrator.
    /// - Returns: The link, for the operator's terminal.
    package func invite(
        address: String, name: String? = nil, isAdministrator: Bool = false, by principal: Principal
    ) async throws -> String { throw Problem(.notSupported, "This is not ready yet.") }

    /// Asks for an account where the policy lets everybody; the link holds for 24 hours.
    ///
    /// The answer is the same whether the address has an account or not; where it has, the mail says so.
    /// Throws ``Problem/Code/forbidden`` where sign-up is by invitation, and ``Problem/Code/tooManyAttempts``.
    package func request(address: String, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// A link with which the first administrator makes their account; a new one ends the one before.
    ///
    /// Throws ``Problem/Code/conflict`` where there is an administrator who can sign in.
    package func setupLink(lifetimeSeconds: Int64 = 86_400) async throws -> String { throw Problem(.notSupported, "This is not ready yet.") }

    /// What a link offers.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func offer(link: String) async throws -> Offer { throw Problem(.notSupported, "This is not ready yet.") }

    /// Makes the account and signs it in. `address` counts only where the link proves none; it is to be confirmed then.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/nameInvalid``, ``Problem/Code/userExists``,
    /// ``Problem/Code/passwordUnfit`` and ``Problem/Code/passwordLeaked``.
    package func complete(
        link: String, name: String, password: String, address: String? = nil, visitor: Visitor
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }
}
