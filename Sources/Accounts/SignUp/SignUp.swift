import Persistence
package import RegistryModel

/// How people get accounts: by a mailed link that proves their address, or by the link of the first start.
package struct SignUp: Sendable {
    let core: AccountCore
    let sessions: Sessions
    let rules: PasswordRules
    let limits: AttemptLimits

    private var links: Links { Links(core: core) }

    /// What a link lets its holder do.
    package struct Offer: Hashable, Sendable {
        /// The address that the link proves; nil for the link of the first start, which asks for one.
        package let address: String?
        /// Whether the account administers the instance.
        package let isAdministrator: Bool
        /// The name that an administrator suggests.
        package let name: String?

        fileprivate var subject: String {
            let value = JSONValue.compactObject([
                ("address", address.map(JSONValue.string)), ("administrator", .bool(isAdministrator)),
                ("name", name.map(JSONValue.string)),
            ])
            return String(decoding: value.canonicalBytes(), as: UTF8.self)
        }

        fileprivate init(address: String?, isAdministrator: Bool = false, name: String? = nil) {
            self.address = address
            self.isAdministrator = isAdministrator
            self.name = name
        }

        fileprivate init(_ link: AccountLink) {
            let value = try? JSONValue.parse(Array(link.subject.utf8))
            address = value?["address"]?.stringValue
            isAdministrator = value?["administrator"]?.boolValue ?? false
            name = value?["name"]?.stringValue
        }
    }

    /// Invites somebody by mail; the link holds for 7 days.
    ///
    /// Throws ``Problem/Code/forbidden`` for who is no administrator, and ``Problem/Code/userExists`` where somebody has the
    /// address.
    /// - Returns: The link, for the operator's terminal.
    package func invite(
        address: String, name: String? = nil, isAdministrator: Bool = false, by principal: Principal
    ) async throws -> String {
        try principal.requireAdministrator()
        let text = try AddressText(address)
        if let name { try UserName.check(name) }
        let expiresAt = core.clock.now().advanced(bySeconds: Links.invitationSeconds)
        let offer = Offer(address: text.text, isAdministrator: isAdministrator, name: name)
        let event = core.event("user.invited", by: principal, [("administrator", .bool(isAdministrator))])
        return try await core.driver.write { connection in
            guard try AddressStore(connection).holder(addressKey: text.key) == nil else {
                throw Problem(.userExists, "Somebody has an account with this address.")
            }
            try AccountLinkStore(connection).end(purpose: .signUp, subject: offer.subject, at: core.clock.now())
            let link = try links.make(
                .signUp, userID: nil, subject: offer.subject, expiresAt: expiresAt, on: connection)
            try core.notices.send(
                LinkMail(.invitation, link: link, expiresAt: expiresAt, by: principal.userName), to: text.text,
                userID: nil, on: connection)
            try EventStore(connection).insert(event)
            return link
        }
    }

    /// Asks for an account where the policy lets everybody; the link holds for 24 hours.
    ///
    /// The answer is the same whether the address has an account or not; where it has, the mail says so.
    /// Throws ``Problem/Code/forbidden`` where sign-up is by invitation, and ``Problem/Code/tooManyAttempts``.
    package func request(address: String, visitor: Visitor) async throws {
        guard core.policy.signUp == .open else {
            throw Problem(.forbidden, "Accounts are made by invitation here. Ask an administrator.")
        }
        let text = try AddressText(address)
        try await limits.check(.signUp, account: text.key, visitor: visitor)
        try await core.driver.write { connection in
            let expiresAt = links.end(.signUp)
            if let holder = try AddressStore(connection).holder(addressKey: text.key) {
                let mail = LinkMail(
                    .accountExists, link: "\(core.publicURL)/login", expiresAt: expiresAt, origin: visitor.origin)
                return try core.notices.send(mail, to: text.text, userID: holder, on: connection)
            }
            let offer = Offer(address: text.text)
            try AccountLinkStore(connection).end(purpose: .signUp, subject: offer.subject, at: core.clock.now())
            let link = try links.make(
                .signUp, userID: nil, subject: offer.subject, expiresAt: expiresAt, on: connection)
            try core.notices.send(
                LinkMail(.signUp, link: link, expiresAt: expiresAt, origin: visitor.origin), to: text.text, userID: nil,
                on: connection)
        }
    }

    /// A link with which the first administrator makes their account; a new one ends the one before.
    ///
    /// Throws ``Problem/Code/conflict`` where there is an administrator who can sign in.
    package func setupLink(lifetimeSeconds: Int64 = 86_400) async throws -> String {
        let expiresAt = core.clock.now().advanced(bySeconds: lifetimeSeconds)
        return try await core.driver.write { connection in
            guard try !AccountStore(connection).hasSignedUpAdministrator() else {
                throw Problem(
                    .conflict,
                    "There is an administrator already. Ask them for an invitation, or use 'admin user invite'.")
            }
            try AccountLinkStore(connection).end(purpose: .setup, userID: nil, at: core.clock.now())
            return try links.make(
                .setup, userID: nil, subject: Offer(address: nil, isAdministrator: true).subject, expiresAt: expiresAt,
                on: connection)
        }
    }

    /// What a link offers.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    package func offer(link secret: String) async throws -> Offer {
        try await core.driver.read { Offer(try links.find(secret, [.signUp, .setup], on: $0)) }
    }

    /// Makes the account and signs it in.
    ///
    /// `address` counts only where the link proves none; it is to be confirmed then.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/nameInvalid``, ``Problem/Code/userExists``,
    /// ``Problem/Code/passwordUnfit`` and ``Problem/Code/passwordLeaked``.
    package func complete(
        link secret: String, name: String, password: String, address: String? = nil, visitor: Visitor
    ) async throws -> StartedSession {
        let offer = try await offer(link: secret)
        try UserName.check(name)
        let text = try AddressText(offer.address ?? address ?? "")
        let hash = try await rules.newHash(password, userName: name)
        let user = UserRecord(
            id: core.ids.next(), name: name, email: text.text, isAdministrator: offer.isAdministrator,
            createdAt: core.clock.now())
        do {
            return try await core.driver.write { connection in
                let link = try links.find(secret, [.signUp, .setup], on: connection)
                if link.purpose == .setup, try AccountStore(connection).hasSignedUpAdministrator() {
                    throw Links.invalid
                }
                try links.use(link, on: connection)
                try insert(user, text, isProven: offer.address != nil, hash: hash, visitor: visitor, on: connection)
                return try sessions.begin(
                    userID: user.id, factors: Factors([.password]), visitor: visitor, previous: nil, isSignUp: true,
                    on: connection)
            }
        } catch SQLFault.uniqueViolation(let constraint) {
            let what = constraint.contains("address") ? "an account with this address" : "somebody named '\(name)'"
            throw Problem(.userExists, "There is \(what) already.")
        }
    }

    private func insert(
        _ user: UserRecord, _ text: AddressText, isProven: Bool, hash: String, visitor: Visitor,
        on connection: any SQLConnection
    ) throws {
        let now = core.clock.now()
        try UserStore(connection).insert(user, nameKey: UserName.key(user.name))
        try AccountStore(connection).setPassword(hash, userID: user.id, at: now)
        let record = AddressRecord(
            id: core.ids.next(), userID: user.id, address: text.text, domain: text.domain, isPrimary: true,
            createdAt: now, verifiedAt: isProven ? now : nil)
        try AddressStore(connection).insert(record, key: text.key)
        if isProven {
            try core.notices.post(
                Notice(.addressConfirmed, ["address": text.text], origin: visitor.origin), to: user.id, on: connection)
        } else {
            try Addresses(core: core, limits: limits).sendLink(record, userName: user.name, visitor, on: connection)
        }
        try EventStore(connection).insert(
            Event.make(
                id: core.ids.next(), kind: "user.signed-up", at: now, actor: user.name, via: .session, projectID: nil,
                visibility: .private,
                details: [("user", .string(user.name)), ("administrator", .bool(user.isAdministrator))]))
    }
}

extension AccountCore {
    /// An event about accounts, which only administrators see.
    func event(_ kind: String, by principal: Principal, _ details: [(String, JSONValue)]) -> Event {
        Event.make(
            id: ids.next(), kind: kind, at: clock.now(), actor: principal.userName, via: principal.kind, projectID: nil,
            visibility: .private, details: details)
    }
}

extension Principal {
    /// Asks for an administrator who acts in person or on the command line; tokens administer nothing.
    ///
    /// Throws ``Problem/Code/forbidden``.
    func requireAdministrator() throws(Problem) {
        guard isAdministrator, kind == .session || kind == .commandLine else {
            throw Problem(.forbidden, "Only administrators who are signed in to the pages may do this.")
        }
    }
}
