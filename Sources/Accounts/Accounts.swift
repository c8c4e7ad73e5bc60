package import Persistence
package import RegistryModel

/// People and their tokens.
package struct Accounts: Sendable {
    let driver: any SQLDriver
    let clock: any WallClock
    let random: any RandomSource
    let ids: RowIDs
    let uses: TokenUses
    let acceptsOperatorTokens: Bool

    /// Works on the database behind `driver`.
    package init(
        driver: any SQLDriver, clock: any WallClock, random: any RandomSource, ids: RowIDs, uses: TokenUses,
        acceptsOperatorTokens: Bool = true
    ) {
        self.driver = driver
        self.clock = clock
        self.random = random
        self.ids = ids
        self.uses = uses
        self.acceptsOperatorTokens = acceptsOperatorTokens
    }

    /// Finds out who offers a credential.
    ///
    /// The user name of Basic authentication must be `__token__` or the token's own user. Every failure is the same
    /// ``Problem/Code/tokenInvalid``, so that it tells nothing about which tokens or users exist.
    package func authenticate(_ credential: Credential) async throws -> Principal {
        let refusal = Problem(
            .tokenInvalid, "This token is not valid here: it is unknown, expired or revoked. Ask for a new one.")
        guard TokenText.isWellFormed(credential.secret) else { throw refusal }
        let hash = TokenText.hash(credential.secret)
        let now = clock.now()
        guard let found = try await driver.read({ try TokenStore($0).find(hash: hash) }),
            constantTimeEqual(found.token.hash, hash), found.token.revokedAt == nil, found.token.expiresAt > now,
            found.user.state == .active
        else { throw refusal }
        guard found.token.kind != .operatorToken || acceptsOperatorTokens else {
            throw Problem(.tokenInvalid, "This registry's policy refuses operator tokens.")
        }
        if let name = credential.userName, name != "__token__", UserName.key(name) != UserName.key(found.user.name) {
            throw refusal
        }
        uses.record(tokenID: found.token.id, at: now)
        return Principal(
            userID: found.user.id, userName: found.user.name, isAdministrator: found.user.isAdministrator,
            kind: found.token.kind, tokenID: found.token.id, scopes: found.token.scopes,
            alwaysStages: found.token.alwaysStages, isModerator: found.user.isModerator,
            isAuditor: found.user.isAuditor)
    }

    /// The account with that name.
    package func user(named name: String) async throws -> UserRecord? {
        try await driver.read { try UserStore($0).find(nameKey: UserName.key(name)) }
    }

    /// Whether anybody has an account.
    package func hasUsers() async throws -> Bool {
        try await driver.read { try UserStore($0).exists() }
    }

    /// The operator acting as a user through the command line, with everything the operator may do.
    package func commandLinePrincipal(as name: String?) async throws -> Principal {
        guard let name else {
            return Principal(
                userID: 0, userName: "operator", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])
        }
        guard let user = try await user(named: name) else { throw Self.unknown(name) }
        return Principal(
            userID: user.id, userName: user.name, isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])
    }

    /// Adds an account.
    ///
    /// Throws ``Problem/Code/nameInvalid`` and ``Problem/Code/userExists``.
    package func createUser(
        name: String, email: String, isAdministrator: Bool
    ) async throws -> UserRecord {
        try UserName.check(name)
        guard EmailAddress.isPlausible(email) else {
            throw Problem(.badRequest, "'\(email.prefix(100))' is not an email address.")
        }
        let user = UserRecord(
            id: ids.next(), name: name, email: email, isAdministrator: isAdministrator, createdAt: clock.now())
        let event = Event.make(
            id: ids.next(), kind: "user.created", at: user.createdAt, actor: "operator", via: .commandLine,
            projectID: nil, visibility: .private, details: [("user", .string(name))])
        do {
            try await driver.write { connection in
                try UserStore(connection).insert(user, nameKey: UserName.key(name))
                try EventStore(connection).insert(event)
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.userExists, "There is a user '\(name)' already.")
        }
        return user
    }

    static func unknown(_ name: String) -> Problem {
        Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
    }
}
