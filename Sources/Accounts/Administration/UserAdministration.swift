import Persistence
package import RegistryModel

/// What administrators do with other people's accounts.
package struct UserAdministration: Sendable {
    let core: AccountCore

    /// A right on the whole instance.
    package enum Right: String, Sendable, CaseIterable {
        case administrator, moderator, auditor
    }

    /// Accounts in the order of their names, after the one named; for administrators, moderators and auditors.
    package func list(after name: String? = nil, limit: Int = 100, by principal: Principal) async throws -> [UserRecord]
    {
        guard principal.isAdministrator || principal.isModerator || principal.isAuditor else {
            throw Problem(.forbidden, "Only administrators, moderators and auditors see all accounts.")
        }
        let key = name.map(UserName.key) ?? ""
        return try await core.driver.read { try AccountStore($0).list(after: key, limit: min(max(limit, 1), 1000)) }
    }

    /// Stops an account: its sessions end, and its tokens do not work.
    ///
    /// Throws ``Problem/Code/conflict`` where it is not active, and for the last administrator.
    package func suspend(_ name: String, reason: String, by principal: Principal) async throws {
        try await change(name, by: principal) { user, connection in
            if user.isAdministrator { try requireOtherAdministrator(on: connection) }
            guard try AccountStore(connection).setState(.suspended, from: .active, userID: user.id) else {
                throw Problem(.conflict, "The account '\(user.name)' is not active.")
            }
            try SessionStore(connection).endAll(userID: user.id, but: nil)
            return ("user.suspended", [("reason", .string(String(reason.prefix(200))))])
        }
    }

    /// Lets a suspended account work again.
    package func restore(_ name: String, by principal: Principal) async throws {
        try await change(name, by: principal) { user, connection in
            guard try AccountStore(connection).setState(.active, from: .suspended, userID: user.id) else {
                throw Problem(.conflict, "The account '\(user.name)' is not suspended.")
            }
            return ("user.restored", [])
        }
    }

    /// Gives or takes a right.
    ///
    /// The account's sessions end, so that none goes on with rights of before.
    ///
    /// Throws ``Problem/Code/conflict`` for the last administrator.
    package func set(_ right: Right, to isGiven: Bool, of name: String, by principal: Principal) async throws {
        try await change(name, by: principal) { user, connection in
            if right == .administrator, !isGiven, user.isAdministrator { try requireOtherAdministrator(on: connection) }
            try AccountStore(connection).setRights(
                userID: user.id, isAdministrator: right == .administrator ? isGiven : user.isAdministrator,
                isModerator: right == .moderator ? isGiven : user.isModerator,
                isAuditor: right == .auditor ? isGiven : user.isAuditor)
            try SessionStore(connection).endAll(userID: user.id, but: nil)
            try core.notices.post(
                Notice(
                    .roleChanged,
                    [
                        "subject": "this registry", "role": right.rawValue, "user": user.name,
                        "by": principal.userName, "change": isGiven ? "added" : "removed",
                    ]), to: user.id, on: connection)
            return (isGiven ? "user.right-given" : "user.right-taken", [("right", .string(right.rawValue))])
        }
    }

    private func change(
        _ name: String, by principal: Principal,
        _ body: @escaping @Sendable (UserRecord, any SQLConnection) throws -> (String, [(String, JSONValue)])
    ) async throws {
        try principal.requireAdministrator()
        try await core.driver.write { connection in
            guard let user = try UserStore(connection).find(nameKey: UserName.key(name)), user.state != .deleted else {
                throw Accounts.unknown(name)
            }
            let (kind, details) = try body(user, connection)
            try EventStore(connection).insert(
                core.event(kind, by: principal, [("user", .string(user.name))] + details))
        }
    }

    private func requireOtherAdministrator(on connection: any SQLConnection) throws {
        guard try AccountStore(connection).administrators() > 1 else {
            throw Problem(.conflict, "This is the last administrator. Make another one first.")
        }
    }
}
