import RegistryModel

/// What a path in a Maven repository stands for ([layout](https://maven.apache.org/repositories/layout.html)).
package struct MavenPath: Hashable, Sendable {
    /// The digests that lie beside files, by the suffix of their names.
    package enum Checksum: String, CaseIterable, Sendable {
        case md5, sha1, sha256, sha512

        /// How many bytes a digest has.
        package var length: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }
    }

    /// The signatures that lie beside files, by the suffix of their names.
    package enum Signature: String, CaseIterable, Sendable {
        case openPGP = "asc"
        case sigstore = "sigstore.json"
    }

    /// What the file itself is.
    package enum Resource: Hashable, Sendable {
        /// A file of a release or snapshot.
        case file(MavenFile)
        /// `maven-metadata.xml` in that directory.
        case metadata(Metadata)
    }

    /// A directory that has metadata.
    ///
    /// Without knowing which projects exist, the directory of an artifact cannot be told from the one of a group, so both
    /// readings are given.
    package struct Metadata: Hashable, Sendable {
        /// Group and artifact.
        package struct ProjectID: Hashable, Sendable {
            package let groupID: String
            package let artifactID: String
        }

        /// The version's coordinates, where it is the directory of a snapshot.
        package let snapshot: MavenCoordinates?
        /// Where it can be the directory of an artifact.
        package let project: ProjectID?
        /// The group, where it can be the directory of one (it lists the group's plugins).
        package let groupID: String?
    }

    package let resource: Resource
    /// Whether the path is of a signature of that file.
    package let signature: Signature?
    /// Whether the path is of a digest of that file or signature.
    package let checksum: Checksum?

    /// The file's name for metadata.
    package static let metadataName = "maven-metadata.xml"
    /// The longest path.
    package static let maximumLength = 1024

    /// Reads a path below a repository's root, percent-decoded and without a leading slash; nil where it stands for nothing.
    ///
    /// No component may be empty or begin with a dot, so nothing leads outside.
    package init?(_ path: String) {
        guard path.utf8.count <= Self.maximumLength else { return nil }
        var components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard components.count > 1, components.count <= 64, components.allSatisfy({ !$0.isEmpty && $0.first != "." }),
            var name = components.popLast()
        else { return nil }
        let checksum = Checksum.allCases.first { name.hasSuffix(".\($0.rawValue)") }
        if let checksum { name.removeLast(checksum.rawValue.count + 1) }
        let signature = Signature.allCases.first { name.hasSuffix(".\($0.rawValue)") }
        if let signature { name.removeLast(signature.rawValue.count + 1) }
        self.checksum = checksum
        self.signature = signature
        if name == Self.metadataName {
            guard signature == nil, let metadata = Metadata(components) else { return nil }
            resource = .metadata(metadata)
        } else {
            guard let coordinates = Self.coordinates(components), let file = MavenFile(name, in: coordinates) else {
                return nil
            }
            resource = .file(file)
        }
    }

    /// Group, artifact and version of a directory; a group's own dots are slashes here, so its components have none.
    fileprivate static func coordinates(_ components: [String]) -> MavenCoordinates? {
        guard components.count > 2, let group = group(components.dropLast(2)) else { return nil }
        return MavenCoordinates(
            groupID: group, artifactID: components[components.count - 2], version: components[components.count - 1])
    }

    fileprivate static func group(_ components: ArraySlice<String>) -> String? {
        let group = components.joined(separator: ".")
        return MavenCoordinates.isGroup(group) && components.allSatisfy { !$0.contains(".") } ? group : nil
    }
}

extension MavenPath.Metadata {
    /// Reads the components of a directory; nil where it can have no metadata.
    fileprivate init?(_ components: [String]) {
        if let last = components.last, MavenCoordinates.isSnapshot(last) {
            guard let coordinates = MavenPath.coordinates(components) else { return nil }
            snapshot = coordinates
            project = nil
            groupID = nil
            return
        }
        snapshot = nil
        groupID = MavenPath.group(components[...])
        if components.count > 1, let group = MavenPath.group(components.dropLast()), let last = components.last,
            MavenCoordinates.isArtifact(last)
        {
            project = ProjectID(groupID: group, artifactID: last)
        } else {
            project = nil
        }
        guard groupID != nil || project != nil else { return nil }
    }
}

extension MavenPath.Checksum {
    /// Reads the content of a checksum file: the hexadecimal digest, alone or before spaces and a name.
    package func digest(_ content: [UInt8]) -> [UInt8]? {
        guard content.count <= 1024, let text = String(validating: content, as: UTF8.self),
            let word = text.split(whereSeparator: \.isWhitespace).first, word.utf8.count == length * 2
        else { return nil }
        return Hex.decode(String(word))
    }
}
