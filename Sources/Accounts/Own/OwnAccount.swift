import Persistence
package import RegistryModel

/// What people do with their own account as a whole.
package struct OwnAccount: Sendable {
    private let core: AccountCore
    private let sessions: Sessions

    /// Works on the core's database.
    package init(core: AccountCore) {
        self.core = core
        sessions = Sessions(core: core)
    }

    /// What the account can prove itself with.
    package func standing(of principal: Principal) async throws -> AccountStanding {
        try await core.driver.read { try AccountStore($0).standing(userID: principal.userID) }
    }

    /// What happened to the account, the newest first, before the entry with that id where one is given.
    package func history(of principal: Principal, before: Int64? = nil, limit: Int = 50) async throws -> [HistoryEntry]
    {
        try await core.driver.read {
            try AccountStore($0).history(userID: principal.userID, before: before, limit: min(max(limit, 1), 200))
        }
    }

    /// Everything that is kept about the person, as JSON.
    ///
    /// Needs a fresh proof.
    package func export(session: Session) async throws -> JSONValue {
        let principal = try sessions.requireFresh(session)
        let now = core.clock.now()
        return try await core.driver.read { connection in
            let accounts = AccountStore(connection)
            let id = principal.userID
            let keys = try SecurityKeyStore(connection).list(userID: id)
            let generators = try FactorStore(connection).generators(userID: id)
            return [
                "exported": Self.text(now), "account": Self.account(session.user),
                "addresses": .array(try AddressStore(connection).list(userID: id).map(Self.address)),
                "codeGenerators": .array(generators.map { Self.generator($0.record) }),
                "securityKeys": .array(keys.map(Self.key)),
                "sessions": .array(
                    try SessionStore(connection).list(userID: id, now: now, idleSince: Timestamp(seconds: 0))
                        .map(Self.session)),
                "tokens": .array(try TokenStore(connection).live(userID: id, now: now).map(Self.token)),
                "roles": .array(try accounts.memberships(userID: id).map(Self.membership)),
                "history": .array(try accounts.history(userID: id, before: nil, limit: 10_000).map(Self.entry)),
            ]
        }
    }

    /// Closes the account: personal data goes, the name and the releases stay.
    ///
    /// Needs a fresh proof.
    ///
    /// Throws ``Problem/Code/lastOwner`` while something would have no owner, and ``Problem/Code/conflict`` for the last
    /// administrator.
    package func close(session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        let event = core.event("user.closed", by: principal, [("user", .string(principal.userName))])
        try await core.driver.write { connection in
            let accounts = AccountStore(connection)
            try LastOwner(connection).require(dispensable: principal.userID)
            guard try !principal.isAdministrator || accounts.administrators() > 1 else {
                throw Problem(.conflict, "You are the last administrator. Make another one first.")
            }
            // Told before the addresses go.
            try core.notices.post(Notice(.accountClosed, origin: visitor.origin), to: principal.userID, on: connection)
            try OrganizationStore(connection).forget(userID: principal.userID)
            try accounts.revokeTokens(userID: principal.userID, reason: "closed", at: core.clock.now())
            if let recovery = try RecoveryStore(connection).running(userID: principal.userID) {
                _ = try RecoveryStore(connection).move(
                    recovery.id, from: [recovery.state], to: .cancelled, endedAt: core.clock.now())
            }
            try accounts.erase(userID: principal.userID)
            try EventStore(connection).insert(event)
        }
    }
}

extension OwnAccount {
    private static func text(_ time: Timestamp?) -> JSONValue { time.map { .string($0.rfc3339(.seconds)) } ?? .null }

    private static func account(_ user: UserRecord) -> JSONValue {
        [
            "name": .string(user.name), "created": text(user.createdAt), "administrator": .bool(user.isAdministrator),
            "moderator": .bool(user.isModerator), "auditor": .bool(user.isAuditor),
        ]
    }

    private static func address(_ address: AddressRecord) -> JSONValue {
        [
            "address": .string(address.address), "primary": .bool(address.isPrimary), "added": text(address.createdAt),
            "confirmed": text(address.verifiedAt),
        ]
    }

    private static func generator(_ record: TOTPRecord) -> JSONValue {
        ["name": .string(record.name), "added": text(record.createdAt), "used": text(record.lastUsedAt)]
    }

    private static func key(_ key: SecurityKeyRecord) -> JSONValue {
        [
            "name": .string(key.name), "passkey": .bool(key.isDiscoverable), "added": text(key.createdAt),
            "used": text(key.lastUsedAt), "model": .string(Hex.encode(key.aaguid)),
        ]
    }

    private static func session(_ session: SessionRecord) -> JSONValue {
        [
            "network": .string(session.network), "browser": .string(session.agent), "begun": text(session.createdAt),
            "seen": text(session.lastSeenAt), "factors": .string(session.factors.description),
        ]
    }

    private static func token(_ token: TokenRecord) -> JSONValue {
        [
            "prefix": .string(token.prefix), "scopes": .strings(token.scopes.map(\.description)),
            "created": text(token.createdAt), "expires": text(token.expiresAt), "used": text(token.lastUsedAt),
        ]
    }

    private static func membership(_ membership: AccountStore.Membership) -> JSONValue {
        [
            "kind": .string(membership.kind), "name": .string(membership.name), "role": .string(membership.role),
            "since": text(membership.since),
        ]
    }

    private static func entry(_ entry: HistoryEntry) -> JSONValue {
        [
            "kind": .string(entry.kind.rawValue), "at": text(entry.at), "network": .string(entry.network),
            "browser": .string(entry.agent),
            "details": .object(
                entry.details.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }),
        ]
    }
}
