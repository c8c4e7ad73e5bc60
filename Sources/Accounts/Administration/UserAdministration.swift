package import RegistryModel

/// What administrators do with other people's accounts.
package struct UserAdministration: Sendable {
    let core: AccountCore

    /// A right on the whole instance.
    package enum Right: String, Sendable, CaseIterable {
        case administrator, moderator, auditor
    }

    /// Accounts in the order of their names, after the one named.
    package func list(after name: String? = nil, limit: Int = 100, by principal: Principal) async throws -> [UserRecord] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Stops an account: its sessions end, and its tokens do not work.
    package func suspend(_ name: String, reason: String, by principal: Principal) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Lets a suspended account work again.
    package func restore(_ name: String, by principal: Principal) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Gives or takes a right.
    ///
    /// Throws ``Problem/Code/conflict`` for the last administrator.
    package func set(_ right: Right, to isGiven: Bool, of name: String, by principal: Principal) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
