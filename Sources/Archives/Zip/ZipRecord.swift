import RegistryModel

/// A fixed run of little-endian fields, read at once.
struct ZipRecord {
    let bytes: [UInt8]

    /// Reads exactly `count` bytes.
    init(_ source: any ByteSource, at offset: Int, count: Int) throws(ArchiveFault) {
        guard offset >= 0, count <= source.length - offset else { throw .truncated }
        bytes = try source.bytes(at: offset, count: count)
        guard bytes.count == count else { throw .unreadable }
    }

    /// Wraps bytes.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func uint16(_ offset: Int) throws(ArchiveFault) -> UInt16 {
        UInt16(truncatingIfNeeded: try integer(offset, width: 2))
    }

    func uint32(_ offset: Int) throws(ArchiveFault) -> UInt32 {
        UInt32(truncatingIfNeeded: try integer(offset, width: 4))
    }

    func uint64(_ offset: Int) throws(ArchiveFault) -> UInt64 {
        try integer(offset, width: 8)
    }

    private func integer(_ offset: Int, width: Int) throws(ArchiveFault) -> UInt64 {
        guard offset >= 0, offset + width <= bytes.count else { throw .truncated }
        return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
