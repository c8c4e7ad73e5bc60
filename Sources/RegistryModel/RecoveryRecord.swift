/// The recovery of an account whose factors are lost.
package struct RecoveryRecord: Hashable, Sendable {
    package let id: Int64
    package let userID: Int64
    package let state: State
    /// What its owner wrote.
    package let reason: String
    package let createdAt: Timestamp
    package let first: Approval?
    package let second: Approval?
    /// When it opens; nil before both approvals.
    package let opensAt: Timestamp?
    /// When it ends by itself.
    package let closesAt: Timestamp
    package let endedAt: Timestamp?

    /// How far a recovery has come.
    package enum State: String, Sendable, CaseIterable {
        /// Waits for two approvals.
        case requested
        /// Approved by both; waits until it opens.
        case waiting
        /// The link to set a new password was mailed.
        case open
        case completed
        /// Its owner stopped it.
        case cancelled
        /// An approver refused it.
        case refused
        /// Nobody finished it in time.
        case expired
    }

    /// A person who approved.
    package struct Approval: Hashable, Sendable {
        package let userID: Int64
        package let at: Timestamp
        /// `session` or `command-line`.
        package let via: String

        /// Collects an approval.
        package init(userID: Int64, at: Timestamp, via: String) {
            self.userID = userID
            self.at = at
            self.via = via
        }
    }

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, state: State, reason: String, createdAt: Timestamp, first: Approval?,
        second: Approval?, opensAt: Timestamp?, closesAt: Timestamp, endedAt: Timestamp?
    ) {
        self.id = id
        self.userID = userID
        self.state = state
        self.reason = reason
        self.createdAt = createdAt
        self.first = first
        self.second = second
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.endedAt = endedAt
    }
}
