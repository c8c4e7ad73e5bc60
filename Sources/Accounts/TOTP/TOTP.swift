package import RegistryModel

/// Code generators as a second factor: RFC 6238 with SHA-1, six digits and 30 seconds, one step of tolerance (AUTHN-1.3).
package struct TOTP: Sendable {
    let core: AccountCore

    /// How many an account may have.
    package static let maximum = 5

    /// What is shown once while a generator is set up.
    package struct Enrolment: Sendable {
        package let id: Int64
        /// `otpauth://totp/…`.
        package let address: String
        /// The seed in base32, in groups of four.
        package let text: String
        /// The address as a QR code: an `svg` element.
        package let picture: String
    }

    /// The account's confirmed generators.
    package func list(of principal: Principal) async throws -> [TOTPRecord] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Makes a seed; it counts once its first code was shown. Needs a fresh proof.
    package func begin(name: String, session: Session) async throws -> Enrolment { throw Problem(.notSupported, "This is not ready yet.") }

    /// Shows an enrolment again that was not confirmed yet.
    package func enrolment(_ id: Int64, session: Session) async throws -> Enrolment { throw Problem(.notSupported, "This is not ready yet.") }

    /// Confirms a generator by a code. The session counts as proven by it, and its secret is rotated by the caller with
    /// ``SignIn``.
    ///
    /// Throws ``Problem/Code/codeInvalid``.
    package func confirm(_ id: Int64, code: String, session: Session, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Removes a generator. Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/conflict`` for the last second factor of who holds roles, where the policy requires one.
    package func remove(_ id: Int64, session: Session, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
