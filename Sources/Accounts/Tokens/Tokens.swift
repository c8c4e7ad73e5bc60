import Persistence
package import RegistryModel

extension Accounts {
    /// The longest life of an operator token, in days.
    package static let operatorTokenMaximumDays: Int64 = 90

    /// The life of an operator token where nothing else is asked for, in days.
    package static let operatorTokenDefaultDays: Int64 = 30

    /// Makes an operator token: whoever can write the data directory vouches for the user.
    ///
    /// It needs neither a confirmed address nor a second factor, and its row, its events and the release page say so.
    /// Returns the token's text, which is shown once and never stored.
    package func createOperatorToken(
        userName: String, scopes: [TokenScope], lifetimeSeconds: Int64, alwaysStages: Bool = false
    ) async throws -> String {
        guard acceptsOperatorTokens else {
            throw Problem(.forbidden, "This registry's policy refuses operator tokens ('operator-tokens: refuse').")
        }
        guard lifetimeSeconds > 0, lifetimeSeconds <= Self.operatorTokenMaximumDays * 86_400 else {
            throw Problem(
                .badRequest, "An operator token lives for 1 second to \(Self.operatorTokenMaximumDays) days.")
        }
        guard let user = try await user(named: userName) else { throw Self.unknown(userName) }
        let text = TokenText.make(random: random)
        let now = clock.now()
        let token = TokenRecord(
            id: ids.next(), userID: user.id, hash: TokenText.hash(text), prefix: String(text.prefix(9)),
            kind: .operatorToken, scopes: scopes, createdAt: now,
            expiresAt: now.advanced(bySeconds: lifetimeSeconds), lastUsedAt: nil, revokedAt: nil,
            alwaysStages: alwaysStages)
        let event = Event.make(
            id: ids.next(), kind: "token.created", at: now, actor: "operator", via: .commandLine, projectID: nil,
            visibility: .private,
            details: [
                ("user", .string(user.name)), ("token", .string(String(token.id))),
                ("scopes", .strings(scopes.map(\.description))),
                ("expires", .string(token.expiresAt.rfc3339(.seconds))),
            ])
        try await driver.write { connection in
            try TokenStore(connection).insert(token)
            try EventStore(connection).insert(event)
        }
        return text
    }

    /// The live tokens of a principal's user, oldest first.
    ///
    /// Throws ``Problem/Code/insufficientScope`` for a token that is limited to less than managing everything.
    package func tokens(of principal: Principal) async throws -> [TokenRecord] {
        guard principal.managesEverything else {
            throw Problem(
                .insufficientScope, "This token of \(principal.userName) may not see or end other tokens of its user.")
        }
        return try await liveTokens(of: principal)
    }

    private func liveTokens(of principal: Principal) async throws -> [TokenRecord] {
        let now = clock.now()
        return try await driver.read { try TokenStore($0).live(userID: principal.userID, now: now) }
    }

    /// Ends one of the principal's own tokens, named by the hexadecimal SHA-256 of its text or an unambiguous beginning
    /// of at least 8 digits.
    ///
    /// Throws ``Problem/Code/notFound``.
    package func revokeToken(key: String, by principal: Principal) async throws {
        let matches = try await tokens(of: principal).filter {
            $0.key == key || key.count >= 8 && $0.key.hasPrefix(key)
        }
        guard let token = matches.first, matches.count == 1 else {
            throw Problem(.notFound, "You have no live token with that key.")
        }
        try await revoke(token, userName: principal.userName, via: principal.kind)
    }

    /// Ends the token that a credential holds: logging out.
    package func revoke(_ credential: Credential, from visitor: Visitor = Visitor(address: "")) async throws {
        let principal = try await authenticate(credential, from: visitor)
        let hash = TokenText.hash(credential.secret)
        guard let token = try await liveTokens(of: principal).first(where: { $0.hash == hash }) else { return }
        try await revoke(token, userName: principal.userName, via: principal.kind)
    }

    private func revoke(_ token: TokenRecord, userName: String, via kind: Principal.Kind) async throws {
        let now = clock.now()
        let event = Event.make(
            id: ids.next(), kind: "token.revoked", at: now, actor: userName, via: kind, projectID: nil,
            visibility: .private, details: [("user", .string(userName)), ("token", .string(String(token.id)))])
        try await driver.write { connection in
            if try TokenStore(connection).revoke(hash: token.hash, at: now) {
                try EventStore(connection).insert(event)
            }
        }
    }
}

extension Accounts {
    /// Writes when tokens were last used, and how often bad ones were offered.
    package func flushUses() async throws {
        try await uses.flush(to: driver)
        try await attempts.flush(to: driver, now: clock.now())
    }
}
