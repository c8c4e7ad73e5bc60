/// Where a staging is on its way.
package enum StagingState: String, Sendable, CaseIterable {
    /// What it will hold has been received and not been looked at.
    case pending
    /// The stages are looking at it.
    case validating
    /// Its releases wait to be released or dropped.
    case staged
    /// Its releases are what everybody sees.
    case released
    /// Somebody with the right to it let it go.
    case dropped
    /// Nobody released it in time.
    case expired
    /// A stage refused what it was to hold; the report says why.
    case failed

    /// Whether nothing will change any more.
    package var isFinal: Bool {
        switch self {
        case .pending, .validating, .staged: false
        case .released, .dropped, .expired, .failed: true
        }
    }
}

/// What a project or namespace asks of its publishes.
package enum StagingPolicy: String, Sendable, CaseIterable {
    /// A publish is visible at once.
    case direct
    /// Every publish waits until somebody with a role releases it.
    case staged
    /// As ``staged``, and whoever published it may not be the one who releases it.
    case secondPerson = "second-person"

    /// The one of both that asks more.
    package func stricter(_ other: StagingPolicy?) -> StagingPolicy {
        Self.allCases.last { $0 == self || $0 == other } ?? self
    }
}

/// Releases that wait, together, before anybody but their publishers can see them.
package struct Staging: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    /// A random UUID in lower case: what its addresses and clients call it.
    package let key: String
    package let ecosystem: EcosystemID
    /// What its publisher calls it.
    package let label: String
    package let state: StagingState
    /// Why it is staged: `request`, `token`, `policy`, or `bundle`.
    package let origin: String
    /// Whether its creator may not be the one who releases it.
    package let needsSecondPerson: Bool
    package let creatorID: Int64
    package let creator: String
    package let createdAt: Timestamp
    package let changedAt: Timestamp
    /// When it goes by itself, unless it is released before.
    package let expiresAt: Timestamp
    /// What every stage found, release by release.
    package let report: StagingReport

    /// Collects a row.
    package init(
        id: Int64, key: String, ecosystem: EcosystemID, label: String, state: StagingState, origin: String,
        needsSecondPerson: Bool, creatorID: Int64, creator: String, createdAt: Timestamp, changedAt: Timestamp,
        expiresAt: Timestamp, report: StagingReport
    ) {
        self.id = id
        self.key = key
        self.ecosystem = ecosystem
        self.label = label
        self.state = state
        self.origin = origin
        self.needsSecondPerson = needsSecondPerson
        self.creatorID = creatorID
        self.creator = creator
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.expiresAt = expiresAt
        self.report = report
    }
}

/// What decides about a staging, without its report, which grows with every release that waits in it.
package struct StagingHead: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let key: String
    package let state: StagingState
    package let needsSecondPerson: Bool
    package let creatorID: Int64
    package let creator: String
    package let expiresAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, key: String, state: StagingState, needsSecondPerson: Bool, creatorID: Int64, creator: String,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.key = key
        self.state = state
        self.needsSecondPerson = needsSecondPerson
        self.creatorID = creatorID
        self.creator = creator
        self.expiresAt = expiresAt
    }

    /// What a receipt says of it.
    package var summary: StagingSummary { StagingSummary(key: key, expiresAt: expiresAt) }
}

/// What a publisher asks about staging with a publish.
package struct StagingWish: Hashable, Sendable {
    /// The name for people; the release's own where it is nil.
    package let label: String?

    /// Asks for it.
    package init(label: String? = nil) {
        self.label = label
    }
}

/// What a receipt says of the staging that a release waits in.
package struct StagingSummary: Hashable, Sendable {
    /// Its key, the last part of its private address `/staging/{key}/`.
    package let key: String
    package let expiresAt: Timestamp

    /// Collects both.
    package init(key: String, expiresAt: Timestamp) {
        self.key = key
        self.expiresAt = expiresAt
    }
}
