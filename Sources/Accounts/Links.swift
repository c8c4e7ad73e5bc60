import Persistence
import RegistryModel

/// Single-use links: made in the transaction that mails them, and used up in the one that does what they are for.
struct Links {
    let core: AccountCore

    /// How long each kind works.
    static func seconds(_ purpose: AccountLink.Purpose) -> Int64 {
        switch purpose {
        case .signUp, .setup, .confirmAddress: 86_400
        case .resetPassword: RecoveryPolicy.resetLinkSeconds
        case .beginRecovery: RecoveryPolicy.recoveryLinkSeconds
        case .stopRecovery, .completeRecovery: RecoveryPolicy.openSeconds
        }
    }

    /// How long an invitation works.
    static let invitationSeconds: Int64 = 7 * 86_400

    /// Makes a link.
    /// - Returns: Its whole address.
    func make(
        _ purpose: AccountLink.Purpose, userID: Int64?, subject: String, expiresAt: Timestamp,
        on connection: any SQLConnection
    ) throws -> String {
        let secret = Secrets.make(random: core.random)
        let link = AccountLink(
            id: core.ids.next(), purpose: purpose, userID: userID, subject: subject, createdAt: core.clock.now(),
            expiresAt: expiresAt)
        try AccountLinkStore(connection).insert(link, hash: Secrets.hash(secret))
        return "\(core.publicURL)\(Self.path(purpose))/\(secret)"
    }

    /// When a link that is made now ends.
    func end(_ purpose: AccountLink.Purpose) -> Timestamp {
        core.clock.now().advanced(bySeconds: Self.seconds(purpose))
    }

    /// The link with that secret.
    ///
    /// Throws ``Problem/Code/linkInvalid``.
    func find(_ secret: String, _ purposes: [AccountLink.Purpose], on connection: any SQLConnection) throws
        -> AccountLink
    {
        guard Secrets.isWellFormed(secret) else { throw Self.invalid }
        let hash = Secrets.hash(secret)
        let now = core.clock.now()
        for purpose in purposes {
            if let link = try AccountLinkStore(connection).find(hash: hash, purpose: purpose, now: now) { return link }
        }
        throw Self.invalid
    }

    /// Uses a link up.
    ///
    /// Throws ``Problem/Code/linkInvalid`` where somebody did before.
    func use(_ link: AccountLink, on connection: any SQLConnection) throws {
        guard try AccountLinkStore(connection).use(link.id, at: core.clock.now()) else { throw Self.invalid }
    }

    static let invalid = Problem(.linkInvalid, "This link was used before, has ended, or was replaced by a newer one.")

    /// The page that a link leads to, without the secret at its end.
    private static func path(_ purpose: AccountLink.Purpose) -> String {
        switch purpose {
        case .signUp, .setup: "/signup"
        case .confirmAddress: "/account/confirm"
        case .resetPassword: "/recover/password"
        case .beginRecovery: "/recover/account"
        case .stopRecovery: "/recover/cancel"
        case .completeRecovery: "/recover/finish"
        }
    }
}
