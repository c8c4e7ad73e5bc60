/// A single-use link, without its secret.
package struct AccountLink: Hashable, Sendable {
    package let id: Int64
    package let purpose: Purpose
    /// Whose account it is about, where there is one.
    package let userID: Int64?
    /// What it is about beside that: an address, or the id of a row.
    package let subject: String
    package let createdAt: Timestamp
    package let expiresAt: Timestamp

    /// What a link is for.
    package enum Purpose: String, Sendable, CaseIterable {
        /// An account for the holder of an address; `subject` is JSON.
        case signUp = "sign-up"
        /// The first administrator.
        case setup
        /// `subject` is the id of the address.
        case confirmAddress = "confirm-address"
        case resetPassword = "reset-password"
        case beginRecovery = "begin-recovery"
        /// `subject` is the id of the recovery, here and below.
        case stopRecovery = "stop-recovery"
        case completeRecovery = "complete-recovery"
    }

    /// Collects a row.
    package init(
        id: Int64, purpose: Purpose, userID: Int64?, subject: String, createdAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.purpose = purpose
        self.userID = userID
        self.subject = subject
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
