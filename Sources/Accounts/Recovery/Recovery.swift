import Persistence
package import RegistryModel

/// Accounts whose factors are all lost: an administrator and a second person approve, a wait follows, and every address is
/// told; its owner can stop it at any time (AUTHN-1.2).
package struct Recovery: Sendable {
    let core: AccountCore
    let rules: PasswordRules
    let limits: AttemptLimits

    var links: Links { Links(core: core) }

    /// A recovery and whose it is.
    package struct Entry: Hashable, Sendable {
        package let record: RecoveryRecord
        package let userName: String
    }

    /// The values that the page of the policy shows.
    package var policy: RecoveryPolicy { RecoveryPolicy(core.policy) }

    /// Mails a link to begin with to every confirmed address whose domain somebody keeps; the answer is the same where there
    /// is none.
    package func request(name: String, visitor: Visitor) async throws {
        let key = SignIn.key(name)
        try await limits.check(.recovery, account: key, visitor: visitor)
        try await core.driver.write { connection in
            guard let found = try AccountStore(connection).signIn(key), found.isActive else { return }
            let expiresAt = links.end(.beginRecovery)
            try AccountLinkStore(connection).end(purpose: .beginRecovery, userID: found.userID, at: core.clock.now())
            try send(.beginRecovery, .beginRecovery, found, "", expiresAt, origin: visitor.origin, on: connection)
        }
    }

    /// Begins a recovery by the mailed link; every address is told and gets a link to stop it.
    ///
    /// Throws ``Problem/Code/linkInvalid`` and ``Problem/Code/recoveryRefused``.
    package func begin(link secret: String, reason: String, visitor: Visitor) async throws {
        let reason = String(reason.prefix(1000))
        try await core.driver.write { connection in
            let link = try links.find(secret, [.beginRecovery], on: connection)
            try links.use(link, on: connection)
            guard let userID = link.userID, let found = try AccountStore(connection).signIn(userID: userID),
                found.isActive
            else { throw Links.invalid }
            guard try !AddressStore(connection).recoverable(userID: userID).isEmpty else {
                throw Problem(.recoveryRefused, "The account has no confirmed address whose domain somebody keeps.")
            }
            let store = RecoveryStore(connection)
            guard try store.running(userID: userID) == nil else {
                throw Problem(.recoveryRefused, "A recovery of this account has begun already.")
            }
            let now = core.clock.now()
            let record = RecoveryRecord(
                id: core.ids.next(), userID: userID, state: .requested, reason: reason, createdAt: now, first: nil,
                second: nil, opensAt: nil, closesAt: now.advanced(bySeconds: RecoveryPolicy.approvalSeconds),
                endedAt: nil)
            try store.insert(record)
            try core.notices.post(Notice(.recoveryStarted, origin: visitor.origin), to: userID, on: connection)
            let whole = RecoveryPolicy.approvalSeconds + policy.waitSeconds + RecoveryPolicy.openSeconds
            try send(
                .stopRecovery, .stopRecovery, found, String(record.id), now.advanced(bySeconds: whole),
                origin: visitor.origin, on: connection)
            try insertEvent(
                "recovery.requested", found.userName, record, actor: found.userName, .session, on: connection)
        }
    }

    /// Stops a recovery by a mailed link.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func cancel(link secret: String) async throws {
        try await core.driver.write { connection in
            let link = try links.find(secret, [.stopRecovery], on: connection)
            guard let id = Int64(link.subject), let record = try RecoveryStore(connection).find(id) else {
                throw Links.invalid
            }
            try links.use(link, on: connection)
            guard try end(record, .cancelled, via: .session, on: connection) else { throw Links.invalid }
        }
    }

    /// Stops the recovery of one's own account.
    ///
    /// Throws ``Problem/Code/notFound`` where there is none.
    package func cancel(by session: Session) async throws {
        try await core.driver.write { connection in
            guard let record = try RecoveryStore(connection).running(userID: session.user.id),
                try end(record, .cancelled, via: .session, on: connection)
            else { throw Problem(.notFound, "No recovery of your account runs.") }
        }
    }

    /// The account's own recovery that runs, where there is one.
    package func running(of principal: Principal) async throws -> RecoveryRecord? {
        try await core.driver.read { try RecoveryStore($0).running(userID: principal.userID) }
    }

    /// Sets a new password by the link that was mailed when the recovery opened, and removes all factors, sessions and
    /// tokens.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func complete(link secret: String, new: String, visitor: Visitor) async throws {
        let userName = try await core.driver.read { try opened(secret, on: $0).found.userName }
        let hash = try await rules.newHash(new, userName: userName)
        try await core.driver.write { connection in
            let (link, record, found) = try opened(secret, on: connection)
            try links.use(link, on: connection)
            let now = core.clock.now()
            guard try RecoveryStore(connection).move(record.id, from: [.open], to: .completed, endedAt: now) else {
                throw Links.invalid
            }
            try AccountLinkStore(connection).end(purpose: .completeRecovery, userID: found.userID, at: now)
            try AccountLinkStore(connection).end(purpose: .stopRecovery, userID: found.userID, at: now)
            try AccountLinkStore(connection).end(purpose: .resetPassword, userID: found.userID, at: now)
            try FactorStore(connection).removeAll(userID: found.userID)
            let accounts = AccountStore(connection)
            try accounts.revokeTokens(userID: found.userID, reason: "recovery", at: now)
            try accounts.setPassword(hash, userID: found.userID, at: now)
            try SessionStore(connection).endAll(userID: found.userID, but: nil)
            try SessionStore(connection).forgetDevices(userID: found.userID, but: nil)
            try core.notices.post(
                Notice(.recoveryEnded, ["outcome": "completed"], origin: visitor.origin), to: found.userID,
                on: connection)
            try insertEvent(
                "recovery.completed", found.userName, record, actor: found.userName, .session, on: connection)
        }
    }

    /// The name of the account that a link finishes the recovery of.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func userName(link secret: String) async throws -> String {
        try await core.driver.read { try opened(secret, on: $0).found.userName }
    }

    private func opened(
        _ secret: String, on connection: any SQLConnection
    ) throws -> (link: AccountLink, record: RecoveryRecord, found: SignInRow) {
        let link = try links.find(secret, [.completeRecovery], on: connection)
        guard let id = Int64(link.subject), let record = try RecoveryStore(connection).find(id), record.state == .open,
            record.closesAt > core.clock.now(),
            let found = try AccountStore(connection).signIn(userID: record.userID), found.isActive
        else { throw Links.invalid }
        return (link, record, found)
    }
}

