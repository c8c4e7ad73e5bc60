import Archives
import RegistryModel

/// One pass over a package's tarball.
struct NPMTarball {
    /// The paths of its files, relative to the package's root, in the archive's order.
    let files: [String]
    /// How many bytes its files have together.
    let unpackedBytes: Int
    /// The README's path, where there is one.
    let readmeFile: String?
    /// The README, unless it is too large to be shown.
    let readme: Readme?

    private let manifestBytes: [UInt8]

    /// Reads the archive.
    /// - Throws: `Problem`, when it is invalid or unsafe, has no `package.json`, or has anything beside one top directory.
    init(_ source: any ByteSource, limits: ArchiveLimits) throws(Problem) {
        let contents: ArchiveContents
        do throws(ArchiveFault) {
            contents = try readArchive(source, kind: .tarGzip, limits: limits, policy: .filesAndDirectories) { entry in
                switch Self.inRoot(entry.path) {
                case "package.json": entry.size <= NPMFormat.maximumManifestBytes
                case let name?: NPMReadme.choose([name]) != nil && entry.size <= NPMReadme.maximumBytes
                case nil: false
                }
            }
        } catch {
            throw Problem(error)
        }
        let top = contents.entries.first.map { Self.top($0.path) } ?? ""
        guard contents.entries.allSatisfy({ Self.top($0.path) == top && ($0.kind == .directory || $0.path != top) })
        else {
            throw Problem(.archiveInvalid, "Everything in the tarball must be in one directory, usually package/.")
        }
        let kept = contents.kept
        files = contents.entries.filter { $0.kind == .file }.map {
            String($0.path.utf8.dropFirst(top.utf8.count + 1)) ?? ""
        }
        unpackedBytes = contents.unpackedBytes
        guard files.contains("package.json") else {
            throw Problem(.archiveInvalid, "The tarball has no \(top)/package.json.")
        }
        guard let manifestBytes = kept["\(top)/package.json"] else {
            throw Problem(
                .metadataInvalid, "package.json is larger than \(NPMFormat.maximumManifestBytes >> 10) KiB.")
        }
        self.manifestBytes = manifestBytes
        let readmeFile = NPMReadme.choose(files)
        self.readmeFile = readmeFile
        readme = readmeFile.flatMap { file in kept["\(top)/\(file)"].map { NPMReadme.read($0, file: file) } }
    }

    /// The parsed `package.json`.
    /// - Throws: `Problem` with ``Problem/Code/metadataInvalid``.
    func manifest() throws(Problem) -> JSONValue {
        do throws(JSONViolation) {
            let value = try JSONValue.parse(manifestBytes)
            guard value.members != nil else { throw .syntax(offset: 0) }
            return value
        } catch .duplicateMember(let name) {
            throw Problem(.metadataInvalid, "package.json names \"\(name.prefix(80))\" twice.")
        } catch {
            throw Problem(.metadataInvalid, "package.json is not valid JSON.", diagnostic: String(describing: error))
        }
    }

    private static func top(_ path: String) -> String { String(path.prefix { $0 != "/" }) }

    /// The name of an entry directly below the top directory.
    private static func inRoot(_ path: String) -> String? {
        let parts = path.split(separator: "/", maxSplits: 2)
        return parts.count == 2 ? String(parts[1]) : nil
    }
}
