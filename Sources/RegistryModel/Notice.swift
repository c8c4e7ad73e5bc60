/// Something about an account that its owner is told: in the account's history, and by mail to every confirmed address.
package struct Notice: Hashable, Sendable {
    /// What happened: AUTHN-1.4.
    package enum Kind: String, Sendable, CaseIterable {
        case signedInFromNewDevice = "sign-in.new-device"
        case addressAdded = "address.added"
        case addressConfirmed = "address.confirmed"
        case addressRemoved = "address.removed"
        case primaryAddressChanged = "address.primary-changed"
        case addressAbandoned = "address.abandoned"
        case passwordChanged = "password.changed"
        case passwordLeaked = "password.leaked"
        case factorAdded = "factor.added"
        case factorRemoved = "factor.removed"
        case factorSuspicious = "factor.suspicious"
        case recoveryCodesMade = "recovery-codes.made"
        case recoveryCodeUsed = "recovery-code.used"
        case recoveryStarted = "recovery.started"
        case recoveryApproved = "recovery.approved"
        case recoveryEnded = "recovery.ended"
        case sessionsEnded = "sessions.ended"
        case tokenCreated = "token.created"
        case tokenRevoked = "token.revoked"
        case tokenExpires = "token.expires"
        case tokenLeaked = "token.leaked"
        case trustedPublisherAdded = "trusted-publisher.added"
        case trustedPublisherRemoved = "trusted-publisher.removed"
        case trustedPublisherUnbound = "trusted-publisher.without-environment"
        case roleChanged = "role.changed"
        case roleOffered = "role.offered"
        case transferOffered = "transfer.offered"
        case transferAccepted = "transfer.accepted"
        case transferCompleted = "transfer.completed"
        case transferEnded = "transfer.ended"
        case sourceChanged = "source.changed"
        case signingKeyAdded = "signing-key.added"
        case signingKeyRevoked = "signing-key.revoked"
        case projectCritical = "project.critical"
        case identityLinked = "identity.linked"
        case accountClosed = "account.closed"
        case deviceAllowed = "device.allowed"
    }

    package let kind: Kind
    /// What the words need, by name: `token`, `project`, `role`, `by`, ….
    package let details: [String: String]
    /// Where it came from, where somebody was there.
    package let origin: NoticeOrigin?

    /// Collects a notice.
    package init(_ kind: Kind, _ details: [String: String] = [:], origin: NoticeOrigin? = nil) {
        self.kind = kind
        self.details = details
        self.origin = origin
    }
}

/// Where an act on an account came from; personal, so it is never part of an event.
package struct NoticeOrigin: Hashable, Sendable {
    /// The client's address without its last part: a /24 of IPv4, a /48 of IPv6.
    package let network: String
    /// What the browser or client calls itself, at most 200 characters.
    package let agent: String

    /// Collects an origin.
    package init(network: String, agent: String) {
        self.network = network
        self.agent = String(agent.prefix(200))
    }
}
