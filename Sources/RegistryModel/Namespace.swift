/// How far somebody's right to a namespace goes.
package enum NamespaceState: String, Sendable, CaseIterable {
    /// Somebody says that it is theirs, and has the key to prove it with. It gives no right.
    case claimed
    /// Proven, by a DNS record or a repository.
    case verified
    /// The operator vouches.
    case assigned
    /// It was verified, and the proof has been gone for longer than the grace period. It gives no right to new names.
    case lapsed

    /// Whether it decides who may create projects inside.
    package var isEffective: Bool { self == .verified || self == .assigned }

    /// The states that decide.
    package static let effective: [NamespaceState] = allCases.filter(\.isEffective)
}

/// A Swift scope, an npm scope, a Composer vendor, a Maven groupId prefix, or a reserved prefix of PyPI or Cargo names.
package struct Namespace: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let ecosystem: EcosystemID
    package let name: String
    /// The form under which two spellings are the same.
    package let key: String
    package var ownerID: Int64
    /// The name of whose it is: the organization's where one has it, otherwise the owner's.
    package var owner: String
    /// The organization that has it; its owners are then its owners.
    package var organizationID: Int64?
    package var state: NamespaceState
    /// What the owner publishes in DNS, or calls a repository, as proof.
    package let challenge: String
    /// How it was proven: `dns`, `repository`, or nil.
    package var method: String?
    /// Where it was proven: the domain, or the repository's address.
    package var target: String?
    /// Whether the answer of DNS was signed: `secure`, `insecure`, or nil.
    package var dnssec: String?
    package var stagingPolicy: StagingPolicy?
    package let createdAt: Timestamp
    package var verifiedAt: Timestamp?
    package var checkedAt: Timestamp?
    /// When it is looked at next: the proof of a verified one, the end of a claim.
    package var nextCheckAt: Timestamp?
    /// Since when the proof has not been found again.
    package var failingSince: Timestamp?
    /// What the last check that failed said.
    package var lastError: String?

    /// Collects a row.
    package init(
        id: Int64, ecosystem: EcosystemID, name: String, key: String, ownerID: Int64, owner: String,
        state: NamespaceState, challenge: String, method: String? = nil, target: String? = nil, dnssec: String? = nil,
        stagingPolicy: StagingPolicy? = nil, createdAt: Timestamp, verifiedAt: Timestamp? = nil,
        checkedAt: Timestamp? = nil, nextCheckAt: Timestamp? = nil, failingSince: Timestamp? = nil,
        lastError: String? = nil, organizationID: Int64? = nil
    ) {
        self.id = id
        self.ecosystem = ecosystem
        self.name = name
        self.key = key
        self.ownerID = ownerID
        self.owner = owner
        self.state = state
        self.challenge = challenge
        self.method = method
        self.target = target
        self.dnssec = dnssec
        self.stagingPolicy = stagingPolicy
        self.createdAt = createdAt
        self.verifiedAt = verifiedAt
        self.checkedAt = checkedAt
        self.nextCheckAt = nextCheckAt
        self.failingSince = failingSince
        self.lastError = lastError
        self.organizationID = organizationID
    }
    /// Whether it is proven, or the operator vouches for it.
    package var isVerified: Bool { state.isEffective }

    /// Whether it says something about a project inside: one that was created under it, or whose owner is its own.
    ///
    /// Where an organization has it, the owner is that organization.
    ///
    /// A namespace is often verified when others have published in it already. Their projects stay theirs: it gives its
    /// members no role on them, asks nothing of their publishes, and vouches for nothing.
    package func covers(_ project: Project, owners: some Sequence<Int64>) -> Bool {
        guard isVerified else { return false }
        if let verifiedAt, project.createdAt >= verifiedAt { return true }
        if let organizationID { return project.organizationID == organizationID }
        return owners.contains(ownerID)
    }
}
