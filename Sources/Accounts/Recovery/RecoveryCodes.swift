package import RegistryModel

/// Ten codes that each stand in for a second factor once.
package struct RecoveryCodes: Sendable {
    let core: AccountCore

    /// How many are made at once.
    package static let count = 10

    /// Makes new ones, which end the ones before. They are shown once. Needs a fresh proof.
    package func make(session: Session, visitor: Visitor) async throws -> [String] { throw Problem(.notSupported, "This is not ready yet.") }

    /// How many are left.
    package func remaining(of principal: Principal) async throws -> Int64 { throw Problem(.notSupported, "This is not ready yet.") }
}
