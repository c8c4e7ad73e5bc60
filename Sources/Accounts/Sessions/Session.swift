package import RegistryModel

/// A session with its account.
package struct Session: Hashable, Sendable {
    package let record: SessionRecord
    package let user: UserRecord
    /// Whether nothing is open to it but a change of the password.
    package let mustChangePassword: Bool

    /// Collects both.
    package init(record: SessionRecord, user: UserRecord, mustChangePassword: Bool) {
        self.record = record
        self.user = user
        self.mustChangePassword = mustChangePassword
    }

    /// Who acts, or nil while a second factor or another password is still asked for.
    package var principal: Principal? {
        guard record.state == .active, !mustChangePassword, user.state == .active else { return nil }
        return Principal(
            userID: user.id, userName: user.name, isAdministrator: user.isAdministrator, kind: .session, tokenID: nil,
            scopes: [], isModerator: user.isModerator, isAuditor: user.isAuditor, factors: record.factors)
    }

    /// Who acts.
    ///
    /// Throws ``Problem/Code/secondFactorRequired`` or ``Problem/Code/passwordChangeRequired`` while that is asked for.
    package func requirePrincipal() throws(Problem) -> Principal {
        if let principal { return principal }
        guard record.state == .active else {
            throw Problem(.secondFactorRequired, "Prove your second factor first.")
        }
        guard !mustChangePassword else {
            throw Problem(
                .passwordChangeRequired,
                "Your password is in a list of leaked ones. Choose another before anything else.")
        }
        throw Problem(.forbidden, "This account is suspended.")
    }
}

/// A session that was just begun or rotated, with what only the browser keeps.
package struct StartedSession: Sendable {
    package let session: Session
    /// For the session cookie; stored nowhere else.
    package let secret: String
    /// For the device cookie, where the browser has none yet.
    package let device: String?
    /// What is asked for next.
    package let next: Next

    /// What a session still lacks.
    package enum Next: Hashable, Sendable {
        case nothing
        /// One of these; a recovery code stands in for each.
        case secondFactor(Set<Factor>)
        case newPassword
    }
}
