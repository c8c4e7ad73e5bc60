import Accounts
import Persistence
import RegistryModel

/// What whoever acts must have proven, beyond their role: AUTHN-1.1, AUTHN-2.3, AUTHN-3.2, AUTHN-3.3.
///
/// Operator tokens, the command line and trusted publishers stand for somebody else's word and are exempt from what is asked
/// of accounts; operator tokens are never good enough for a critical project.
struct ActingRules {
    private let policy: AccountPolicy
    private let connection: any SQLConnection
    private let now: Timestamp

    init(_ core: RegistryCore, _ connection: any SQLConnection, at now: Timestamp) {
        policy = core.policy
        self.connection = connection
        self.now = now
    }

    /// Refuses an account without a confirmed address, or without the second factor that policy asks for.
    /// - Throws: ``Problem/Code/addressUnconfirmed``, ``Problem/Code/secondFactorRequired``.
    func requirePerson(_ principal: Principal) throws {
        guard principal.isPersonal else { return }
        try check(principal, AccountStore(connection).standing(userID: principal.userID))
    }

    /// Refuses whoever may not act for themselves alone: take a role, found an organization.
    /// - Throws: ``Problem/Code/operatorTokenRefused``, ``Problem/Code/forbidden``, ``Problem/Code/insufficientScope``, and
    ///   what ``requirePerson(_:)`` throws.
    func requireOneself(_ principal: Principal) throws {
        switch principal.kind {
        case .session, .token: break
        case .commandLine: return
        case .operatorToken:
            throw Problem(
                .operatorTokenRefused,
                "A token that the operator made does not act for \(principal.userName) as a person. Sign in instead.")
        case .trustedPublisher: throw Problem(.forbidden, "A trusted publisher publishes, and does nothing else.")
        }
        guard principal.managesEverywhere else {
            throw Problem(
                .insufficientScope, "This token of \(principal.userName) does not cover 'manage' without a limit.")
        }
        try requirePerson(principal)
    }

    /// Refuses whoever has not proven enough to change a project.
    /// - Throws: What ``requirePerson(_:)`` throws, and for a critical project whose grace period is over
    ///   ``Problem/Code/operatorTokenRefused`` and ``Problem/Code/phishingResistanceRequired``.
    func requireActor(_ principal: Principal, on project: Project) throws {
        let isCritical = policy.criticalProjectsResistPhishing && project.critical?.isEnforced(at: now) == true
        switch principal.kind {
        case .commandLine, .trustedPublisher: return
        case .operatorToken:
            guard !isCritical else {
                throw Problem(
                    .operatorTokenRefused,
                    "'\(project.name.display)' is critical: a token that the operator made is not enough. Use a trusted "
                        + "publisher, or a token made after signing in with a security key or passkey.")
            }
        case .session, .token:
            let standing = try AccountStore(connection).standing(userID: principal.userID)
            try check(principal, standing)
            let resists = principal.factors.resistsPhishing || principal.freshFactors.resistsPhishing
            guard !isCritical || resists && standing.securityKeys > 0 else {
                throw Problem(
                    .phishingResistanceRequired,
                    "'\(project.name.display)' is critical: \(principal.userName) needs a security key or passkey, and "
                        + "\(principal.kind == .token ? "a token made" : "to be signed in") with it; or use a trusted publisher."
                )
            }
        }
    }

    /// Refuses whoever has not proven enough to publish to a project.
    /// - Throws: What ``requireActor(_:on:)`` throws, and ``Problem/Code/longLivedTokenRefused`` where the project takes no
    ///   long-lived tokens.
    func requirePublisher(_ principal: Principal, of project: Project) throws {
        // A factor that is proven along with the request is somebody's word, whatever token comes with it.
        let isLongLived = principal.kind == .token && !principal.freshFactors.isMultiple
        if project.tokenPolicy == .trusted, isLongLived || principal.kind == .operatorToken {
            throw Problem(
                .longLivedTokenRefused,
                "'\(project.name.display)' takes no long-lived tokens: publish with a trusted publisher, or signed in.")
        }
        try requireActor(principal, on: project)
    }

    private func check(_ principal: Principal, _ standing: AccountStanding) throws(Problem) {
        guard standing.hasVerifiedAddress else {
            throw Problem(
                .addressUnconfirmed,
                "\(principal.userName) has not confirmed an email address. Open the link in the mail, or ask for another "
                    + "on the account's page.")
        }
        guard policy.secondFactor == .required else { return }
        // Where there is a session, what it proved counts; a token has no more to prove, so the account must have it.
        let isProven = principal.kind == .session ? principal.factors.isMultiple : true
        guard isProven, standing.hasSecondFactor || principal.factors.all.contains(.issuerFactor) else {
            throw Problem(
                .secondFactorRequired,
                "\(principal.userName) needs a second factor here: set up a security key, a passkey or a code generator on "
                    + "the account's page, then sign in with it.")
        }
    }
}
