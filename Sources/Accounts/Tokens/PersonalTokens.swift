package import Formats
import Persistence
package import RegistryModel

/// Tokens that people make for their clients: AUTHZ-1.1.
///
/// A token never gives more than its user may do at that moment: roles are looked up at each use, and an account that is
/// stopped or closed has no tokens that work.
package struct PersonalTokens: Sendable {
    let core: AccountCore
    let formats: [EcosystemID: any PackageFormat]
    /// How many live tokens one account may have.
    static let maximumTokens = 200

    /// Makes tokens for the ecosystems of `formats`.
    package init(core: AccountCore, formats: [EcosystemID: any PackageFormat]) {
        self.core = core
        self.formats = formats
    }

    /// A token that was made.
    package struct Made: Sendable {
        /// The text, which is shown once.
        package let text: String
        package let record: TokenRecord
    }

    /// Makes a token.
    ///
    /// Needs somebody who is signed in, with more than a password unless the policy says otherwise (AUTHN-3.2), and not long
    /// ago: tokens are never made with tokens.
    /// - Throws: ``Problem/Code/forbidden``, ``Problem/Code/secondFactorRequired``, ``Problem/Code/addressUnconfirmed``,
    ///   ``Problem/Code/reauthenticationRequired``, ``Problem/Code/badRequest``, ``Problem/Code/nameInvalid``.
    package func create(
        _ wish: TokenWish, by principal: Principal, authenticatedAt: Timestamp, origin: NoticeOrigin?
    ) async throws -> Made {
        try requireFresh(principal, authenticatedAt: authenticatedAt)
        let now = core.clock.now()
        let text = TokenText.make(random: core.random)
        var token = TokenRecord(
            id: core.ids.next(), userID: principal.userID, hash: TokenText.hash(text), prefix: String(text.prefix(9)),
            kind: .token, scopes: try scopes(wish), createdAt: now, expiresAt: try expiry(wish, from: now),
            alwaysStages: wish.alwaysStages)
        token.name = try name(wish.name)
        token.networks = try networks(wish.networks)
        token.isSingleUse = wish.isSingleUse
        token.asksFactor = wish.asksFactor
        token.factors = principal.factors
        let record = token
        try await core.driver.write { try insert(record, by: principal, origin: origin, on: $0) }
        return Made(text: text, record: record)
    }

    /// Adds a token that was decided upon, with its event and its notice.
    func insert(
        _ token: TokenRecord, by principal: Principal, origin: NoticeOrigin?, on connection: any SQLConnection
    ) throws {
        try requireStanding(principal, on: connection)
        let store = TokenStore(connection)
        guard try store.live(userID: token.userID, now: token.createdAt).count < Self.maximumTokens else {
            throw Problem(.badRequest, "You have \(Self.maximumTokens) tokens. Revoke some that you do not need.")
        }
        try store.insert(token)
        let scopes = token.scopes.map(\.description)
        try EventStore(connection).insert(
            Event.make(
                id: core.ids.next(), kind: "token.created", at: token.createdAt, actor: principal.userName,
                via: principal.kind, projectID: nil, visibility: .private,
                details: [
                    ("user", .string(principal.userName)), ("token", .string(String(token.id))),
                    ("scopes", .strings(scopes)), ("expires", .string(token.expiresAt.rfc3339(.seconds))),
                ]))
        try core.notices.post(
            Notice(
                .tokenCreated,
                [
                    "token": token.name, "scopes": scopes.joined(separator: " "),
                    "expires": token.expiresAt.rfc3339(.seconds),
                ], origin: origin),
            to: token.userID, on: connection)
    }

    /// Whether somebody is signed in who may make tokens now.
    func requireFresh(_ principal: Principal, authenticatedAt: Timestamp) throws(Problem) {
        guard principal.kind == .session else {
            throw Problem(.forbidden, "Tokens are made by somebody who is signed in to the pages, never with a token.")
        }
        guard core.policy.secondFactor == .optional || principal.factors.isMultiple else {
            throw Problem(
                .secondFactorRequired, "Set up a second factor and sign in with it; then you can make tokens.")
        }
        guard authenticatedAt.advanced(bySeconds: core.policy.freshSeconds) > core.clock.now() else {
            throw Problem(.reauthenticationRequired, "Prove again that it is you; then you can make a token.")
        }
    }

    private func requireStanding(_ principal: Principal, on connection: any SQLConnection) throws {
        guard try UserStore(connection).find(id: principal.userID)?.state == .active else {
            throw Problem(.forbidden, "This account cannot be used.")
        }
        let standing = try AccountStore(connection).standing(userID: principal.userID)
        guard standing.hasVerifiedAddress else {
            throw Problem(.addressUnconfirmed, "Confirm an email address first; then you can make tokens.")
        }
        guard core.policy.secondFactor == .required else { return }
        guard standing.hasSecondFactor || principal.factors.all.contains(.issuerFactor) else {
            throw Problem(.secondFactorRequired, "Set up a second factor first; then you can make tokens.")
        }
    }
}