extension Recovery {
    /// Mails a link to every address of the account that may recover it.
    func send(
        _ purpose: AccountLink.Purpose, _ mail: LinkMail.Purpose, _ found: SignInRow, _ subject: String,
        _ expiresAt: Timestamp, origin: NoticeOrigin?, on connection: any SQLConnection
    ) throws {
        for address in try AddressStore(connection).recoverable(userID: found.userID) {
            let link = try links.make(
                purpose, userID: found.userID, subject: subject, expiresAt: expiresAt, on: connection)
            try core.notices.send(
                LinkMail(mail, link: link, expiresAt: expiresAt, userName: found.userName, origin: origin),
                to: address.address, userID: found.userID, on: connection)
        }
    }

    /// Ends a recovery that was not finished, and tells the account's owner.
    /// - Returns: Whether it ran.
    func end(
        _ record: RecoveryRecord, _ state: RecoveryRecord.State, by: String? = nil, via: Principal.Kind,
        on connection: any SQLConnection
    ) throws -> Bool {
        let now = core.clock.now()
        guard
            try RecoveryStore(connection).move(
                record.id, from: [.requested, .waiting, .open], to: state, endedAt: now)
        else { return false }
        for purpose in [AccountLink.Purpose.stopRecovery, .completeRecovery] {
            try AccountLinkStore(connection).end(purpose: purpose, userID: record.userID, at: now)
        }
        try core.notices.post(
            Notice(.recoveryEnded, ["outcome": state.rawValue]), to: record.userID, on: connection)
        let name = try UserStore(connection).find(id: record.userID)?.name ?? ""
        try insertEvent("recovery.\(state.rawValue)", name, record, actor: by ?? name, via, on: connection)
        return true
    }

    func insertEvent(
        _ kind: String, _ userName: String, _ record: RecoveryRecord, actor: String, _ via: Principal.Kind,
        on connection: any SQLConnection
    ) throws {
        try EventStore(connection).insert(
            Event.make(
                id: core.ids.next(), kind: kind, at: core.clock.now(), actor: actor, via: via, projectID: nil,
                visibility: .private,
                details: [("user", .string(userName)), ("recovery", .string(String(record.id)))]))
    }
}
