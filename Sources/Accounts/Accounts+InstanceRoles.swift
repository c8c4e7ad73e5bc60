import Persistence
package import RegistryModel

extension Accounts {
    /// Sets what somebody may do on the whole instance.
    ///
    /// For the operator and administrators' own sessions: neither a token that the operator made nor one of an account manages
    /// people. Nobody changes their own.
    /// - Throws: ``Problem/Code/userUnknown``, ``Problem/Code/forbidden``, and ``Problem/Code/secondFactorRequired`` for a
    ///   session without one.
    package func setInstanceRoles(
        of name: String, isAdministrator: Bool, isModerator: Bool, isAuditor: Bool, by principal: Principal
    ) async throws {
        guard principal.isAdministrator, principal.kind == .commandLine || principal.kind == .session else {
            throw Problem(.forbidden, "Only the operator, or an administrator who is signed in, may do that.")
        }
        guard principal.kind == .commandLine || principal.factors.isMultiple else {
            throw Problem(.secondFactorRequired, "Sign in with a second factor to change what people may do.")
        }
        let now = clock.now()
        let ids = ids
        try await driver.write { connection in
            let users = UserStore(connection)
            guard let user = try users.find(nameKey: UserName.key(name)), user.state != .deleted else {
                throw Self.unknown(name)
            }
            guard user.id != principal.userID else {
                throw Problem(.forbidden, "Nobody changes their own role. Ask another administrator.")
            }
            try AccountStore(connection).setRights(
                userID: user.id, isAdministrator: isAdministrator, isModerator: isModerator, isAuditor: isAuditor)
            let event = Event.make(
                id: ids.next(), kind: "user.roles", at: now, actor: principal.userName, via: principal.kind,
                projectID: nil, visibility: .private,
                details: [
                    ("user", .string(user.name)), ("administrator", .bool(isAdministrator)),
                    ("moderator", .bool(isModerator)), ("auditor", .bool(isAuditor)),
                ])
            try EventStore(connection).insert(event)
        }
    }
}
