package import Persistence
package import RegistryModel

/// What every use case of accounts works with; made once by the composition root.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
package final class AccountCore: Sendable {
    package let driver: any SQLDriver
    package let clock: any WallClock
    package let random: any RandomSource
    package let ids: RowIDs
    /// Seals seeds and client secrets.
    package let secrets: any SecretBox
    package let policy: AccountPolicy
    /// The address of the pages, without a slash at its end; links in mail begin with it.
    package let publicURL: String

    /// Collects the parts.
    package init(
        driver: any SQLDriver, clock: any WallClock, random: any RandomSource, ids: RowIDs, secrets: any SecretBox,
        policy: AccountPolicy, publicURL: String
    ) {
        self.driver = driver
        self.clock = clock
        self.random = random
        self.ids = ids
        self.secrets = secrets
        self.policy = policy
        self.publicURL = publicURL
    }

    /// Tells account owners what happened.
    package var notices: Notices { Notices(ids: ids, clock: clock, publicURL: publicURL, secrets: secrets) }
}

/// What an instance asks of its accounts; the defaults reach Level 3 of the Principles in authentication.
package struct AccountPolicy: Hashable, Sendable {
    /// Who may sign up.
    package enum SignUp: String, CaseIterable, Sendable {
        /// Whoever was invited by mail.
        case invitation
        /// Everybody.
        case open
    }

    /// What people need to publish, to hold roles and to make tokens: AUTHN-3.2.
    package enum SecondFactor: String, CaseIterable, Sendable {
        case required
        case optional
    }

    package var signUp = SignUp.invitation
    package var secondFactor = SecondFactor.required
    /// Whether critical projects ask for WebAuthn or a trusted publisher: AUTHN-2.3, AUTHN-3.3.
    package var criticalProjectsResistPhishing = true
    package var passwordCharacters = 12
    /// Memory of Argon2id in KiB, passes and lanes (RFC 9106).
    package var argonKibibytes: UInt32 = 65_536
    package var argonPasses: UInt32 = 3
    package var argonLanes: UInt32 = 1
    /// From how many projects on the most downloaded of them are critical, and one of how many.
    package var criticalMinimumProjects: Int64 = 1000
    package var criticalShare: Int64 = 100
    /// How many projects depend on one that is critical for it.
    package var criticalDependents: Int64 = 100
    /// How long owners of a project that became critical have until more is asked of them.
    package var criticalGraceSeconds: Int64 = 14 * 86_400
    /// How long a role that was offered, or a project's transfer, waits for its answer.
    package var invitationSeconds: Int64 = 14 * 86_400
    /// How long a session lives unused, and altogether.
    package var sessionIdleSeconds: Int64 = 14 * 86_400
    package var sessionSeconds: Int64 = 90 * 86_400
    /// How long after proving a factor a dangerous act needs no other.
    package var freshSeconds: Int64 = 15 * 60
    /// How long a recovery waits before it opens.
    package var recoveryWaitSeconds: Int64 = 3 * 86_400
    /// How long the transfer of a critical project or of a namespace waits after both sides agreed.
    package var transferWaitSeconds: Int64 = 7 * 86_400
    /// The usual and the longest life of a token that somebody makes.
    package var tokenSeconds: Int64 = 90 * 86_400
    package var tokenMaximumSeconds: Int64 = 365 * 86_400

    /// The defaults.
    package init() {}
}
