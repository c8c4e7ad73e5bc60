package import Persistence
package import RegistryModel

/// People and their tokens.
package struct Accounts: Sendable {
    let driver: any SQLDriver
    let clock: any WallClock
    let random: any RandomSource
    let ids: RowIDs
    let uses: TokenUses
    let attempts: TokenAttempts
    let acceptsOperatorTokens: Bool

    /// Works on the database behind `driver`.
    package init(
        driver: any SQLDriver, clock: any WallClock, random: any RandomSource, ids: RowIDs, uses: TokenUses,
        attempts: TokenAttempts = TokenAttempts(), acceptsOperatorTokens: Bool = true
    ) {
        self.driver = driver
        self.clock = clock
        self.random = random
        self.ids = ids
        self.uses = uses
        self.attempts = attempts
        self.acceptsOperatorTokens = acceptsOperatorTokens
    }

    /// Finds out who offers a credential, and whether it may be offered from there.
    ///
    /// The user name of Basic authentication must be `__token__` or the token's own user. Every failure is the same
    /// ``Problem/Code/tokenInvalid``, so that it tells nothing about which tokens or users exist, nor a thief that a token
    /// works elsewhere; of a network from which too many come, ``Problem/Code/tooManyAttempts``. A good token always passes:
    /// nobody can lock out a neighbour.
    package func authenticate(
        _ credential: Credential, from visitor: Visitor = Visitor(address: "")
    ) async throws -> Principal {
        let now = clock.now()
        do {
            let (token, user) = try await check(credential, from: visitor, at: now)
            uses.record(tokenID: token.id, at: now, network: Network.shown(visitor.address))
            return Self.principal(token, user)
        } catch let problem as Problem where problem.code == .tokenInvalid {
            try attempts.admit(visitor.address, now: now)
            attempts.fail(visitor.address, now: now)
            throw problem
        }
    }

    private func check(
        _ credential: Credential, from visitor: Visitor, at now: Timestamp
    ) async throws -> (TokenRecord, UserRecord) {
        let refusal = Problem(
            .tokenInvalid,
            "This token is not valid here: it is unknown, expired, revoked, used up or not for your network. "
                + "Ask for a new one.")
        guard TokenText.isWellFormed(credential.secret) else { throw refusal }
        let hash = TokenText.hash(credential.secret)
        guard let (token, user) = try await driver.read({ try TokenStore($0).find(hash: hash) }),
            constantTimeEqual(token.hash, hash), token.revokedAt == nil, token.expiresAt > now,
            token.isUsable(at: now), Self.mayAct(user, with: token), token.works(from: visitor.address)
        else { throw refusal }
        guard token.kind != .operatorToken || acceptsOperatorTokens else {
            throw Problem(.tokenInvalid, "This registry's policy refuses operator tokens.")
        }
        if let name = credential.userName, name != "__token__", UserName.key(name) != UserName.key(user.name) {
            throw refusal
        }
        return (token, user)
    }

    /// Whether an account's state lets it act with a token.
    ///
    /// A trusted publisher is the project's: it outlives the account that added it, unless an administrator stopped that.
    package static func mayAct(_ user: UserRecord, with token: TokenRecord) -> Bool {
        user.state == .active || user.state == .deleted && token.kind == .trustedPublisher
    }

    /// Who acts with a token.
    ///
    /// A trusted publisher acts under its own name and without its adder's rights.
    package static func principal(_ token: TokenRecord, _ user: UserRecord) -> Principal {
        let isPerson = token.kind != .trustedPublisher
        var principal = Principal(
            userID: user.id, userName: isPerson ? user.name : token.claims?["publisher"]?.stringValue ?? token.name,
            isAdministrator: isPerson && user.isAdministrator, kind: token.kind, tokenID: token.id,
            scopes: token.scopes, alwaysStages: token.alwaysStages, isModerator: isPerson && user.isModerator,
            isAuditor: isPerson && user.isAuditor, factors: token.factors)
        principal.publisherClaims = token.claims
        principal.isSingleUse = token.isSingleUse
        principal.asksFactor = token.asksFactor
        return principal
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
                if let text = try? AddressText(email) {
                    // Nobody has confirmed it yet, so it counts for nothing.
                    let address = AddressRecord(
                        id: ids.next(), userID: user.id, address: text.text, domain: text.domain, isPrimary: true,
                        createdAt: user.createdAt, verifiedAt: nil)
                    try AddressStore(connection).insert(address, key: text.key)
                }
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
