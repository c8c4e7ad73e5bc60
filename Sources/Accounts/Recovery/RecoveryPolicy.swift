/// The rules of recovery as values: the code follows them, and the page `/policies/account-recovery` shows them (AUTHN-1.2).
package struct RecoveryPolicy: Hashable, Sendable {
    /// How long a mailed link to set a new password works.
    package static let resetLinkSeconds: Int64 = 3600
    /// How long a mailed link to begin a recovery works.
    package static let recoveryLinkSeconds: Int64 = 86_400
    /// How long a recovery stays open after its wait; a link to finish it works as long.
    package static let openSeconds: Int64 = 7 * 86_400
    /// How long a recovery waits for its approvals.
    package static let approvalSeconds: Int64 = 14 * 86_400
    /// How many people approve, one of them an administrator.
    package static let approvals = 2

    /// How long a mailed link to set a new password works.
    package let resetLinkSeconds = Self.resetLinkSeconds
    /// How long a mailed link to begin a recovery works.
    package let recoveryLinkSeconds = Self.recoveryLinkSeconds
    /// How many people approve, one of them an administrator.
    package let approvals = Self.approvals
    /// How long it waits for them.
    package let approvalSeconds = Self.approvalSeconds
    /// How long a recovery waits after the second approval.
    package let waitSeconds: Int64
    /// How long it stays open after that.
    package let openSeconds = Self.openSeconds
    /// How many recovery codes an account gets.
    package let recoveryCodes = RecoveryCodes.count

    /// The rules under an instance's policy.
    package init(_ policy: AccountPolicy) {
        waitSeconds = policy.recoveryWaitSeconds
    }
}
