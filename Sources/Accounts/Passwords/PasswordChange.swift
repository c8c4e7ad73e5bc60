import Persistence
import RegistryModel

/// Changes of a password by who knows it.
package struct PasswordChange: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let limits: AttemptLimits

    /// Sets another password.
    ///
    /// All other sessions end, and the session's secret is rotated.
    ///
    /// `current` is nil only where the account has no password; then the proof must be fresh. It is the one thing that a
    /// session which must change its password can do.
    /// Throws ``Problem/Code/signInFailed``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func change(
        current: String?, new: String, session: Session, visitor: Visitor
    ) async throws -> StartedSession {
        guard session.record.state == .active, session.user.state == .active else {
            throw Problem(.secondFactorRequired, "Prove your second factor first.")
        }
        let userID = session.user.id
        let found = try await core.driver.read { try AccountStore($0).signIn(userID: userID) }
        if found?.passwordHash == nil {
            try sessions.requireFresh(session)
        } else {
            let account = "again \(userID)"
            try await limits.check(.password, account: account, visitor: visitor)
            guard try await rules.isRight(current ?? "", hash: found?.passwordHash) else { throw SignIn.failed }
            try await limits.succeeded(.password, account: account, visitor: visitor)
        }
        let hash = try await rules.newHash(new, userName: session.user.name)
        return try await core.driver.write { connection in
            let accounts = AccountStore(connection)
            guard try accounts.signIn(userID: userID)?.passwordHash == found?.passwordHash else { throw SignIn.failed }
            try accounts.setPassword(hash, userID: userID, at: core.clock.now())
            try SessionStore(connection).endAll(userID: userID, but: session.record.id)
            try AccountLinkStore(connection).end(purpose: .resetPassword, userID: userID, at: core.clock.now())
            try core.notices.post(Notice(.passwordChanged, origin: visitor.origin), to: userID, on: connection)
            return try sessions.rotate(session, adding: .password, visitor: visitor, on: connection)
        }
    }

    /// Removes the password of an account that has a passkey.
    ///
    /// Needs a fresh proof.
    package func remove(session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            try AccountStore(connection).setPassword(nil, userID: principal.userID, at: core.clock.now())
            try FactorRules(core: core).requireRest(userID: principal.userID, on: connection)
            try core.notices.post(
                Notice(.passwordChanged, ["change": "removed"], origin: visitor.origin), to: principal.userID,
                on: connection)
        }
    }
}
