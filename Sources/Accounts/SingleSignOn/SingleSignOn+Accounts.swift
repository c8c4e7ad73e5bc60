import Persistence
package import RegistryModel

extension SingleSignOn {
    /// Finds, links or makes the account that verified claims are about, and begins its session.
    func signOn(
        _ claims: IdentityClaims, _ flow: SignOnFlow, visitor: Visitor, previous: String?
    ) async throws -> Finish {
        let newcomer = flow.userID == nil ? Newcomer(claims) : nil
        do {
            return try await core.driver.write { connection in
                let (userID, isNew) = try account(claims, flow, newcomer, visitor, on: connection)
                try applyGroups(of: claims, to: userID, on: connection)
                let started = try sessions.begin(
                    userID: userID, factors: factors(of: claims), visitor: visitor, previous: previous, isSignUp: isNew,
                    on: connection)
                return Finish(started: started, next: flow.next, isNew: isNew)
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.userExists, "Somebody has that name or address already. Begin again.")
        }
    }

    /// What was proven: the issuer's word and, where it names a method that the operator trusts, a second factor.
    private func factors(of claims: IdentityClaims) -> Factors {
        let methods = claims["amr"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let isMultiple = !settings.factorMethods.isDisjoint(with: methods)
        return Factors(isMultiple ? [.singleSignOn, .issuerFactor] : [.singleSignOn])
    }

    private func account(
        _ claims: IdentityClaims, _ flow: SignOnFlow, _ newcomer: Newcomer?, _ visitor: Visitor,
        on connection: any SQLConnection
    ) throws -> (userID: Int64, isNew: Bool) {
        let store = IdentityStore(connection)
        let now = core.clock.now()
        if let user = try store.user(issuer: claims.issuer, subject: claims.subject) {
            guard flow.userID == nil || flow.userID == user.id else {
                throw Problem(.conflict, "That identity belongs to another account here.")
            }
            guard user.state == .active else { throw failed("the account is not active") }
            try store.touch(issuer: claims.issuer, subject: claims.subject, at: now)
            return (user.id, false)
        }
        if let userID = flow.userID {
            guard try UserStore(connection).find(id: userID)?.state == .active else {
                throw failed("the account that asked is not active")
            }
            try link(claims, to: userID, visitor, on: connection)
            return (userID, false)
        }
        guard settings.createsAccounts else {
            throw Problem(
                .forbidden,
                "No account belongs to that identity. Sign in to yours and link it, or ask an administrator for one.")
        }
        guard let newcomer else { throw failed("the claims name nobody") }
        return (try insert(newcomer, claims, visitor, on: connection), true)
    }

    private func link(
        _ claims: IdentityClaims, to userID: Int64, _ visitor: Visitor, on connection: any SQLConnection
    ) throws {
        let now = core.clock.now()
        try IdentityStore(connection).insert(
            issuer: claims.issuer, subject: claims.subject, userID: userID, at: now)
        let notice = Notice(.identityLinked, ["issuer": claims.issuer], origin: visitor.origin)
        try core.notices.post(notice, to: userID, on: connection)
        guard let user = try UserStore(connection).find(id: userID) else { return }
        try record("identity.linked", user.name, [("issuer", .string(claims.issuer))], on: connection)
    }

    /// Makes an account.
    ///
    /// An address of the issuer counts as confirmed where it says so and nobody here has it; an account
    /// that has it is never taken over.
    private func insert(
        _ newcomer: Newcomer, _ claims: IdentityClaims, _ visitor: Visitor, on connection: any SQLConnection
    ) throws -> Int64 {
        let now = core.clock.now()
        let addresses = AddressStore(connection)
        if let address = newcomer.address, try addresses.holder(addressKey: address.key) != nil {
            throw Problem(
                .userExists,
                "An account here has that email address. Sign in to it, and link the identity on the page of its security."
            )
        }
        let users = UserStore(connection)
        guard let name = try newcomer.names.first(where: { try users.find(nameKey: UserName.key($0)) == nil }) else {
            throw Problem(.userExists, "No free name was found for a new account. Ask an administrator for one.")
        }
        let user = UserRecord(
            id: core.ids.next(), name: name, email: newcomer.address?.text ?? "", isAdministrator: false,
            createdAt: now)
        try users.insert(user, nameKey: UserName.key(name))
        if let address = newcomer.address {
            let row = AddressRecord(
                id: core.ids.next(), userID: user.id, address: address.text, domain: address.domain, isPrimary: true,
                createdAt: now, verifiedAt: now)
            try addresses.insert(row, key: address.key)
        }
        try record("user.signed-up", name, [("issuer", .string(claims.issuer))], on: connection)
        try link(claims, to: user.id, visitor, on: connection)
        return user.id
    }

    /// Gives and takes what the issuer's groups decide, and only that.
    private func applyGroups(of claims: IdentityClaims, to userID: Int64, on connection: any SQLConnection) throws {
        guard let claim = settings.groupsClaim, let user = try UserStore(connection).find(id: userID) else { return }
        let listed = claims[claim]
        let groups = Set(listed?.arrayValue?.compactMap(\.stringValue) ?? listed?.stringValue.map { [$0] } ?? [])
        let store = IdentityStore(connection)
        for (right, having) in settings.rights.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let isGiven = !groups.isDisjoint(with: having)
            guard try store.set(right: right.rawValue, isGiven, userID: userID) else { continue }
            try tell(user, ["role": right.rawValue, "change": isGiven ? "added" : "removed"], on: connection)
        }
        for (team, having) in settings.teams {
            let isMember = !groups.isDisjoint(with: having)
            let changed = try store.set(
                organization: team.organization, team: team.name, isMember, userID: userID, at: core.clock.now())
            guard changed else { continue }
            let subject = "\(team.organization):\(team.name)"
            try tell(user, ["subject": subject, "change": isMember ? "added" : "removed"], on: connection)
        }
    }

