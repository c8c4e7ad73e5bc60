package import Persistence
package import RegistryModel

extension PersonalTokens {
    /// Somebody's own tokens, the newest first, with those that ended.
    package func list(of principal: Principal, limit: Int = 200) async throws -> [TokenRecord] {
        guard principal.kind == .session || principal.kind == .commandLine || principal.managesEverything else {
            throw Problem(
                .insufficientScope, "This token of \(principal.userName) may not see other tokens of its user.")
        }
        return try await core.driver.read { try TokenStore($0).recent(userID: principal.userID, limit: limit) }
    }

    /// Ends one of somebody's own tokens.
    /// - Throws: ``Problem/Code/notFound`` for one that is another's or has ended.
    package func revoke(id: Int64, by principal: Principal, reason: String, origin: NoticeOrigin?) async throws {
        let known = try await list(of: principal)
        let now = core.clock.now()
        guard let token = known.first(where: { $0.id == id }) else {
            throw Problem(.notFound, "You have no token with that number.")
        }
        let reason = reason.limited(toScalars: 200)
        let revoked = try await core.driver.write { connection in
            guard try TokenStore(connection).revoke(hash: token.hash, at: now, reason: reason) else { return false }
            try noteEnd(token, by: principal.userName, via: principal.kind, reason: reason, origin, on: connection)
            return true
        }
        guard revoked else { throw Problem(.notFound, "That token has ended already.") }
    }

    /// Ends everything that somebody made, inside the caller's transaction: an account is closed or recovered, or its owner
    /// wants to begin anew after a change of password.
    /// - Returns: How many there were.
    package func revokeAll(
        userID: Int64, reason: String, origin: NoticeOrigin? = nil, on connection: any SQLConnection
    ) throws -> Int {
        guard let user = try UserStore(connection).find(id: userID) else { return 0 }
        let ended = try TokenStore(connection).revokeAll(userID: userID, at: core.clock.now(), reason: reason)
        for token in ended {
            try noteEnd(token, by: user.name, via: .session, reason: reason, origin, on: connection)
        }
        return ended.count
    }

    /// The event and the notice of a token's end.
    func noteEnd(
        _ token: TokenRecord, by actor: String, via kind: Principal.Kind, reason: String, _ origin: NoticeOrigin?,
        on connection: any SQLConnection
    ) throws {
        let user = try UserStore(connection).find(id: token.userID)?.name ?? ""
        try EventStore(connection).insert(
            Event.make(
                id: core.ids.next(), kind: "token.revoked", at: core.clock.now(), actor: actor, via: kind,
                projectID: nil, visibility: .private,
                details: [
                    ("user", .string(user)), ("token", .string(String(token.id))), ("reason", .string(reason)),
                ]))
        try core.notices.post(
            Notice(.tokenRevoked, ["token": token.name, "reason": reason, "by": actor], origin: origin),
            to: token.userID, on: connection)
    }

    /// How many seconds before a token's end its owner is told.
    static let noticeSeconds: [Int64] = [86_400, 7 * 86_400]

    /// Tells owners of tokens that end soon: seven days and one day before, once each.
    /// - Returns: How many were told of.
    package func noteExpiries() async throws -> Int {
        let now = core.clock.now()
        var count = 0
        // The nearer end first, so that one who was told of it is not told of the farther one too.
        for seconds in Self.noticeSeconds {
            count += try await core.driver.write { connection in
                let store = TokenStore(connection)
                let tokens = try store.expiring(within: seconds, now: now, limit: 500)
                for token in tokens {
                    try core.notices.post(
                        Notice(.tokenExpires, ["token": token.name, "expires": token.expiresAt.rfc3339(.seconds)]),
                        to: token.userID, on: connection)
                    try store.noteExpiry(id: token.id, at: now)
                }
                return tokens.count
            }
        }
        return count
    }
}

extension Principal {
    /// Whether its scopes allow managing, everywhere.
    var managesEverything: Bool {
        scopes.isEmpty
            || scopes.contains { $0.actions.contains(.manage) && $0.ecosystem == nil && $0.pattern == nil }
    }
}
