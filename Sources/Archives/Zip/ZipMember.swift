import RegistryModel

/// One entry of a zip's central directory ([APPNOTE 4.3.12](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)).
struct ZipMember {
    /// The name as stored, valid UTF-8.
    let name: String
    let path: EntryPath
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let compressedSize: Int
    let size: Int
    let localOffset: Int
    let mode: UInt32
    let isDirectory: Bool
    let isSymbolicLink: Bool
    /// How many bytes the entry takes in the directory.
    let recordSize: Int

    static let fixedSize = 46
    /// Sizes and checksum follow the content.
    static let descriptorFlag: UInt16 = 1 << 3
    /// The name is UTF-8.
    static let utf8Flag: UInt16 = 1 << 11
    /// The system that wrote an entry, where its names are bytes as they are.
    private static let unix: UInt16 = 3
    /// Encrypted, patched, strongly encrypted, masked headers.
    private static let refusedFlags: UInt16 = 1 << 0 | 1 << 5 | 1 << 6 | 1 << 13

    init(_ source: any ByteSource, at offset: Int, limits: ArchiveLimits) throws(ArchiveFault) {
        let head = try ZipRecord(source, at: offset, count: Self.fixedSize)
        guard try head.uint32(0) == 0x0201_4B50 else { throw .zip(.directoryEntry, path: nil) }
        let nameCount = Int(try head.uint16(28))
        let extraCount = Int(try head.uint16(30))
        let commentCount = Int(try head.uint16(32))
        let tail = try ZipRecord(source, at: offset + Self.fixedSize, count: nameCount + extraCount).bytes
        recordSize = Self.fixedSize + nameCount + extraCount + commentCount

        let rawName = tail[..<nameCount]
        guard let path = try EntryPath.parse(rawName, dropsDotSlash: false, limits: limits) else {
            throw .unsafePath(path: "", .emptyComponent)
        }
        self.path = path
        name = String(decoding: rawName, as: UTF8.self)
        flags = try head.uint16(8)
        method = try head.uint16(10)
        checksum = try head.uint32(16)
        if flags & Self.refusedFlags != 0 { throw .zip(.encrypted, path: path.text) }
        guard method == 0 || method == 8 else { throw .zip(.method(method), path: path.text) }
        if flags & Self.utf8Flag == 0, rawName.contains(where: { $0 >= 0x80 }) {
            let isFromUnix = try head.uint16(4) >> 8 == Self.unix
            guard limits.takesUnmarkedNames, isFromUnix else { throw .zip(.nameEncoding, path: path.text) }
        }
        guard try head.uint16(34) == 0 else { throw .zip(.multipleDisks, path: path.text) }

        let extra = try ZipExtra(tail[nameCount...], path: path.text)
        try extra.requireUnicodePath(rawName, path: path.text)
        let wide = try extra.widen(
            [try head.uint32(24), try head.uint32(20), try head.uint32(42)], path: path.text)
        guard let size = Int(exactly: wide[0]), let compressedSize = Int(exactly: wide[1]),
            let localOffset = Int(exactly: wide[2])
        else { throw .zip(.zip64Field, path: path.text) }
        self.size = size
        self.compressedSize = compressedSize
        self.localOffset = localOffset

        let attributes = try head.uint32(38)
        mode = attributes >> 16
        isDirectory = path.hasTrailingSlash
        isSymbolicLink = mode & FileType.mask == FileType.symbolicLink
        try checkType(attributes: attributes)
    }

    /// The name decides what is a directory; attributes that are set must agree with it, whatever system they are said to
    /// come from, because readers use them without looking at that.
    private func checkType(attributes: UInt32) throws(ArchiveFault) {
        if isDirectory, size != 0 { throw .zip(.entryType, path: path.text) }
        if attributes & 0x10 != 0, !isDirectory { throw .zip(.entryType, path: path.text) }
        switch mode & FileType.mask {
        case 0: break
        case FileType.directory: if !isDirectory { throw .zip(.entryType, path: path.text) }
        case FileType.regular, FileType.symbolicLink:
            if isDirectory { throw .zip(.entryType, path: path.text) }
        case let type: throw .forbiddenKind(path: path.text, FileType.refused(type))
        }
    }
}
