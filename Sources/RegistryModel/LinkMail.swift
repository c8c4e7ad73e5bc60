/// A message to one address whose link lets its reader do something once.
package struct LinkMail: Hashable, Sendable {
    /// What the link is for.
    package enum Purpose: String, Sendable, CaseIterable {
        /// Somebody is invited to sign up.
        case invitation = "link.invitation"
        /// Somebody asked to sign up with this address.
        case signUp = "link.sign-up"
        /// The same, but the address has an account already: the link leads to the page for signing in.
        case accountExists = "link.account-exists"
        /// An account wants to have this address.
        case confirmAddress = "link.confirm-address"
        /// A password was forgotten.
        case resetPassword = "link.reset-password"
        /// Every factor was lost; the link begins the recovery.
        case beginRecovery = "link.begin-recovery"
        /// A recovery has begun; the link stops it.
        case stopRecovery = "link.stop-recovery"
        /// A recovery has opened; the link sets a new password.
        case completeRecovery = "link.complete-recovery"
    }

    package let purpose: Purpose
    /// The whole address.
    package let link: String
    /// Until when it works.
    package let expiresAt: Timestamp
    /// Whose account it is about, where there is one.
    package let userName: String?
    /// Who invites, where somebody does.
    package let by: String?
    /// Where the wish came from, where somebody was there.
    package let origin: NoticeOrigin?

    /// Collects a message.
    package init(
        _ purpose: Purpose, link: String, expiresAt: Timestamp, userName: String? = nil, by: String? = nil,
        origin: NoticeOrigin? = nil
    ) {
        self.purpose = purpose
        self.link = link
        self.expiresAt = expiresAt
        self.userName = userName
        self.by = by
        self.origin = origin
    }
}
