package import RegistryModel

/// Reads an archive once from its first to its last byte, under limits, and keeps the files that are asked for.
///
/// Synchronous and blocking; call it off the event loops. Nothing is ever written to disk. Beyond the limits it refuses
/// every archive that two readers could take differently:
///
/// 1. Paths that are not plain relative UTF-8 (``EntryPath``), name the same place twice on any common file system or
///    pass through a file (``EntryTree``), and links that could lead outside.
/// 2. Truncated archives, and bytes before or behind the archive. Zero bytes behind a tar or a gzip member are padding.
/// 3. Zips whose central directory, local headers and stream disagree in anything (``ZipDirectory``).
/// 4. Compression inside compression: one filter, as `kind` names it.
///
/// `keep` is asked once for every regular file, before its content is read. `observe` sees the content of every file in
/// runs as it is unpacked, none of an empty file; the buffer is valid during the call.
package func readArchive(
    _ source: any ByteSource, kind: ArchiveKind, limits: ArchiveLimits, policy: ArchivePolicy = .linksInside,
    observe: ((ArchiveEntry, UnsafeRawBufferPointer) -> Void)? = nil, keep: (ArchiveEntry) -> Bool
) throws(ArchiveFault) -> ArchiveContents {
    guard source.length > 0 else { throw .empty }
    return try withUTF8Locale { () throws(ArchiveFault) in
        let collector = EntryCollector(
            limits: limits, policy: policy, packedBytes: source.length, observe: observe)
        if kind == .zip {
            let directory = try ZipDirectory(source, limits: limits)
            return try readZip(source, directory: directory, into: collector, keep: keep)
        }
        return try readTar(source, kind: kind, into: collector, keep: keep)
    }
}

extension EntryCollector {
    /// Reads the current entry of `reader` to its end, into memory where the entry is to be kept.
    /// - Returns: How many bytes it had.
    mutating func drain(_ reader: LibraryReader, of entry: ArchiveEntry, keeps: Bool) throws(ArchiveFault) -> Int {
        var bytes: [UInt8] = []
        if keeps {
            try reserve(entry)
            bytes.reserveCapacity(entry.size)
        }
        var count = 0
        while let block = try reader.nextBlock() {
            count += block.count
            try self.count(block.count)
            if entry.kind == .file { observe?(entry, block) }
            guard keeps else { continue }
            guard count <= entry.size else { throw .invalid(reason: "an entry is longer than it says") }
            bytes.append(contentsOf: block)
        }
        if keeps { keep(bytes, of: entry) }
        return count
    }
}
