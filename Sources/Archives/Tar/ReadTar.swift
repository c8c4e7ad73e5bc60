import CArchive
import Glibc
import RegistryModel

/// The tar half of ``readArchive(_:kind:limits:policy:observe:keep:)``.
func readTar(
    _ source: any ByteSource, kind: ArchiveKind, into start: EntryCollector, keep: (ArchiveEntry) -> Bool
) throws(ArchiveFault) -> ArchiveContents {
    var collector = start
    let feed = BoundedFeed(try unpacker(source, kind: kind), collector: collector)
    let reader = try LibraryReader(feed, reads: .tar)
    var seen = 0
    while let header = try reader.nextHeader() {
        seen += 1
        try collector.countEntry(seen: seen)
        let path = try tarPath(header, limits: collector.limits)
        let entry = try path.map { (path) throws(ArchiveFault) in try tarEntry(header, path: path) }
        try compare(entry, with: feed.walk.takeRecord(), limits: collector.limits)
        guard let path, let entry else {
            collector.noteRoot()
            continue
        }
        try collector.add(entry, at: path)
        let keeps = entry.kind == .file && keep(entry)
        let count = try collector.drain(reader, of: entry, keeps: keeps)
        guard count == entry.size else { throw .truncated }
    }
    while try !feed.next().isEmpty {}
    guard feed.walk.isExhausted else { throw .tar(.stream, path: nil) }
    return try collector.contents()
}

/// Requires that both readings found the same entry; nil is the archive's own root.
private func compare(_ entry: ArchiveEntry?, with record: TarWalk.Record?, limits: ArchiveLimits) throws(ArchiveFault) {
    guard let record else { throw .tar(.stream, path: entry?.path) }
    let path = try EntryPath.parse(record.name, dropsDotSlash: true, limits: limits)
    guard path?.text == entry?.path else { throw .tar(.stream, path: entry?.path) }
    guard let entry, let path else { return }
    if path.hasTrailingSlash, record.isFile { throw .tar(.entryType, path: entry.path) }
    guard record.kind == entry.kind, record.size == entry.size else { throw .tar(.stream, path: entry.path) }
}

/// The feed that gives the tar itself.
private func unpacker(_ source: any ByteSource, kind: ArchiveKind) throws(ArchiveFault) -> any ByteFeed {
    let raw = SourceFeed(source)
    switch kind {
    case .tarGzip: return GzipFeed(raw)
    case .tarBzip2:
        try StreamTrailer.requireBzip2End(source)
        return try FilterFeed(raw, filter: .bzip2)
    case .tarXz:
        try StreamTrailer.requireOneXzStream(source)
        return try FilterFeed(raw, filter: .xz)
    case .tar, .zip: return raw
    }
}

private func tarPath(_ header: OpaquePointer, limits: ArchiveLimits) throws(ArchiveFault) -> EntryPath? {
    guard let name = archive_entry_pathname(header) else { throw .unsafePath(path: "", .notUTF8) }
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    guard let path = try EntryPath.parse(bytes, dropsDotSlash: true, limits: limits) else {
        guard archive_entry_filetype(header) == FileType.directory else {
            throw .unsafePath(path: ".", .emptyComponent)
        }
        return nil
    }
    return path
}

private func tarEntry(_ header: OpaquePointer, path: EntryPath) throws(ArchiveFault) -> ArchiveEntry {
    let mode = UInt32(archive_entry_perm(header))
    if let target = archive_entry_hardlink(header) {
        return ArchiveEntry(path: path.text, kind: .hardLink(target: try text(target, path: path)), size: 0, mode: mode)
    }
    if archive_entry_sparse_count(header) > 0 { throw .forbiddenKind(path: path.text, .sparseFile) }
    switch archive_entry_filetype(header) {
    case FileType.regular:
        guard let size = Int(exactly: archive_entry_size(header)), size >= 0 else {
            throw .invalid(reason: "an entry has no size")
        }
        return ArchiveEntry(path: path.text, kind: .file, size: size, mode: mode)
    case FileType.directory:
        return ArchiveEntry(path: path.text, kind: .directory, size: 0, mode: mode)
    case FileType.symbolicLink:
        guard let target = archive_entry_symlink(header) else { throw .unsafeLink(path: path.text, target: "") }
        let kind = ArchiveEntry.Kind.symbolicLink(target: try text(target, path: path))
        return ArchiveEntry(path: path.text, kind: kind, size: 0, mode: mode)
    case let type: throw .forbiddenKind(path: path.text, FileType.refused(type))
    }
}

private func text(_ target: UnsafePointer<CChar>, path: EntryPath) throws(ArchiveFault) -> String {
    guard let text = String(validatingCString: target) else {
        throw .unsafeLink(path: path.text, target: String(cString: target))
    }
    return text
}
