package import Persistence
import RegistryModel

/// What would have no owner without one person: asked before an account ends (AUTHZ-2.1).
package struct LastOwner {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Refuses where somebody is the only owner of a project, of a verified namespace or of an organization.
    /// - Throws: ``Problem/Code/lastOwner`` with what it is.
    package func require(dispensable userID: Int64) throws {
        let only =
            try OrganizationStore(connection).onlyOwned(by: userID)
            ?? ProjectStore(connection).onlyOwned(by: userID)
            ?? NamespaceStore(connection).onlyOwned(by: userID)
        if let only {
            throw Problem(.lastOwner, "'\(only)' would be left without an owner. Hand it over or add an owner first.")
        }
    }
}
