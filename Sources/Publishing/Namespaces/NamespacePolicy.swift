/// The times and bounds of namespaces.
package struct NamespacePolicy: Hashable, Sendable {
    /// How many days a claim waits for its proof.
    package var claimDays: Int64 = 30
    /// How many claims without a proof one user may have.
    package var claims: Int64 = 20
    /// How many seconds lie between two looks at the proof of one claim.
    package var pauseSeconds: Int64 = 10
    /// After how many days a proof is looked at again.
    package var checkDays: Int64 = 7
    /// How many days a proof may be gone before the namespace lapses.
    package var graceDays: Int64 = 14
    /// The same where nobody could tell whether it is gone: a fault of a network must not take a namespace away.
    package var unreachableGraceDays: Int64 = 60
    /// How many days an offer waits for its answer.
    package var offerDays: Int64 = 14

    /// The defaults.
    package init() {}
}
