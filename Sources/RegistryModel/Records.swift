/// Who may read a project.
package enum Visibility: String, Sendable, CaseIterable {
    /// Everybody.
    case `public`
    /// Whoever is signed in.
    case `internal`
    /// Whoever has a role on it.
    case `private`

    /// The one of both that fewer people may read.
    package func narrowed(to other: Visibility?) -> Visibility {
        let order: [Visibility] = [.public, .internal, .private]
        return order.last { $0 == self || $0 == other } ?? self
    }
}

/// A project's status, with the words of PEP 792.
package enum ProjectStatus: String, Sendable, CaseIterable {
    case active, archived, deprecated, quarantined
}

/// A release's state.
package enum ReleaseState: String, Sendable, CaseIterable {
    case staged, held, live, yanked, quarantined, removed, dropped

    /// Whether its files are offered to everybody who may read the project.
    package var isVisible: Bool { self == .live || self == .yanked }
}

/// One package name.
package struct Project: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    /// The ecosystem that owns the name.
    package let ecosystem: EcosystemID
    /// The name in its forms.
    package let name: ProjectName
    package let visibility: Visibility
    package let status: ProjectStatus
    /// Why the status is what it is, for people.
    package let statusReason: String?
    package let createdAt: Timestamp
    /// When anything readers see was last changed.
    package let updatedAt: Timestamp
    /// Counts every change readers can see; part of entity tags and of npm's `_rev`.
    package let revision: Int64
    /// The newest stable version (or the newest of all where none is stable) that is live.
    package let latestVersion: String?
    /// The summary of that version.
    package let summary: String?
    /// The organization that owns it; nil where people do.
    package let organizationID: Int64?
    /// That much depends on it; nil where it does not.
    package let critical: Criticality?
    /// Which credentials publish it.
    package let tokenPolicy: TokenPolicy

    /// Collects a row.
    package init(
        id: Int64, ecosystem: EcosystemID, name: ProjectName, visibility: Visibility, status: ProjectStatus,
        statusReason: String?,
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int64, latestVersion: String?, summary: String?,
        organizationID: Int64? = nil, critical: Criticality? = nil, tokenPolicy: TokenPolicy = .any
    ) {
        self.id = id
        self.ecosystem = ecosystem
        self.name = name
        self.visibility = visibility
        self.status = status
        self.statusReason = statusReason
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.revision = revision
        self.latestVersion = latestVersion
        self.summary = summary
        self.organizationID = organizationID
        self.critical = critical
        self.tokenPolicy = tokenPolicy
    }

    /// What rows and caches call it.
    package var coordinates: ProjectCoordinates { ProjectCoordinates(ecosystem: ecosystem, nameKey: name.key) }
}

/// One version of a project.
package struct Release: Sendable {
    /// The row id.
    package let id: Int64
    package let version: ReleaseVersion
    package let state: ReleaseState
    /// Why it is in that state (the reason of a yank), for people.
    package let stateReason: String?
    /// The deprecation message of npm's kind; nil where it is not deprecated.
    package let deprecation: String?
    /// When it became visible.
    package let publishedAt: Timestamp
    /// When its first byte was accepted.
    package let receivedAt: Timestamp
    /// Where it came from: `upload`, or the name of the mirror it was read from.
    package let origin: String
    /// The user who published it.
    package let publisher: String
    /// The kind of credential it was published with.
    package let publisherKind: Principal.Kind
    /// What the index needs of this version, as the ecosystem's format made it from the archive.
    package let document: JSONValue
    /// The staging it waits in, where it does.
    package let stagingID: Int64?
    /// What a trusted publisher's identity token said: provider, repository, workflow, ref, commit, run; nil where a person
    /// published it.
    package var publisherClaims: JSONValue?
    /// The files, in the order in which they arrived.
    package var files: [PackageFile]

    /// Collects a row and its files.
    package init(
        id: Int64, version: ReleaseVersion, state: ReleaseState, stateReason: String?, deprecation: String?,
        publishedAt: Timestamp,
        receivedAt: Timestamp, origin: String, publisher: String, publisherKind: Principal.Kind, document: JSONValue,
        stagingID: Int64? = nil, files: [PackageFile]
    ) {
        self.id = id
        self.version = version
        self.state = state
        self.stateReason = stateReason
        self.deprecation = deprecation
        self.publishedAt = publishedAt
        self.receivedAt = receivedAt
        self.origin = origin
        self.publisher = publisher
        self.publisherKind = publisherKind
        self.document = document
        self.stagingID = stagingID
        self.files = files
    }
}

/// One artifact of a release.
///
/// Immutable.
package struct PackageFile: Sendable {
    /// The row id.
    package let id: Int64
    /// The name in URLs; unique in the project for ever.
    package let name: String
    /// The length in bytes.
    package let size: Int64
    package let digests: FileDigests
    package let publishedAt: Timestamp
    package let receivedAt: Timestamp
    /// The ecosystem's kind (`bdist_wheel`, `sdist`, `crate`, `tarball`).
    package let kind: String
    /// What the index needs of this file.
    package let document: JSONValue
    /// The digest of the metadata document served beside the file (PEP 658), where there is one.
    package let metadataDigest: SHA256Digest?
    /// Whether the file's bytes were removed from offer.
    package let isRemoved: Bool

    /// Collects a row.
    package init(
        id: Int64, name: String, size: Int64, digests: FileDigests, publishedAt: Timestamp, receivedAt: Timestamp,
        kind: String,
        document: JSONValue, metadataDigest: SHA256Digest?, isRemoved: Bool
    ) {
        self.id = id
        self.name = name
        self.size = size
        self.digests = digests
        self.publishedAt = publishedAt
        self.receivedAt = receivedAt
        self.kind = kind
        self.document = document
        self.metadataDigest = metadataDigest
        self.isRemoved = isRemoved
    }
}

/// Somebody with a role on a project.
package struct ProjectMember: Hashable, Sendable {
    package let userID: Int64
    package let userName: String
    package let role: Role

    /// Collects a row.
    package init(userID: Int64, userName: String, role: Role) {
        self.userID = userID
        self.userName = userName
        self.role = role
    }
}

/// Everything an index document is rendered from.
package struct ProjectHistory: Sendable {
    package let project: Project
    /// Releases whose state is visible, oldest first (by publish time, then by id).
    package let releases: [Release]
    /// npm's distribution tags: tag → version as published.
    package let tags: [String: String]
    package let members: [ProjectMember]
    /// The name of the organization that owns it.
    package let organization: String?

    /// Collects a project with what belongs to it.
    package init(
        project: Project, releases: [Release], tags: [String: String], members: [ProjectMember],
        organization: String? = nil
    ) {
        self.organization = organization
        self.project = project
        self.releases = releases
        self.tags = tags
        self.members = members
    }
}
