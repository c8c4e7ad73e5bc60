package import RegistryModel

/// The container formats that packages come in.
package enum ArchiveKind: Sendable, CaseIterable {
    case zip, tar, tarGzip, tarBzip2, tarXz

    /// Tells the kind by its first bytes, or nil where they belong to none.
    ///
    /// A compressed file is taken for a compressed tar; ``readArchive(_:kind:limits:policy:observe:keep:)`` finds out whether it is.
    /// - Throws: ``ArchiveFault/unreadable``.
    package static func sniff(_ source: any ByteSource) throws(ArchiveFault) -> ArchiveKind? {
        let head = try source.bytes(at: 0, count: 512)
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) { return .zip }
        if head.starts(with: [0x1F, 0x8B]) { return .tarGzip }
        if head.starts(with: Array("BZh".utf8)) { return .tarBzip2 }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .tarXz }
        return head.dropFirst(257).starts(with: Array("ustar".utf8)) ? .tar : nil
    }
}

extension ByteSource {
    /// Reads up to `count` bytes, with the operating system's reason folded into ``ArchiveFault/unreadable``.
    func bytes(at offset: Int, count: Int) throws(ArchiveFault) -> [UInt8] {
        do {
            return try read(at: offset, count: count)
        } catch {
            throw .unreadable
        }
    }
}
