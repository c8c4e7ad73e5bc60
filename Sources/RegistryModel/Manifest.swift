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
    /// The files; for every ecosystem so far exactly one.
    package let files: [ReceivedFile]
    /// The client's own description of the release, in a form the ecosystem's format understands.
    ///
    /// Compared with the archive, never believed.
    package let claim: JSONValue
    /// Distribution tags to set on the release.
    package let tags: [String]
    /// Who may read the project if this publish creates it, where the client asks for less than the instance's default.
    package let visibility: Visibility?

    /// Collects a request.
    package init(
        ecosystem: EcosystemID, name: String, version: String, files: [ReceivedFile], claim: JSONValue,
        tags: [String] = [], visibility: Visibility? = nil
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        self.files = files
        self.claim = claim
        self.tags = tags
        self.visibility = visibility
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
    package var documentation: String?
    package var keywords: [String] = []
    package var authors: [String] = []
    package var dependencies: [Dependency] = []
    /// Scripts that run at install time, by name.
    package var installHooks: [String] = []
    /// What the index needs of the release.
    package var document: JSONValue = .object([])
    /// What the index needs of the file.
    package var fileDocument: JSONValue = .object([])
    /// The ecosystem's kind of the file.
    package var fileKind: String = ""
    /// The file's name as it is kept, if the ecosystem makes it rather than the client.
    package var fileName: String
    /// A document served beside the file (PEP 658 core metadata).
    package var fileMetadata: [UInt8]?
    /// What a client should be told although it is no reason to refuse.
    package var warnings: [String] = []

    /// Starts a manifest with what every package has.
    package init(name: ProjectName, version: ReleaseVersion, fileName: String) {
        self.name = name
        self.version = version
        self.fileName = fileName
    }
}