    private func tell(_ user: UserRecord, _ details: [String: String], on connection: any SQLConnection) throws {
        try core.notices.post(
            Notice(.roleChanged, details.merging(["by": settings.title]) { $1 }), to: user.id, on: connection)
        let members = details.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        try record("role.changed", user.name, [("issuer", .string(settings.issuer))] + members, on: connection)
    }

    private func record(
        _ kind: String, _ userName: String, _ details: [(String, JSONValue)], on connection: any SQLConnection
    ) throws {
        let event = Event.make(
            id: core.ids.next(), kind: kind, at: core.clock.now(), actor: userName, via: .session, projectID: nil,
            visibility: .private, details: [("user", .string(userName))] + details)
        try EventStore(connection).insert(event)
    }
}

extension SingleSignOn {
    /// An identity of an account, as its owner sees it.
    package struct Linked: Hashable, Sendable {
        package let issuer: String
        package let subject: String
        package let linkedAt: Timestamp
        package let lastUsedAt: Timestamp?
    }

    /// The identities of the account.
    package func list(of session: Session) async throws -> [Linked] {
        let userID = try session.requirePrincipal().userID
        return try await core.driver.read { connection in
            try IdentityStore(connection).list(userID: userID).map {
                Linked(issuer: $0.issuer, subject: $0.subject, linkedAt: $0.createdAt, lastUsedAt: $0.lastUsedAt)
            }
        }
    }

    /// Ends a link, of whatever issuer; needs a fresh proof, and another way to sign in.
    ///
    /// Throws ``Problem/Code/notFound``, ``Problem/Code/conflict`` where there is no other way in.
    package func unlink(issuer: String, subject: String, by session: Session, visitor: Visitor) async throws {
        let principal = try sessions.requireFresh(session)
        try await core.driver.write { connection in
            let store = IdentityStore(connection)
            guard try store.remove(issuer: issuer, subject: subject, userID: principal.userID) else {
                throw Problem(.notFound, "No such identity is linked to your account.")
            }
            let accounts = AccountStore(connection)
            let hasPassword = try accounts.signIn(userID: principal.userID)?.passwordHash != nil
            let hasKey = try accounts.standing(userID: principal.userID).securityKeys > 0
            guard try hasPassword || hasKey || !store.list(userID: principal.userID).isEmpty else {
                throw Problem(.conflict, "It is your only way in. Set a password or add a passkey first.")
            }
            try core.notices.post(
                Notice(.factorRemoved, ["factor": "single sign-on", "issuer": issuer], origin: visitor.origin),
                to: principal.userID, on: connection)
            try record("identity.unlinked", principal.userName, [("issuer", .string(issuer))], on: connection)
        }
    }
}

/// Somebody who is new: what the claims say about a name and an address.
struct Newcomer: Hashable {
    /// Names to try, in order.
    let names: [String]
    /// The address, where the issuer says that it has verified it.
    let address: AddressText?

    private static let tries = 50

    /// Reads claims; nil where no name can be made of them.
    init?(_ claims: IdentityClaims) {
        let isVerified = claims["email_verified"]?.boolValue ?? false
        address = isVerified ? claims.text("email").flatMap { try? AddressText($0) } : nil
        let wishes = [claims.text("preferred_username"), claims.text("nickname"), claims.text("email")]
        guard let base = wishes.lazy.compactMap({ $0.flatMap(Self.name) }).first else { return nil }
        names = [base] + (2...Self.tries).map { "\(base.prefix(35))-\($0)" }
    }

    /// What is before an `@`, with everything that a name cannot have replaced by `-`.
    static func name(_ text: String) -> String? {
        let wanted = text.prefix { $0 != "@" }.prefix(39)
        let mapped = String(wanted.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
        let trimmed = mapped.drop { $0 == "-" || $0 == "_" }
        let end = trimmed.lastIndex { $0 != "-" && $0 != "_" }
        guard let end else { return nil }
        let name = String(trimmed[...end])
        return (try? UserName.check(name)) == nil ? nil : name
    }
}
