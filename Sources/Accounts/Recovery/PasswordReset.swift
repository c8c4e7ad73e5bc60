package import RegistryModel

/// A forgotten password: a mailed link, and a second factor or recovery code where the account has one (AUTHN-1.2).
package struct PasswordReset: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let proofs: FactorProofs
    let limits: AttemptLimits

    /// What a link asks for.
    package struct Question: Hashable, Sendable {
        package let userName: String
        /// Empty where the account has no second factor.
        package let factors: Set<Factor>
    }

    /// Mails a link where the name or address belongs to an account with a confirmed address whose domain is kept.
    ///
    /// The answer is always the same.
    package func request(name: String, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// What the link asks for.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func question(link: String) async throws -> Question { throw Problem(.notSupported, "This is not ready yet.") }

    /// The options for a security key, where one is asked for.
    package func securityKeyOptions(link: String) async throws -> JSONValue { throw Problem(.notSupported, "This is not ready yet.") }

    /// Sets the new password and signs in. All sessions end.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/secondFactorRequired``, ``Problem/Code/codeInvalid``,
    /// ``Problem/Code/credentialInvalid``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func complete(
        link: String, new: String, proof: FactorProof?, visitor: Visitor
    ) async throws -> StartedSession { throw Problem(.notSupported, "This is not ready yet.") }
}
