import Persistence
package import RegistryModel

extension DeviceGrants {
    /// What waits under a user code, for somebody who is signed in.
    /// - Throws: ``Problem/Code/notFound`` for a code that is unknown, over or decided; ``Problem/Code/tooManyAttempts``.
    package func pending(userCode: String, by principal: Principal, visitor: Visitor) async throws -> DeviceGrant {
        let account = "device \(principal.userID)"
        try await limits.check(.secondFactor, account: account, visitor: visitor)
        let grant = try await waiting(userCode, principal)
        try await limits.succeeded(.secondFactor, account: account, visitor: visitor)
        return grant
    }

    private func waiting(_ userCode: String, _ principal: Principal) async throws -> DeviceGrant {
        let key = UserCode.key(userCode)
        let now = core.clock.now()
        let grant = try await core.driver.read { try DeviceGrantStore($0).find(userCodeKey: key) }
        guard principal.kind == .session, let grant, grant.state == .waiting, grant.expiresAt > now,
            grant.userID == nil || grant.userID == principal.userID
        else {
            throw Problem(
                .notFound, "Nothing waits under this code. Codes hold for minutes; begin again at the client.")
        }
        return grant
    }

    /// Allows what waits: the client gets a token of the principal's, or its request a factor.
    ///
    /// Needs what making a token needs, because it makes one.
    /// - Throws: ``Problem/Code/notFound`` and what ``PersonalTokens/create(_:by:authenticatedAt:origin:)`` throws.
    package func allow(
        userCode: String, by principal: Principal, authenticatedAt: Timestamp, origin: NoticeOrigin?
    ) async throws {
        try tokens.requireFresh(principal, authenticatedAt: authenticatedAt)
        try await decide(userCode, .allowed, principal) { grant, connection in
            let notice = Notice(
                .deviceAllowed, ["client": grant.client, "network": grant.network, "kind": grant.kind.rawValue],
                origin: origin)
            try core.notices.post(notice, to: principal.userID, on: connection)
        }
    }

    /// Denies what waits.
    /// - Throws: ``Problem/Code/notFound``.
    package func deny(userCode: String, by principal: Principal) async throws {
        try await decide(userCode, .denied, principal) { _, _ in }
    }

    private func decide(
        _ userCode: String, _ state: DeviceGrant.State, _ principal: Principal,
        _ note: @escaping @Sendable (DeviceGrant, any SQLConnection) throws -> Void
    ) async throws {
        let grant = try await waiting(userCode, principal)
        let isDecided = try await core.driver.write { connection in
            let store = DeviceGrantStore(connection)
            guard
                try store.move(
                    grant.id, from: .waiting, to: state, userID: principal.userID, factors: principal.factors)
            else { return false }
            try note(grant, connection)
            return true
        }
        guard isDecided else { throw Problem(.notFound, "This code was decided already.") }
    }
}
