package import RegistryModel

/// What people do with their own account as a whole.
package struct OwnAccount: Sendable {
    let core: AccountCore

    /// What the account can prove itself with.
    package func standing(of principal: Principal) async throws -> AccountStanding { throw Problem(.notSupported, "This is not ready yet.") }

    /// What happened to the account, the newest first, before the entry with that id where one is given.
    package func history(of principal: Principal, before: Int64? = nil, limit: Int = 50) async throws -> [HistoryEntry] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Everything that is kept about the person, as JSON. Needs a fresh proof.
    package func export(session: Session) async throws -> JSONValue { throw Problem(.notSupported, "This is not ready yet.") }

    /// Closes the account: personal data goes, the name and the releases stay. Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/lastOwner`` while something would have no owner.
    package func close(session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
