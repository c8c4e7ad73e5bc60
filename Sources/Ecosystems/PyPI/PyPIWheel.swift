import Archives
import Formats
import RegistryModel
import Versioning

/// Wheels ([specification](https://packaging.python.org/en/latest/specifications/binary-distribution-format/)): a zip with one
/// directory `NAME-VERSION.dist-info` that holds METADATA, WHEEL and RECORD.
enum PyPIWheel {
    /// Opens the archive, holds it against its own RECORD, and takes METADATA out of it.
    /// - Throws: `Problem`.
    static func read(
        _ file: ReceivedFile, named name: PyPIFileName, projectKey: String, version: PEP440Version,
        limits: ArchiveLimits
    ) throws -> PyPIFoundMetadata {
        let digests = WheelDigests(.sha256)
        let contents = try unpack(file, limits: limits, digests: digests)
        let folder = try distInfo(contents, projectKey, version)
        func kept(_ file: String) throws -> [UInt8] {
            guard let bytes = contents.kept["\(folder)/\(file)"] else {
                throw Problem(.metadataInvalid, "The wheel has no file \(folder)/\(file).")
            }
            return bytes
        }
        try checkWheelFile(kept("WHEEL"), in: folder, name)
        let record = try WheelRecord(parsing: kept("RECORD"), in: folder)
        try record.check(contents.entries)
        try record.check(digests)
        for function in record.functions where function != digests.function {
            // Hardly any tool uses another function, so that only then the archive is read once more.
            let others = WheelDigests(function)
            _ = try unpack(file, limits: limits, digests: others)
            try record.check(others)
        }
        return PyPIFoundMetadata(
            path: "\(folder)/METADATA", metadata: try kept("METADATA"),
            installHooks: contents.entries.filter { isStartupFile($0) }.map(\.path))
    }

    private static func unpack(
        _ file: ReceivedFile, limits: ArchiveLimits, digests: WheelDigests
    ) throws -> ArchiveContents {
        do {
            return try readArchive(
                file.content, kind: .zip, limits: limits, policy: .filesAndDirectories, observe: digests.take
            ) { entry in
                let parts = entry.path.split(separator: "/")
                return parts.count == 2 && parts[0].hasSuffix(".dist-info")
                    && ["METADATA", "WHEEL", "RECORD"].contains(parts[1])
            }
        } catch {
            throw Problem(error)
        }
    }

    /// Python runs the import lines of every `.pth` file at the top of site-packages whenever it starts.
    private static func isStartupFile(_ entry: ArchiveEntry) -> Bool {
        guard entry.kind == .file, entry.path.hasSuffix(".pth") else { return false }
        let parts = entry.path.split(separator: "/")
        let isInData =
            parts.count == 3 && parts[0].hasSuffix(".data") && (parts[1] == "purelib" || parts[1] == "platlib")
        return parts.count == 1 || isInData
    }

    private static func distInfo(_ contents: ArchiveContents, _ projectKey: String, _ version: PEP440Version) throws
        -> String
    {
        var folders: Set<String> = []
        for entry in contents.entries {
            let top = entry.path.prefix { $0 != "/" }
            if top.hasSuffix(".dist-info") { folders.insert(String(top)) }
        }
        guard let folder = folders.first, folders.count == 1 else {
            throw Problem(
                .archiveInvalid, "A wheel holds exactly one .dist-info directory; this one holds \(folders.count).")
        }
        guard PyPIFileName.isProjectAndVersion(folder.dropLast(10), projectKey, version) else {
            throw Problem(
                .metadataMismatch,
                "The wheel's directory '\(Problem.excerpt(folder))' names another project or version than the file name."
            )
        }
        return folder
    }

    /// Checks the format's version, and that the tags are those of the file name, by which installers choose.
    ///
    /// A file that states no tags cannot disagree; some tools hid theirs behind an empty line.
    private static func checkWheelFile(_ bytes: [UInt8], in folder: String, _ name: PyPIFileName) throws {
        let headers: CoreMetadataHeaders
        do {
            headers = try CoreMetadataHeaders(parsing: bytes)
        } catch {
            throw Problem(error, in: "\(folder)/WHEEL")
        }
        let versions = headers.all("wheel-version")
        guard let version = versions.first, versions.count == 1, version.hasPrefix("1.") else {
            throw Problem(.metadataInvalid, "\(folder)/WHEEL must state one Wheel-Version, and it must be 1.x.")
        }
        var tags: Set<String> = []
        for text in headers.all("tag") {
            guard let read = WheelTags(text) else {
                throw Problem(.metadataInvalid, "\(folder)/WHEEL has a malformed tag '\(Problem.excerpt(text))'.")
            }
            tags.formUnion(read.expanded)
        }
        guard tags.isEmpty || tags == name.tags?.expanded else {
            throw Problem(
                .metadataMismatch,
                "The tags in \(folder)/WHEEL (\(Problem.excerpt(tags.sorted().joined(separator: ", ")))) are not those of the "
                    + "file name '\(name.text)'.")
        }
    }
}
