/// The name of a file in a version's directory: `artifact-version[-classifier].extension`.
package struct MavenFile: Hashable, Sendable {
    /// The moment of a snapshot and how many there were before it: `20260131.120000-3`.
    package struct Snapshot: Hashable, Sendable, CustomStringConvertible {
        /// `yyyyMMdd.HHmmss`, in UTC.
        package let timestamp: String
        package let buildNumber: Int

        /// Reads both, or returns nil where they are not there.
        init?(_ text: Substring) {
            guard text.utf8.count <= 32, let hyphen = text.firstIndex(of: "-") else { return nil }
            let (timestamp, number) = (text[..<hyphen], text[text.index(after: hyphen)...])
            let parts = timestamp.split(separator: ".", omittingEmptySubsequences: false)
            let isTime =
                parts.count == 2 && parts[0].utf8.count == 8 && parts[1].utf8.count == 6
                && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            guard isTime, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }), number.utf8.first != 0x30,
                let buildNumber = Int(number)
            else { return nil }
            self.timestamp = String(timestamp)
            self.buildNumber = buildNumber
        }

        package var description: String { "\(timestamp)-\(buildNumber)" }
    }

    package let coordinates: MavenCoordinates
    /// Nil for a release, and for a snapshot under its plain name.
    package let snapshot: Snapshot?
    /// `sources`, `javadoc`, …; nil for the main artifact and the POM.
    package let classifier: String?
    /// `jar`, `pom`, `tar.gz`, …, without a leading dot.
    package let `extension`: String

    /// Extensions of two parts; of all others only what follows the last dot is the extension.
    private static let double = ["tar.gz", "tar.bz2", "tar.xz", "tar.zst", "tar.lz", "tar.lzma", "tar.Z", "cpio.gz"]

    /// Reads a file's name in the directory of `coordinates`, or returns nil where it is none of theirs.
    package init?(_ name: String, in coordinates: MavenCoordinates) {
        let isSnapshot = coordinates.isSnapshot
        let base = isSnapshot ? String(coordinates.version.dropLast(8)) : coordinates.version
        guard name.utf8.count <= 512, name.hasPrefix("\(coordinates.artifactID)-\(base)") else { return nil }
        var rest = name.dropFirst(coordinates.artifactID.count + 1 + base.count)
        var snapshot: Snapshot?
        if isSnapshot {
            if rest.hasPrefix("SNAPSHOT") {
                rest = rest.dropFirst(8)
            } else {
                guard let (stamp, end) = Self.stamp(rest) else { return nil }
                snapshot = stamp
                rest = end
            }
        }
        guard let (classifier, fileExtension) = Self.tail(rest) else { return nil }
        self.coordinates = coordinates
        self.snapshot = snapshot
        self.classifier = classifier
        self.extension = fileExtension
    }

    /// The name of the file.
    package var name: String {
        "\(coordinates.artifactID)-\(releaseVersion)" + (classifier.map { "-\($0)" } ?? "") + ".\(`extension`)"
    }

    /// The version of the release that has the file: of a snapshot the one of its build.
    package var releaseVersion: String {
        snapshot.map { "\(coordinates.version.dropLast(8))\($0)" } ?? coordinates.version
    }

    /// The same file of a build of its snapshot.
    func at(_ build: Snapshot) -> MavenFile {
        MavenFile(coordinates: coordinates, snapshot: build, classifier: classifier, extension: `extension`)
    }

    private init(coordinates: MavenCoordinates, snapshot: Snapshot?, classifier: String?, extension: String) {
        self.coordinates = coordinates
        self.snapshot = snapshot
        self.classifier = classifier
        self.extension = `extension`
    }

    /// The path of the file in a repository.
    package var path: String { "\(coordinates.directory)/\(name)" }

    /// Reads the moment of a snapshot at the start of a text: two runs of digits, a hyphen, a number.
    private static func stamp(_ text: Substring) -> (Snapshot, Substring)? {
        guard let hyphen = text.firstIndex(of: "-") else { return nil }
        let number = text[text.index(after: hyphen)...].prefix { $0.isASCII && $0.isNumber }
        return Snapshot(text[..<number.endIndex]).map { ($0, text[number.endIndex...]) }
    }

    /// Splits `-classifier.extension` or `.extension`.
    private static func tail(_ text: Substring) -> (classifier: String?, fileExtension: String)? {
        var stem = text
        var found: Substring?
        for end in double where text.hasSuffix(".\(end)") {
            found = text.suffix(end.count)
            stem = text.dropLast(end.count + 1)
        }
        if found == nil {
            guard let dot = text.lastIndex(of: ".") else { return nil }
            found = text[text.index(after: dot)...]
            stem = text[..<dot]
        }
        guard let found, !found.isEmpty, found.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: ".") }) else {
            return nil
        }
        guard !stem.isEmpty else { return (nil, String(found)) }
        let classifier = stem.dropFirst()
        let isClassifier = classifier.utf8.allSatisfy { isWord($0) || "-.+~".utf8.contains($0) }
        guard stem.first == "-", !classifier.isEmpty, isClassifier, !classifier.contains("..") else { return nil }
        return (String(classifier), String(found))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
}
