import RegistryModel

/// Where a zip's central directory lies, as its end records say
/// ([APPNOTE 4.3.14–4.3.16](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)).
///
/// Readers search the end record from the back and differ in which one they take when there are several. So the last
/// signature in the longest possible tail must be the one whose comment ends with the file; a comment that holds the
/// signature again is refused. A zip64 record must lie directly between the directory and the end record, have no
/// extensible data, and agree with every field of the end record that is not set to its mark.
struct ZipEnd {
    let directoryOffset: Int
    let directorySize: Int
    let entryCount: Int

    private static let recordSize = 22
    private static let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]

    init(_ source: any ByteSource) throws(ArchiveFault) {
        let position = try Self.position(source)
        let record = try ZipRecord(source, at: position, count: Self.recordSize)
        var end = Fields(
            disk: UInt32(try record.uint16(4)), directoryDisk: UInt32(try record.uint16(6)),
            diskEntries: UInt64(try record.uint16(8)), entries: UInt64(try record.uint16(10)),
            size: UInt64(try record.uint32(12)), offset: UInt64(try record.uint32(16)))
        var directoryEnd = position
        if let (place, wide) = try Self.zip64(source, before: position) {
            guard end.agrees(with: wide) else { throw .zip(.zip64EndRecord, path: nil) }
            end = wide
            directoryEnd = place
        }
        guard end.disk == 0, end.directoryDisk == 0 else { throw .zip(.multipleDisks, path: nil) }
        guard end.diskEntries == end.entries, let entries = Int(exactly: end.entries),
            let size = Int(exactly: end.size), let offset = Int(exactly: end.offset)
        else { throw .zip(.endRecord, path: nil) }
        let (sum, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, sum == directoryEnd else { throw .zip(.directoryPlace, path: nil) }
        directoryOffset = offset
        directorySize = size
        entryCount = entries
    }

    private struct Fields {
        var disk: UInt32
        var directoryDisk: UInt32
        var diskEntries: UInt64
        var entries: UInt64
        var size: UInt64
        var offset: UInt64

        /// Whether each field equals the wide record's, or is all ones to point there.
        func agrees(with wide: Fields) -> Bool {
            (disk == wide.disk || disk == 0xFFFF)
                && (directoryDisk == wide.directoryDisk || directoryDisk == 0xFFFF)
                && (diskEntries == wide.diskEntries || diskEntries == 0xFFFF)
                && (entries == wide.entries || entries == 0xFFFF)
                && (size == wide.size || size == 0xFFFF_FFFF)
                && (offset == wide.offset || offset == 0xFFFF_FFFF)
        }
    }

    /// The offset of the last end record signature in the tail, which must fit the end of the file.
    private static func position(_ source: any ByteSource) throws(ArchiveFault) -> Int {
        guard source.length >= recordSize else { throw .truncated }
        let start = max(0, source.length - recordSize - 0xFFFF)
        let tail = try source.bytes(at: start, count: source.length - start)
        var index = tail.count - signature.count
        while index >= 0 {
            if tail[index] == signature[0], tail[index..<index + 4].elementsEqual(signature) { break }
            index -= 1
        }
        guard index >= 0 else { throw .zip(.endRecord, path: nil) }
        guard index + recordSize <= tail.count else { throw .zip(.endRecord, path: nil) }
        let comment = Int(try ZipRecord(tail).uint16(index + 20))
        guard index + recordSize + comment == tail.count else { throw .zip(.endRecord, path: nil) }
        return start + index
    }

    /// The zip64 end record that a locator directly before the end record points to, with its place.
    private static func zip64(_ source: any ByteSource, before end: Int) throws(ArchiveFault) -> (Int, Fields)? {
        guard end >= 20 else { return nil }
        let locator = try ZipRecord(source, at: end - 20, count: 20)
        guard try locator.uint32(0) == 0x0706_4B50 else { return nil }
        let disks = try locator.uint32(16)
        // The record is 56 bytes and ends where the locator starts.
        let place = end - 20 - 56
        guard try locator.uint32(4) == 0, disks == 1, place >= 0, try locator.uint64(8) == UInt64(place) else {
            throw .zip(.zip64EndRecord, path: nil)
        }
        let record = try ZipRecord(source, at: place, count: 56)
        guard try record.uint32(0) == 0x0606_4B50, try record.uint64(4) == 44 else {
            throw .zip(.zip64EndRecord, path: nil)
        }
        return (
            place,
            Fields(
                disk: try record.uint32(16), directoryDisk: try record.uint32(20), diskEntries: try record.uint64(24),
                entries: try record.uint64(32), size: try record.uint64(40), offset: try record.uint64(48))
        )
    }
}
