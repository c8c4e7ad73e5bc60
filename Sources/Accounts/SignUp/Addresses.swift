package import RegistryModel

/// An account's addresses: several, one of them primary.
package struct Addresses: Sendable {
    let core: AccountCore
    let limits: AttemptLimits

    /// How many an account may have.
    package static let maximum = 10

    /// The account's addresses, the primary one first.
    package func list(of principal: Principal) async throws -> [AddressRecord] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Adds an address and mails it a link; the confirmed ones are told. Needs a fresh proof.
    package func add(_ address: String, by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Mails the link again.
    package func sendAgain(_ id: Int64, by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Confirms an address by its link, which works once and for 24 hours; who follows it need not be signed in.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    /// - Returns: The address.
    package func confirm(link: String) async throws -> String { throw Problem(.notSupported, "This is not ready yet.") }

    /// Makes a confirmed address the primary one. Needs a fresh proof.
    package func makePrimary(_ id: Int64, by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Removes an address; never the last confirmed one. It is told too. Needs a fresh proof.
    package func remove(_ id: Int64, by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
