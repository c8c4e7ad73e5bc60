import Archives
import Formats
import RegistryModel
import Versioning

/// Source distributions
/// ([specification](https://packaging.python.org/en/latest/specifications/source-distribution-format/)): a gzipped tar with one
/// directory, named after project and version, that holds PKG-INFO.
enum PyPISource {
    /// Opens the archive and takes PKG-INFO out of it.
    /// - Throws: `Problem`.
    static func read(
        _ file: ReceivedFile, projectKey: String, version: PEP440Version, limits: ArchiveLimits
    ) throws -> PyPIFoundMetadata {
        let contents: ArchiveContents
        do {
            contents = try readArchive(file.content, kind: .tarGzip, limits: limits) { entry in
                entry.path.hasSuffix("/PKG-INFO") && entry.path.utf8.count { $0 == UInt8(ascii: "/") } == 1
            }
        } catch {
            throw Problem(error)
        }
        let tops = Set(contents.entries.map { $0.path.prefix { $0 != "/" } })
        guard let top = tops.first, tops.count == 1 else {
            throw Problem(
                .archiveInvalid,
                "A source distribution holds exactly one directory; this one holds \(tops.count) entries.")
        }
        guard PyPIFileName.isProjectAndVersion(top, projectKey, version) else {
            throw Problem(
                .archiveInvalid,
                "The directory in a source distribution is called NAME-VERSION; this one is '\(Problem.excerpt(String(top)))'."
            )
        }
        guard let metadata = contents.kept["\(top)/PKG-INFO"] else {
            throw Problem(.metadataInvalid, "The source distribution has no file \(top)/PKG-INFO.")
        }
        let hasSetup = contents.entries.contains { $0.path == "\(top)/setup.py" }
        return PyPIFoundMetadata(
            path: "\(top)/PKG-INFO", metadata: metadata, installHooks: hasSetup ? ["setup.py"] : [])
    }
}
