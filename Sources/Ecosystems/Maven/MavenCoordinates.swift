import Formats
package import RegistryModel
import Versioning

/// Group, artifact and version: what names a release.
package struct MavenCoordinates: Hashable, Sendable, CustomStringConvertible {
    package let groupID: String
    package let artifactID: String
    /// As it is in paths: `1.0-SNAPSHOT` for every snapshot of 1.0.
    package let version: String

    /// The longest group, artifact or version.
    package static let maximumLength = 200
    /// What ends the version of a snapshot.
    package static let snapshotSuffix = "-SNAPSHOT"

    /// Collects the three where they are valid.
    package init?(groupID: String, artifactID: String, version: String) {
        guard Self.isGroup(groupID), Self.isArtifact(artifactID), Self.isVersion(version) else { return nil }
        self.groupID = groupID
        self.artifactID = artifactID
        self.version = version
    }

    /// Whether the version may still be deployed again.
    package var isSnapshot: Bool { Self.isSnapshot(version) }

    /// The directory of its files in a repository.
    package var directory: String {
        String(groupID.map { $0 == "." ? "/" : $0 }) + "/\(artifactID)/\(version)"
    }

    package var description: String { "\(groupID):\(artifactID):\(version)" }

    /// The project's name: `group:artifact`.
    package var name: String { "\(groupID):\(artifactID)" }

    /// The coordinates under which a release of a project is kept in paths; nil where the two cannot be any.
    ///
    /// A snapshot's build (`1.0-20260131.120000-3`) lies in the directory of its snapshot (`1.0-SNAPSHOT`).
    package init?(name: String, version: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        let directory = Self.timestamped(version).map { $0.base + Self.snapshotSuffix } ?? version
        self.init(groupID: parts[0], artifactID: parts[1], version: directory)
    }

    /// Base version and build of a snapshot's timestamped version; nil for every other version.
    package static func timestamped(_ version: String) -> (base: String, build: MavenFile.Snapshot)? {
        guard let last = version.lastIndex(of: "-"), last > version.startIndex,
            let middle = version[..<last].lastIndex(of: "-"), middle > version.startIndex,
            let build = MavenFile.Snapshot(version[version.index(after: middle)...])
        else { return nil }
        return (String(version[..<middle]), build)
    }

    /// Whether a version is one of a snapshot.
    package static func isSnapshot(_ version: String) -> Bool { version.hasSuffix(snapshotSuffix) }

    /// Letters, digits, `_` and `-`, and single dots between them.
    package static func isGroup(_ text: String) -> Bool {
        guard (1...maximumLength).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isWord) }
    }

    /// The same; a dot is no path separator here.
    package static func isArtifact(_ text: String) -> Bool { isGroup(text) }

    /// A version of Maven's that is one component of a path: no dot at its beginning or end, none behind another, and no
    /// character that addresses have another meaning for.
    package static func isVersion(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength, MavenVersion(text) != nil, !text.hasPrefix("."), !text.hasSuffix("."),
            !text.contains("..")
        else { return false }
        return text.utf8.allSatisfy { isWord($0) || ".+~".utf8.contains($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
    }
}

/// Which names Maven projects may have here: `group:artifact`.
package enum MavenNames {
    /// Checks a name and computes its forms.
    ///
    /// Paths are case-sensitive, so a project is only found under its own spelling; but a second one that differs in case
    /// alone would be the same file on many disks, and cannot be made. Names that differ only in separators are confusable.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid``.
    package static func projectName(_ raw: String) throws(Problem) -> ProjectName {
        guard isValid(raw) else {
            throw Problem(
                .nameInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a group and an artifact such as org.example:library: letters, "
                    + "digits, '-', '_' and single '.', at most \(MavenCoordinates.maximumLength) characters each.")
        }
        let key = raw.lowercased()
        return ProjectName(display: raw, key: key, confusable: key.filter { !"-_.".contains($0) })
    }

    /// Whether it has the form of a name.
    package static func isValid(_ raw: String) -> Bool {
        let parts = raw.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 && MavenCoordinates.isGroup(parts[0]) && MavenCoordinates.isArtifact(parts[1])
    }
}
