package import Accounts
import HTTPSupport
import RegistryModel

/// How accounts are recovered, with the values that the code follows.
package struct RecoveryPolicyPage: PageContent {
    package static let template = "policy-recovery"

    package let frame: PageFrame
    let resetLink: String
    let recoveryLink: String
    let approvals: String
    let wait: String
    let open: String
    let approvalTime: String
    let codes: String

    /// Describes the policy.
    package init(_ policy: RecoveryPolicy, publicURL: String) {
        frame = PageFrame(
            title: "How accounts are recovered", publicURL: publicURL, canonicalPath: "/policies/account-recovery",
            section: .policy)
        resetLink = Quantity.span(policy.resetLinkSeconds)
        recoveryLink = Quantity.span(policy.recoveryLinkSeconds)
        approvals = policy.approvals == 2 ? "Two" : Quantity.count(Int64(policy.approvals))
        wait = Quantity.span(policy.waitSeconds)
        open = Quantity.span(policy.openSeconds)
        approvalTime = Quantity.span(policy.approvalSeconds)
        codes = Quantity.count(Int64(policy.recoveryCodes))
    }
}

/// Why and how maintainers get security keys.
package struct SecurityKeyPolicyPage: PageContent {
    package static let template = "policy-security-keys"

    package let frame: PageFrame
    let isRequired: Bool

    /// Describes the policy.
    package init(_ policy: AccountPolicy, publicURL: String) {
        frame = PageFrame(
            title: "Security keys for maintainers", publicURL: publicURL, canonicalPath: "/policies/security-keys",
            section: .policy)
        isRequired = policy.criticalProjectsResistPhishing
    }
}
