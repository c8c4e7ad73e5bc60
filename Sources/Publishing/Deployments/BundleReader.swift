import Archives
package import Blobs
package import RegistryModel

/// Unpacks an archive that holds the files of releases: a zip or a gzip-compressed tar.
package struct BundleReader: Sendable {
    private let spool: Spool
    private let limits: PublishLimits

    /// Puts the files into `spool`, bounded by `limits`.
    package init(spool: Spool, limits: PublishLimits) {
        self.spool = spool
        self.limits = limits
    }

    /// Reads a whole archive; blocking, so call it off the event loops.
    ///
    /// What `isNote` says yes to is kept in memory if it is at most ``Deployments/noteBytes`` long, for the adapter to read.
    /// Throws `Problem` where the archive is none, is not safe, or has more than is allowed.
    package func read(
        _ source: any ByteSource, isNote: @escaping @Sendable (String) -> Bool
    ) throws -> Deployments.Bundle {
        guard let kind = try ArchiveKind.sniff(source), kind == .zip || kind == .tarGzip else {
            throw Problem(.archiveInvalid, "The bundle is neither a zip nor a gzip-compressed tar.")
        }
        let batch = SpoolBatch(spool, limit: limits.fileBytes)
        func isSmall(_ entry: ArchiveEntry) -> Bool { entry.size <= Deployments.noteBytes && isNote(entry.path) }
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
        guard paths.count <= Deployments.maximumFiles, contents.kept.count <= Deployments.maximumFiles * 8 else {
            throw Problem(
                .archiveTooLarge, "A bundle has at most \(Deployments.maximumFiles) files and their checksums.")
        }
        do {
            let files = try batch.finish(paths).map { path, content in
                let name = path.split(separator: "/").last.map(String.init) ?? path
                return (path, ReceivedFile(name: name, digests: content.digests, content: content))
            }
            return Deployments.Bundle(files: files, notes: contents.kept)
        } catch let fault as DiskFault {
            throw Problem(fault)
        }
    }
}
