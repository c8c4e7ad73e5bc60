import RegistryModel

/// The header before an entry's content ([APPNOTE 4.3.7](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)),
/// held against the central directory's entry.
struct ZipLocalHeader {
    /// Where the content starts.
    let dataOffset: Int
    /// Whether a data descriptor follows the content.
    let hasDescriptor: Bool

    /// Flags that change how an entry is read: encryption, descriptor, patch, UTF-8.
    private static let comparedFlags: UInt16 = 1 << 0 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 11 | 1 << 13

    /// Reads and compares the header.
    /// - Throws: ``ArchiveFault/zip(_:path:)`` with the field that differs.
    init(_ source: any ByteSource, of member: ZipMember) throws(ArchiveFault) {
        let path = member.path.text
        let head = try ZipRecord(source, at: member.localOffset, count: 30)
        guard try head.uint32(0) == 0x0403_4B50 else { throw .zip(.gap, path: path) }
        let nameCount = Int(try head.uint16(26))
        let extraCount = Int(try head.uint16(28))
        let tail = try ZipRecord(source, at: member.localOffset + 30, count: nameCount + extraCount).bytes
        let flags = try head.uint16(6)
        guard tail[..<nameCount].elementsEqual(member.name.utf8) else { throw .zip(.localHeader(.name), path: path) }
        guard flags & Self.comparedFlags == member.flags & Self.comparedFlags else {
            throw .zip(.localHeader(.flags), path: path)
        }
        guard try head.uint16(8) == member.method else { throw .zip(.localHeader(.method), path: path) }
        let extra = try ZipExtra(tail[nameCount...], path: path)
        try extra.requireUnicodePath(tail[..<nameCount], path: path)
        hasDescriptor = flags & ZipMember.descriptorFlag != 0
        dataOffset = member.localOffset + 30 + nameCount + extraCount
        try Self.compare(
            checksum: try head.uint32(14), compressed: try head.uint32(18), size: try head.uint32(22), extra: extra,
            with: member, allowsZero: hasDescriptor)
    }

    /// Compares checksum and sizes; with a descriptor each may be zero because it is not known yet.
    private static func compare(
        checksum: UInt32, compressed: UInt32, size: UInt32, extra: ZipExtra, with member: ZipMember, allowsZero: Bool
    ) throws(ArchiveFault) {
        let path = member.path.text
        guard checksum == member.checksum || (allowsZero && checksum == 0) else {
            throw .zip(.localHeader(.checksum), path: path)
        }
        // A writer that streams may reserve the wide field before it knows that it is not needed.
        let isReserved = allowsZero && size == 0 && compressed == 0
        let wide = isReserved ? [0, 0] : try extra.widen([size, compressed], path: path)
        if isReserved, let reserved = extra.wide, reserved.count != 16 || reserved.contains(where: { $0 != 0 }) {
            throw .zip(.zip64Field, path: path)
        }
        guard wide[0] == UInt64(member.size) || (allowsZero && wide[0] == 0) else {
            throw .zip(.localHeader(.size), path: path)
        }
        guard wide[1] == UInt64(member.compressedSize) || (allowsZero && wide[1] == 0) else {
            throw .zip(.localHeader(.compressedSize), path: path)
        }
    }

    /// Compares the data descriptor ([APPNOTE 4.3.9](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)), which
    /// must fill the room up to the next header: with or without its signature, with sizes of 32 or 64 bits.
    static func checkDescriptor(_ source: any ByteSource, from start: Int, to end: Int, of member: ZipMember)
        throws(ArchiveFault)
    {
        let fault = ArchiveFault.zip(.dataDescriptor, path: member.path.text)
        guard [12, 16, 20, 24].contains(end - start) else { throw fault }
        let record = try ZipRecord(source, at: start, count: end - start)
        let hasSignature = record.bytes.count == 16 || record.bytes.count == 24
        if hasSignature, try record.uint32(0) != 0x0807_4B50 { throw fault }
        let first = hasSignature ? 4 : 0
        let isWide = record.bytes.count >= 20
        let compressed = isWide ? try record.uint64(first + 4) : UInt64(try record.uint32(first + 4))
        let size = isWide ? try record.uint64(first + 12) : UInt64(try record.uint32(first + 8))
        guard try record.uint32(first) == member.checksum, compressed == UInt64(member.compressedSize),
            size == UInt64(member.size)
        else { throw fault }
    }
}
