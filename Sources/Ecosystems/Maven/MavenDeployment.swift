import Archives
import Formats
import RegistryModel

/// The files of one deployment, sorted by what their names say, with the project description among them.
struct MavenDeployment {
    /// One file of it.
    struct Item {
        let file: MavenFile
        /// Whether it is a signature of that file rather than the file itself.
        let signature: MavenPath.Signature?
        let received: ReceivedFile
    }

    let coordinates: MavenCoordinates
    let items: [Item]
    let pom: POM

    /// The release's version: for a snapshot the one of the build.
    var version: String {
        let build = items.compactMap(\.file.snapshot).first
        return build.map { "\(coordinates.version.dropLast(MavenCoordinates.snapshotSuffix.count))-\($0)" }
            ?? coordinates.version
    }

    /// What packagings other than their own name put into a repository; nil for nothing but the POM.
    private static let mainExtensions: [String: String?] = [
        "pom": nil, "jar": "jar", "war": "war", "ear": "ear", "rar": "rar", "ejb": "jar", "maven-plugin": "jar",
        "bundle": "jar", "aar": "aar",
    ]

    /// Sorts the files and reads the description.
    /// - Throws: `Problem`, when a file belongs elsewhere or is there twice, the POM is missing or not acceptable, it describes
    ///   another artifact, or the main artifact is missing.
    init(_ coordinates: MavenCoordinates, _ files: [ReceivedFile]) throws(Problem) {
        var items: [Item] = []
        var names: Set<String> = []
        for received in files {
            guard let path = MavenPath("\(coordinates.directory)/\(received.name)"), path.checksum == nil,
                case .file(let file) = path.resource
            else {
                throw Problem(
                    .fileNameInvalid,
                    "'\(Problem.excerpt(received.name))' is not a file of \(coordinates): names are "
                        + "\(coordinates.artifactID)-\(coordinates.version)[-classifier].extension.")
            }
            guard names.insert(received.name.lowercased()).inserted else {
                throw Problem(.badRequest, "'\(Problem.excerpt(received.name))' is there twice.")
            }
            items.append(Item(file: file, signature: path.signature, received: received))
        }
        guard Set(items.map(\.file.snapshot)).count < 2 else {
            throw Problem(.fileNameInvalid, "The files of one snapshot all have the same timestamp and build number.")
        }
        guard let description = items.first(where: { $0.isMain(extension: "pom") }) else {
            throw Problem(.metadataInvalid, "\(coordinates) has no POM.")
        }
        pom = try Self.read(description, of: coordinates)
        if let expected = Self.mainExtensions[pom.packaging], let fileExtension = expected {
            guard pom.relocation != nil || items.contains(where: { $0.isMain(extension: fileExtension) }) else {
                throw Problem(
                    .metadataInvalid,
                    "\(coordinates) has packaging '\(pom.packaging)' but no file "
                        + "\(coordinates.artifactID)-\(coordinates.version).\(fileExtension).")
            }
        }
        self.coordinates = coordinates
        self.items = items
    }

    /// Reads the POM and holds it against the path.
    private static func read(_ item: Item, of coordinates: MavenCoordinates) throws(Problem) -> POM {
        let content = item.received.content
        let name = item.received.name
        guard content.length <= POM.maximumBytes else {
            throw Problem(POMFault.xml(.tooLarge(limit: POM.maximumBytes)), in: name)
        }
        let bytes: [UInt8]
        do {
            bytes = try content.read(at: 0, count: content.length)
        } catch {
            throw Problem(.internalError, "The POM could not be read back; try again.", diagnostic: "\(error)")
        }
        let pom: POM
        do throws(POMFault) {
            pom = try POM.parse(bytes)
        } catch {
            throw Problem(error, in: name)
        }
        let stated = [
            ("groupId", pom.groupID, coordinates.groupID), ("artifactId", pom.artifactID, coordinates.artifactID),
            ("version", pom.version, coordinates.version),
        ]
        for (element, text, expected) in stated where pom.resolve(text) != expected {
            throw Problem(
                .metadataMismatch,
                "<\(element)> in \(name) is '\(Problem.excerpt(pom.resolve(text), limit: 80))', its path says '\(expected)'."
            )
        }
        return pom
    }

    /// Checks that every file which is a zip by its extension is one that all readers take for the same.
    /// - Throws: `Problem`, naming the file.
    func checkArchives(limits: ArchiveLimits) throws(Problem) {
        for item in items where item.signature == nil && Self.zips.contains(item.file.extension) {
            do throws(ArchiveFault) {
                _ = try readArchive(item.received.content, kind: .zip, limits: limits, policy: .neverUnpacked) { _ in
                    false
                }
            } catch {
                let problem = Problem(error)
                throw Problem(problem.code, "\(item.received.name): \(problem.detail)", diagnostic: problem.diagnostic)
            }
        }
    }

    private static let zips: Set<String> = ["jar", "war", "ear", "rar", "aar", "zip", "hpi", "kar", "nbm", "sar"]
}

extension MavenDeployment.Item {
    /// Whether it is the artifact's own file with that extension.
    func isMain(extension fileExtension: String) -> Bool {
        signature == nil && file.classifier == nil && file.extension == fileExtension
    }
}
