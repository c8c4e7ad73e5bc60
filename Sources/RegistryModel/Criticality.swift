/// That much depends on a project, so that more is asked of those who publish it: AUTHN-2.3, AUTHN-3.3.
package struct Criticality: Hashable, Sendable {
    /// Why a project is critical.
    package enum Reason: String, Sendable, CaseIterable {
        /// Among the most downloaded of the instance.
        case downloads
        /// Many projects depend on it.
        case dependents
        /// A moderator or an administrator says so.
        case marked
    }

    package let since: Timestamp
    package let reason: Reason
    /// From when on more is asked; until then its owners have time to prepare.
    package let enforcedAt: Timestamp

    /// Collects it.
    package init(since: Timestamp, reason: Reason, enforcedAt: Timestamp) {
        self.since = since
        self.reason = reason
        self.enforcedAt = enforcedAt
    }

    /// Whether more is asked at `time`.
    package func isEnforced(at time: Timestamp) -> Bool { enforcedAt <= time }
}

/// Which credentials publish a project.
package enum TokenPolicy: String, Sendable, CaseIterable {
    /// All that the roles allow.
    case any
    /// Trusted publishers, and people who are signed in; no long-lived token.
    case trusted
}
