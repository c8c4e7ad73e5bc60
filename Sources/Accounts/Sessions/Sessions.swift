import Crypto
import Persistence
package import RegistryModel

/// Sessions of the pages: begun by ``SignIn``, found by the secret in the cookie, ended by their owner.
///
/// A secret has 256 random bits and is stored as its SHA-256. It is replaced whenever the session may do more than before.
package struct Sessions: Sendable {
    let core: AccountCore

    /// How long a session waits for the second factor.
    package static let pendingSeconds: Int64 = 15 * 60
    /// How seldom it is noted that a session was seen.
    static let touchSeconds: Int64 = 300

    /// Works on the core's database.
    package init(core: AccountCore) {
        self.core = core
    }

    /// The session with that secret, pending ones included, or nil where there is none or it is over.
    ///
    /// Notes now and then that it was seen.
    package func find(secret: String) async throws -> Session? {
        guard Secrets.isWellFormed(secret) else { return nil }
        let hash = Secrets.hash(secret)
        let now = core.clock.now()
        guard let found = try await core.driver.read({ try SessionStore($0).find(hash: hash) }),
            found.record.expiresAt > now, found.record.lastSeenAt > idleSince(now), found.user.state == .active
        else { return nil }
        if found.record.lastSeenAt.advanced(bySeconds: Self.touchSeconds) < now {
            try await core.driver.write { try SessionStore($0).touch(found.record.id, at: now) }
        }
        return Session(record: found.record, user: found.user, mustChangePassword: found.mustChangePassword)
    }

    /// The sessions of the account, the newest first.
    package func list(of session: Session) async throws -> [SessionRecord] {
        let now = core.clock.now()
        return try await core.driver.read {
            try SessionStore($0).list(userID: session.user.id, now: now, idleSince: idleSince(now))
        }
    }

    /// Ends the session with that secret: signing out.
    package func end(secret: String) async throws {
        guard Secrets.isWellFormed(secret) else { return }
        let hash = Secrets.hash(secret)
        try await core.driver.write { try SessionStore($0).end(hash: hash) }
    }

    /// Ends one of the account's sessions.
    ///
    /// Throws ``Problem/Code/notFound``.
    package func end(_ id: Int64, by session: Session) async throws {
        _ = try session.requirePrincipal()
        try await core.driver.write { connection in
            guard try SessionStore(connection).end(id, userID: session.user.id) else {
                throw Problem(.notFound, "You have no such session.")
            }
        }
    }

    /// Ends all of the account's sessions but this one, and forgets its devices but the visitor's.
    package func endOthers(by session: Session, visitor: Visitor) async throws {
        _ = try session.requirePrincipal()
        try await core.driver.write { connection in
            let store = SessionStore(connection)
            let count = try store.endAll(userID: session.user.id, but: session.record.id)
            try store.forgetDevices(userID: session.user.id, but: visitor.deviceHash)
            try core.notices.post(
                Notice(.sessionsEnded, ["count": String(count)], origin: visitor.origin), to: session.user.id,
                on: connection)
        }
    }

    /// Asks for a proof that is fresh, before a dangerous act.
    ///
    /// Throws ``Problem/Code/reauthenticationRequired``, and ``Problem/Code/secondFactorRequired`` or
    /// ``Problem/Code/passwordChangeRequired`` where the session is not complete.
    /// - Returns: Who acts.
    @discardableResult
    package func requireFresh(_ session: Session) throws -> Principal {
        let principal = try session.requirePrincipal()
        guard isFresh(session) else {
            throw Problem(
                .reauthenticationRequired, "Prove once more that it is you; the last proof is too long ago for this.")
        }
        return principal
    }

    /// Whether a proof is fresh.
    package func isFresh(_ session: Session) -> Bool {
        session.record.authenticatedAt.advanced(bySeconds: core.policy.freshSeconds) > core.clock.now()
    }

    /// The hidden field of a form of that session: an HMAC of the action, so that no other page can send it.
    package func formToken(for session: Session, action: String) -> String {
        let mac = HMAC<SHA256>.authenticationCode(
            for: Array(action.utf8), using: SymmetricKey(data: session.record.formKey))
        return Base64URL.encode(Array(mac))
    }

    /// Whether a form's hidden field is the one that belongs to the session and the action.
    package func accepts(formToken: String, for session: Session, action: String) -> Bool {
        constantTimeEqual(Array(formToken.utf8), Array(self.formToken(for: session, action: action).utf8))
    }

    /// Removes what is over; the house calls it.
    package func sweep() async throws {
        let now = core.clock.now()
        try await core.driver.write { try SessionStore($0).sweep(now: now, idleSince: idleSince(now)) }
    }

    private func idleSince(_ now: Timestamp) -> Timestamp { now.advanced(bySeconds: -core.policy.sessionIdleSeconds) }
}

