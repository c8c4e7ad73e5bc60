import Persistence
package import RegistryModel

extension DeviceGrants {
    /// What a client is told that asks how far it is.
    package enum Answer: Sendable {
        /// Nobody has decided; ask again after so many seconds.
        case pending(Int64)
        /// It asked too soon; so many seconds from now on.
        case slowDown(Int64)
        case denied
        /// Over, unknown, or given out already.
        case expired
        /// A token; it is given out once.
        case token(String, TokenRecord)
        /// The proof of a factor, for ``prove(_:principal:visitor:)``.
        case proof
    }

    /// What a grant came to.
    ///
    /// A token comes into being only here, in the transaction that uses the grant up: of several that ask at once, one gets
    /// it, and nobody's secret waits in the database.
    /// - Parameters:
    ///   - deviceCode: The client's secret.
    ///   - kind: What the address that was asked gives out.
    ///   - isPatient: Whether asking too soon has no consequences, as for npm, which does not know `slow_down`.
    /// - Returns: The token or the proof, or why there is none yet.
    /// - Throws: What the database throws.
    package func poll(_ deviceCode: String, kind: DeviceGrant.Kind, isPatient: Bool = false) async throws -> Answer {
        guard Secrets.isWellFormed(deviceCode) else { return .expired }
        let hash = Secrets.hash(deviceCode)
        let now = core.clock.now()
        let text = TokenText.make(random: core.random)
        return try await core.driver.write { connection in
            let store = DeviceGrantStore(connection)
            guard let grant = try store.find(deviceHash: hash), grant.kind == kind, grant.expiresAt > now else {
                return .expired
            }
            switch grant.state {
            case .denied: return .denied
            case .used: return .expired
            case .waiting: return try wait(grant, store, now, isPatient)
            case .allowed: return kind == .npmChallenge ? .proof : try give(grant, text, now, connection)
            }
        }
    }

    private func wait(
        _ grant: DeviceGrant, _ store: DeviceGrantStore, _ now: Timestamp, _ isPatient: Bool
    ) throws -> Answer {
        let isEarly = grant.polledAt.map { $0.advanced(bySeconds: grant.intervalSeconds) > now } ?? false
        if isPatient, isEarly { return .pending(grant.intervalSeconds) }
        let interval = isEarly ? min(60, grant.intervalSeconds + Self.intervalSeconds) : grant.intervalSeconds
        try store.notePoll(grant.id, at: now, intervalSeconds: interval)
        return isEarly ? .slowDown(interval) : .pending(interval)
    }

    private func give(
        _ grant: DeviceGrant, _ text: String, _ now: Timestamp, _ connection: any SQLConnection
    ) throws -> Answer {
        guard let userID = grant.userID, let user = try UserStore(connection).find(id: userID), user.state == .active,
            try DeviceGrantStore(connection).move(
                grant.id, from: .allowed, to: .used, userID: userID, factors: grant.factors)
        else { return .expired }
        var token = TokenRecord(
            id: core.ids.next(), userID: userID, hash: TokenText.hash(text), prefix: String(text.prefix(9)),
            kind: .token,
            scopes: grant.scopes, createdAt: now, expiresAt: now.advanced(bySeconds: core.policy.tokenSeconds))
        token.name = grant.client
        token.factors = grant.factors
        // npm's client can be asked for a factor at each change, so its everyday token need not be able to without.
        token.asksFactor = grant.kind == .npmLogin && core.policy.secondFactor == .required
        let principal = Principal(
            userID: userID, userName: user.name, isAdministrator: user.isAdministrator, kind: .session, tokenID: nil,
            scopes: [], factors: grant.factors)
        try tokens.insert(token, by: principal, origin: nil, on: connection)
        return .token(text, token)
    }

    /// What a code proves that came along with a request: six digits of a code generator, or the secret of a challenge that
    /// was allowed for the same token.
    /// - Throws: ``Problem/Code/codeInvalid``, ``Problem/Code/tooManyAttempts``.
    package func prove(_ code: String, principal: Principal, visitor: Visitor) async throws -> Factors {
        guard principal.kind == .token || principal.kind == .operatorToken else { return Factors([]) }
        if Secrets.isWellFormed(code) { return try await proveChallenge(code, principal) }
        let account = String(principal.userID)
        try await limits.check(.secondFactor, account: account, visitor: visitor)
        let outcome = try await core.driver.write { connection in
            try proofs.use(.totp(code), userID: principal.userID, visitor: visitor, on: connection)
        }
        guard case .proven(let factor) = outcome else { throw FactorProofs.wrongCode }
        try await limits.succeeded(.secondFactor, account: account, visitor: visitor)
        return Factors([factor])
    }

    /// Holds for several requests of the same token while its minutes last: what npm does is often more than one.
    private func proveChallenge(_ code: String, _ principal: Principal) async throws -> Factors {
        let hash = Secrets.hash(code)
        let now = core.clock.now()
        let grant = try await core.driver.read { try DeviceGrantStore($0).find(deviceHash: hash) }
        guard let grant, grant.kind == .npmChallenge, grant.state == .allowed, grant.expiresAt > now,
            grant.userID == principal.userID, let tokenID = principal.tokenID, grant.details["token"] == String(tokenID)
        else { throw FactorProofs.wrongCode }
        return grant.factors
    }
}
