import CArchive
import RegistryModel

/// The zip half of ``readArchive(_:kind:limits:policy:observe:keep:)``: libarchive reads the file from its start without ever
/// looking at the central directory, and must find exactly what `directory` names.
func readZip(
    _ source: any ByteSource, directory: ZipDirectory, into start: EntryCollector, keep: (ArchiveEntry) -> Bool
) throws(ArchiveFault) -> ArchiveContents {
    var collector = start
    let reader = try LibraryReader(SourceFeed(source), reads: .zipStream)
    for member in directory.members {
        let path = member.path.text
        guard let header = try reader.nextHeader() else { throw .zip(.stream, path: path) }
        // Strings compare by canonical equivalence: libarchive composes names that are marked as UTF-8.
        guard let name = archive_entry_pathname(header), String(validatingCString: name) == member.name else {
            throw .zip(.stream, path: path)
        }
        try read(member, from: reader, into: &collector, keep: keep)
    }
    guard try reader.nextHeader() == nil else { throw .zip(.stream, path: nil) }
    return try collector.contents()
}

/// Reads one entry's content and compares its length; libarchive compares the checksum.
private func read(
    _ member: ZipMember, from reader: LibraryReader, into collector: inout EntryCollector,
    keep: (ArchiveEntry) -> Bool
) throws(ArchiveFault) {
    let path = member.path.text
    let mode = member.mode & 0o7777
    if member.isSymbolicLink {
        let target = try linkTarget(member, from: reader, into: &collector)
        let entry = ArchiveEntry(path: path, kind: .symbolicLink(target: target), size: 0, mode: mode)
        return try collector.add(entry, at: member.path)
    }
    let kind = member.isDirectory ? ArchiveEntry.Kind.directory : .file
    let entry = ArchiveEntry(path: path, kind: kind, size: member.size, mode: mode)
    try collector.add(entry, at: member.path)
    let keeps = kind == .file && keep(entry)
    let count = try collector.drain(reader, of: entry, keeps: keeps)
    guard count == member.size else { throw .zip(.stream, path: path) }
}

/// A zip keeps a symbolic link's target as its content.
private func linkTarget(_ member: ZipMember, from reader: LibraryReader, into collector: inout EntryCollector)
    throws(ArchiveFault) -> String
{
    let path = member.path.text
    guard member.size <= collector.limits.pathBytes else { throw .unsafeLink(path: path, target: "") }
    var bytes: [UInt8] = []
    while let block = try reader.nextBlock() {
        try collector.count(block.count)
        bytes.append(contentsOf: block)
        guard bytes.count <= member.size else { throw .zip(.stream, path: path) }
    }
    guard bytes.count == member.size else { throw .zip(.stream, path: path) }
    guard let target = String(validating: bytes, as: UTF8.self) else {
        throw .unsafeLink(path: path, target: String(decoding: bytes, as: UTF8.self))
    }
    return target
}