extension Sessions {
    /// Begins a session inside a transaction.
    ///
    /// It is pending where the account has a second factor that `factors` does not hold. `previous` ends: a secret that
    /// somebody planted in the browser becomes worthless.
    func begin(
        userID: Int64, factors: Factors, visitor: Visitor, previous: String?, isSignUp: Bool = false,
        on connection: any SQLConnection
    ) throws -> StartedSession {
        let store = SessionStore(connection)
        if let previous, Secrets.isWellFormed(previous) { try store.end(hash: Secrets.hash(previous)) }
        let standing = try AccountStore(connection).standing(userID: userID)
        let isPending = standing.hasSecondFactor && !factors.isMultiple
        let now = core.clock.now()
        let secret = Secrets.make(random: core.random)
        let origin = visitor.origin
        let record = SessionRecord(
            id: core.ids.next(), userID: userID, state: isPending ? .pending : .active, factors: factors,
            formKey: core.random.bytes(32), network: origin.network, agent: origin.agent, createdAt: now,
            authenticatedAt: now, lastSeenAt: now,
            expiresAt: now.advanced(bySeconds: isPending ? Self.pendingSeconds : core.policy.sessionSeconds))
        try store.insert(record, hash: Secrets.hash(secret))
        let device = isPending ? nil : try noteDevice(userID: userID, visitor, isSignUp: isSignUp, on: connection)
        return try started(hash: Secrets.hash(secret), secret: secret, device: device, on: connection)
    }

    /// Gives a session another secret and form key inside a transaction, with one more factor proven now.
    ///
    /// Throws ``Problem/Code/unauthenticated`` where the session has ended meanwhile.
    func rotate(
        _ session: Session, adding factor: Factor, visitor: Visitor, on connection: any SQLConnection
    ) throws -> StartedSession {
        let old = session.record
        let now = core.clock.now()
        let secret = Secrets.make(random: core.random)
        let wasPending = old.state == .pending
        let record = SessionRecord(
            id: old.id, userID: old.userID, state: .active, factors: Factors(old.factors.all.union([factor])),
            formKey: core.random.bytes(32), network: old.network, agent: old.agent, createdAt: old.createdAt,
            authenticatedAt: now, lastSeenAt: now,
            expiresAt: wasPending ? now.advanced(bySeconds: core.policy.sessionSeconds) : old.expiresAt)
        guard try SessionStore(connection).rotate(record, hash: Secrets.hash(secret)) else {
            throw Problem(.unauthenticated, "The session has ended. Sign in again.")
        }
        let device = try wasPending ? noteDevice(userID: old.userID, visitor, isSignUp: false, on: connection) : nil
        return try started(hash: Secrets.hash(secret), secret: secret, device: device, on: connection)
    }

    private func started(
        hash: [UInt8], secret: String, device: String?, on connection: any SQLConnection
    ) throws -> StartedSession {
        guard let found = try SessionStore(connection).find(hash: hash), found.user.state == .active else {
            throw Problem(.unauthenticated, "The session has ended. Sign in again.")
        }
        let session = Session(record: found.record, user: found.user, mustChangePassword: found.mustChangePassword)
        let next: StartedSession.Next =
            if session.record.state == .pending {
                .secondFactor(try FactorProofs.kinds(userID: found.user.id, on: connection))
            } else if session.mustChangePassword {
                .newPassword
            } else { .nothing }
        return StartedSession(session: session, secret: secret, device: device, next: next)
    }

    /// Notes the device, and tells the owner of one that is new.
    /// - Returns: A secret for the browser where it has none.
    private func noteDevice(
        userID: Int64, _ visitor: Visitor, isSignUp: Bool, on connection: any SQLConnection
    ) throws -> String? {
        let store = SessionStore(connection)
        let now = core.clock.now()
        let fresh = visitor.deviceHash == nil ? Secrets.make(random: core.random) : nil
        guard let hash = visitor.deviceHash ?? fresh.map(Secrets.hash) else { return nil }
        if try !store.knows(device: hash, userID: userID), !isSignUp {
            try core.notices.post(
                Notice(.signedInFromNewDevice, origin: visitor.origin), to: userID, on: connection)
        }
        try store.note(device: hash, userID: userID, at: now)
        return fresh
    }
}

extension Visitor {
    /// What is stored of the device's secret; nil where there is none, or something else in its place.
    var deviceHash: [UInt8]? {
        guard let device, Secrets.isWellFormed(device) else { return nil }
        return Secrets.hash(device)
    }
}
