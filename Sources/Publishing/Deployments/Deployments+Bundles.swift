import Archives
import Blobs
package import RegistryModel

extension Deployments {
    /// What a bundle holds.
    package struct Bundle: Sendable {
        /// The files by their paths.
        package let files: [(path: String, file: ReceivedFile)]
        /// Short files that the adapter reads itself, by their paths.
        package let notes: [String: [UInt8]]
    }

    /// The longest file that an adapter reads itself.
    package static let noteBytes = 1024

    /// Unpacks an archive that holds the files of releases into the spool.
    ///
    /// It is a zip or a gzip-compressed tar. What `isNote` says yes to is kept in memory if it is at most ``noteBytes`` long,
    /// for the adapter to read. Throws `Problem` where the archive is none, is not safe, or has more than is allowed.
    package func unpack(
        _ archive: ReceivedFile, isNote: @escaping @Sendable (String) -> Bool
    ) async throws -> Bundle {
        let spool = core.spool
        let source = archive.content
        return try await core.inspectionPool.run { [limits = core.limits] in
            guard let kind = try ArchiveKind.sniff(source), kind == .zip || kind == .tarGzip else {
                throw Problem(.archiveInvalid, "The bundle is neither a zip nor a gzip-compressed tar.")
            }
            let batch = SpoolBatch(spool, limit: limits.fileBytes)
            func isSmall(_ entry: ArchiveEntry) -> Bool { entry.size <= Self.noteBytes && isNote(entry.path) }
            let contents: ArchiveContents
            do throws(ArchiveFault) {
                contents = try readArchive(
                    source, kind: kind, limits: limits.archive, policy: .filesAndDirectories,
                    observe: { entry, bytes in
                        if !isSmall(entry) { batch.append(bytes, to: entry.path) }
                    }, keep: isSmall)
            } catch {
                throw Problem(error)
            }
            let paths = contents.entries.filter { $0.kind == .file && !isSmall($0) }.map(\.path)
            guard paths.count <= Self.maximumFiles, contents.kept.count <= Self.maximumFiles * 8 else {
                throw Problem(.archiveTooLarge, "A bundle has at most \(Self.maximumFiles) files and their checksums.")
            }
            do {
                let files = try batch.finish(paths).map { path, content in
                    let name = path.split(separator: "/").last.map(String.init) ?? path
                    return (path, ReceivedFile(name: name, digests: content.digests, content: content))
                }
                return Bundle(files: files, notes: contents.kept)
            } catch let fault as DiskFault {
                throw Problem(fault)
            }
        }
    }
}
