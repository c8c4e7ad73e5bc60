package import RegistryModel

/// Accounts whose factors are all lost: an administrator and a second person approve, a wait follows, and every address is
/// told; its owner can stop it at any time (AUTHN-1.2).
package struct Recovery: Sendable {
    let core: AccountCore
    let rules: PasswordRules
    let limits: AttemptLimits

    /// A recovery and whose it is.
    package struct Entry: Hashable, Sendable {
        package let record: RecoveryRecord
        package let userName: String
    }

    /// The values that the page of the policy shows.
    package var policy: RecoveryPolicy { RecoveryPolicy(core.policy) }

    /// Mails a link to begin with where the name or address belongs to an account that may; the answer is always the same.
    package func request(name: String, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Begins a recovery by the mailed link; every address is told and gets a link to stop it.
    ///
    /// Throws ``Problem/Code/linkInvalid`` and ``Problem/Code/recoveryRefused``.
    package func begin(link: String, reason: String, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Stops a recovery by a mailed link.
    package func cancel(link: String) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Stops the recovery of one's own account.
    package func cancel(by session: Session) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// The account's own recovery that runs, where there is one.
    package func running(of principal: Principal) async throws -> RecoveryRecord? { throw Problem(.notSupported, "This is not ready yet.") }

    /// The recoveries that are not over, for administrators, moderators and auditors.
    package func list(by principal: Principal) async throws -> [Entry] { throw Problem(.notSupported, "This is not ready yet.") }

    /// Approves a recovery. Two different people do, one of them an administrator, and at most one on the command line.
    ///
    /// Throws ``Problem/Code/forbidden``, ``Problem/Code/recoveryRefused`` and ``Problem/Code/notFound``.
    package func approve(_ id: Int64, by principal: Principal) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Refuses a recovery.
    package func refuse(_ id: Int64, reason: String, by principal: Principal) async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Opens what has waited long enough and ends what nobody finished; the house calls it every minute.
    package func advance() async throws { throw Problem(.notSupported, "This is not ready yet.") }

    /// Sets a new password by the link that was mailed when the recovery opened, and removes all factors and tokens.
    ///
    /// Throws ``Problem/Code/linkInvalid``, ``Problem/Code/passwordUnfit``, ``Problem/Code/passwordLeaked``.
    package func complete(link: String, new: String, visitor: Visitor) async throws { throw Problem(.notSupported, "This is not ready yet.") }
}
