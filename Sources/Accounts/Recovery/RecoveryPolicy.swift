/// The rules of recovery as values: the code follows them, and the page `/policies/account-recovery` shows them.
package struct RecoveryPolicy: Hashable, Sendable {
    /// How long a mailed link to set a new password works.
    package let resetLinkSeconds: Int64
    /// How long a mailed link to begin or stop a recovery works.
    package let recoveryLinkSeconds: Int64
    /// How many people approve.
    package let approvals: Int
    /// How long a recovery waits after the second approval.
    package let waitSeconds: Int64
    /// How long it stays open after that.
    package let openSeconds: Int64
    /// How long it waits for approvals.
    package let approvalSeconds: Int64
    /// How many recovery codes an account gets.
    package let recoveryCodes: Int

    /// The rules under an instance's policy.
    package init(_ policy: AccountPolicy) {
        resetLinkSeconds = 3600
        recoveryLinkSeconds = 86_400
        approvals = 2
        waitSeconds = policy.recoveryWaitSeconds
        openSeconds = 7 * 86_400
        approvalSeconds = 14 * 86_400
        recoveryCodes = RecoveryCodes.count
    }
}
