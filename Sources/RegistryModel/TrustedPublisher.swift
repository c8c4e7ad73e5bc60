/// A workflow, pipeline or service account that may publish a project without a long-lived token: PYPI-1, AUTHZ-3.1.
package struct TrustedPublisher: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let ecosystem: EcosystemID
    /// The project's name, also while there is no such project.
    package let name: String
    /// ``ProjectName/key`` of the name.
    package let nameKey: String
    /// The project; nil while it is pending.
    package var projectID: Int64?
    /// The provider's id, such as `github`.
    package let provider: String
    /// The issuer of its identity tokens, exactly.
    package let issuer: String
    /// What identity tokens are looked up by beside the issuer, as the provider derives it.
    package let lookup: String
    /// The deployment environment it is limited to; empty for any.
    package let environment: String
    /// What its owner said of it, by name.
    package let settings: [String: String]
    /// Immutable ids that were taken over from the first identity token, by claim.
    package var pinned: [String: String]
    package let createdBy: Int64
    package let creator: String
    package let createdAt: Timestamp
    package var lastUsedAt: Timestamp?
    /// When a pending one goes by itself.
    package var expiresAt: Timestamp?
    package var removedAt: Timestamp?

    /// Collects a row.
    package init(
        id: Int64, ecosystem: EcosystemID, name: String, nameKey: String, projectID: Int64?, provider: String,
        issuer: String, lookup: String, environment: String, settings: [String: String],
        pinned: [String: String] = [:], createdBy: Int64, creator: String, createdAt: Timestamp,
        lastUsedAt: Timestamp? = nil, expiresAt: Timestamp? = nil, removedAt: Timestamp? = nil
    ) {
        self.id = id
        self.ecosystem = ecosystem
        self.name = name
        self.nameKey = nameKey
        self.projectID = projectID
        self.provider = provider
        self.issuer = issuer
        self.lookup = lookup
        self.environment = environment
        self.settings = settings
        self.pinned = pinned
        self.createdBy = createdBy
        self.creator = creator
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.removedAt = removedAt
    }

    /// Whether the project does not exist yet.
    package var isPending: Bool { projectID == nil }
}

/// An issuer of identity tokens that an administrator added.
package struct TrustedIssuer: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    /// What people call it.
    package let name: String
    /// The `iss` of its tokens, exactly.
    package let issuer: String
    /// The provider whose table of claims it follows; `custom` for its own.
    package let provider: String
    /// Its own table: claim → rule; empty for a known provider.
    package let claims: [String: String]
    /// The organization whose projects alone may use it; nil for all.
    package let organizationID: Int64?
    package let createdBy: Int64
    package let createdAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, name: String, issuer: String, provider: String, claims: [String: String], organizationID: Int64?,
        createdBy: Int64, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.issuer = issuer
        self.provider = provider
        self.claims = claims
        self.organizationID = organizationID
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}
