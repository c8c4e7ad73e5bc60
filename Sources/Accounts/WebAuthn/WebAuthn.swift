package import RegistryModel

/// WebAuthn Level 3: security keys as a second factor (AUTHN-2.2), and passkeys (AUTHN-3.1).
package struct WebAuthn: Sendable {
    let core: AccountCore
    let key: AccountKey
    let pool: any WorkPool

    /// How many an account may have.
    package static let maximum = 20

    /// What a credential is to be.
    package enum Use: String, Sendable, CaseIterable {
        /// A second factor after a password.
        case securityKey = "security-key"
        /// Signs in alone: discoverable, and it verifies the person.
        case passkey
    }

    /// The account's credentials, the oldest first.
    package func list(of principal: Principal) async throws -> [SecurityKeyRecord] { throw Problem(.notSupported, "This is not ready yet.") }

    /// The options to make a credential, as `PublicKeyCredentialCreationOptionsJSON`. Needs a fresh proof.
    package func creationOptions(_ use: Use, session: Session) async throws -> JSONValue { throw Problem(.notSupported, "This is not ready yet.") }

    /// Registers a credential; `response` is a `RegistrationResponseJSON` to ``creationOptions(_:session:)``.
    ///
    /// Throws ``Problem/Code/credentialInvalid`` with what is wrong.
    package func register(
        _ response: JSONValue, use: Use, name: String, session: Session, visitor: Visitor
    ) async throws -> SecurityKeyRecord { throw Problem(.notSupported, "This is not ready yet.") }

    /// Gives a credential another name.
    package func rename(_ id: Int64, to name: String, session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Removes a credential. Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/conflict`` where the account could not sign in any more, or for the last second factor of who
    /// holds roles, where the policy requires one.
    package func remove(_ id: Int64, session: Session, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
