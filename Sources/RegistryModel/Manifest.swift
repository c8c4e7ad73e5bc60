/// A file as it was received: spooled, measured and hashed, not yet believed.
package struct ReceivedFile: Sendable {
    /// The name the client gave.
    package let name: String
    package let digests: FileDigests
    /// The content, readable until the publish ends.
    package let content: any ByteSource

    /// Collects what the spool found out.
    package init(name: String, digests: FileDigests, content: any ByteSource) {
        self.name = name
        self.digests = digests
        self.content = content
    }
}

/// What one request asks to publish, read from the wire by an ecosystem's adapter.
package struct Submission: Sendable {
    package let ecosystem: EcosystemID
    /// The project's name as the client wrote it.
    package let name: String
    /// The version as the client wrote it.
    package let version: String
    /// The files: one, or where the ecosystem's format says so, several.
    package let files: [ReceivedFile]
    /// The client's own description of the release, in a form the ecosystem's format understands.
    ///
    /// Compared with the archive, never believed.
    package let claim: JSONValue
    /// Distribution tags to set on the release.
    package let tags: [String]
    /// Who may read the project if this publish creates it, where the client asks for less than the instance's default.
    package let visibility: Visibility?
    /// Whether the publisher asks for the release to be staged; nil where policy alone decides.
    package let staging: StagingWish?
    /// Whether the publisher only asks what would happen: every stage looks at it, and nothing is kept.
    package let isDryRun: Bool

    /// Collects a request.
    package init(
        ecosystem: EcosystemID, name: String, version: String, files: [ReceivedFile], claim: JSONValue,
        tags: [String] = [], visibility: Visibility? = nil, staging: StagingWish? = nil, isDryRun: Bool = false
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.files = files
        self.claim = claim
        self.tags = tags
        self.visibility = visibility
        self.staging = staging
        self.isDryRun = isDryRun
    }
}

/// A declared dependency.
package struct Dependency: Hashable, Sendable {
    /// The ecosystem in which the name is looked up.
    package let ecosystem: EcosystemID
    /// The name as declared.
    package let name: String
    /// The key of that name, for the index from dependency to dependent.
    package let nameKey: String
    /// The requirement as declared, in the ecosystem's syntax.
    package let requirement: String
    /// The ecosystem's kind (`runtime`, `dev`, `build`, `peer`, `extra:NAME`, …).
    package let kind: String
    /// Whether an install may leave it out.
    package let isOptional: Bool

    /// Collects a declaration.
    package init(
        ecosystem: EcosystemID, name: String, nameKey: String, requirement: String, kind: String, isOptional: Bool
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.nameKey = nameKey
        self.requirement = requirement
        self.kind = kind
        self.isOptional = isOptional
    }
}

/// A README and the language it is written in.
package struct Readme: Hashable, Sendable {
    /// `text/markdown`, `text/x-rst` or `text/plain`.
    package let mediaType: String
    package let text: String

    /// Collects both.
    package init(mediaType: String, text: String) {
        self.mediaType = mediaType
        self.text = text
    }
}

/// What the archive says about itself: the neutral form every use case works with.
package struct Manifest: Sendable {
    package var name: ProjectName
    package var version: ReleaseVersion
    package var summary: String?
    package var readme: Readme?
    /// An SPDX expression where the package gives one, otherwise its own words.
    package var license: String?
    package var homepage: String?
    package var repository: String?
    /// The source repositories it names, for whoever looks for the packages of one.
    package var repositories: [SourceRepository] = []
    package var documentation: String?
    package var keywords: [String] = []
    package var authors: [String] = []
    package var dependencies: [Dependency] = []
    /// Scripts that run at install time, by name.
    package var installHooks: [String] = []
    /// What the index needs of the release.
    package var document: JSONValue = .object([])
    /// The files, in the order in which the submission has them; never empty.
    package private(set) var files: [ManifestFile]
    /// What a client should be told although it is no reason to refuse.
    package var warnings: [String] = []

    /// Starts a manifest of one file with what every package has.
    package init(name: ProjectName, version: ReleaseVersion, fileName: String) {
        self.name = name
        self.version = version
        files = [ManifestFile(name: fileName)]
    }

    /// Starts a manifest of several files, the first of which is the one that describes the release.
    package init(name: ProjectName, version: ReleaseVersion, first: ManifestFile, others: [ManifestFile]) {
        self.name = name
        self.version = version
        files = [first] + others
    }

    /// The first file's name.
    package var fileName: String { files[0].name }

    /// The first file's kind.
    package var fileKind: String {
        get { files[0].kind }
        set { files[0].kind = newValue }
    }

    /// What the index needs of the first file.
    package var fileDocument: JSONValue {
        get { files[0].document }
        set { files[0].document = newValue }
    }

    /// The document served beside the first file.
    package var fileMetadata: [UInt8]? {
        get { files[0].metadata }
        set { files[0].metadata = newValue }
    }
}
