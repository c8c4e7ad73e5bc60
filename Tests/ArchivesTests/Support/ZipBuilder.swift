/// Writes zips field by field, so that every one can be wrong on purpose.
struct ZipBuilder {
    /// One header's fields.
    struct Header {
        var name: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16 = 0
        var checksum: UInt32
        var compressedSize: UInt32
        var size: UInt32
        var extra: [UInt8] = []
        var attributes: UInt32 = 0o100644 << 16
    }

    /// One entry: both headers and what lies between them.
    struct Entry {
        var local: Header
        var central: Header
        var data: [UInt8]
        var descriptor: [UInt8] = []
        var gapBefore: [UInt8] = []
    }

    var entries: [Entry] = []
    var prefix: [UInt8] = []
    var comment: [UInt8] = []
    var suffix: [UInt8] = []
    /// Written between the directory and the end record.
    var beforeEnd: [UInt8] = []
    /// Whether a zip64 record and locator are written, with marks in the end record.
    var isZip64 = false
    /// Added to the entry count of the end record.
    var countError = 0
    var sizeError = 0

    mutating func file(_ path: String, _ content: [UInt8], deflated: Bool = false) {
        entries.append(Self.entry(path, content, deflated: deflated))
    }

    static func entry(_ path: String, _ content: [UInt8], deflated: Bool = false) -> Entry {
        let data = deflated ? Compression.deflate(content) : content
        var header = Header(
            name: Array(path.utf8), method: deflated ? 8 : 0, checksum: Checksum.crc32(content),
            compressedSize: UInt32(data.count), size: UInt32(content.count))
        if path.utf8.contains(where: { $0 >= 0x80 }) { header.flags = 1 << 11 }
        if path.hasSuffix("/") { header.attributes = 0o040755 << 16 | 0x10 }
        return Entry(local: header, central: header, data: data)
    }

    func finished() -> [UInt8] {
        var out = prefix
        var offsets: [Int] = []
        for entry in entries {
            out += entry.gapBefore
            offsets.append(out.count)
            out += [0x50, 0x4B, 3, 4] + littleEndian(UInt16(20)) + Self.shared(entry.local) + entry.local.name
            out += entry.local.extra + entry.data + entry.descriptor
        }
        let start = out.count
        for (entry, offset) in zip(entries, offsets) {
            let header = entry.central
            out += [0x50, 0x4B, 1, 2] + littleEndian(UInt16(0x031E)) + littleEndian(UInt16(20)) + Self.shared(header)
            out += littleEndian(UInt16(0)) + littleEndian(UInt16(0)) + littleEndian(UInt16(0))
            out += littleEndian(header.attributes) + littleEndian(UInt32(offset)) + header.name + header.extra
        }
        return out + end(start: start, size: out.count - start) + comment + suffix
    }

    /// Version to extra length, as both headers have them.
    private static func shared(_ header: Header) -> [UInt8] {
        let time: [UInt8] = [0, 0, 0x21, 0x58]
        let sizes = littleEndian(header.checksum) + littleEndian(header.compressedSize) + littleEndian(header.size)
        return littleEndian(header.flags) + littleEndian(header.method) + time + sizes
            + littleEndian(UInt16(header.name.count)) + littleEndian(UInt16(header.extra.count))
    }

    private func end(start: Int, size: Int) -> [UInt8] {
        let count = entries.count + countError
        let stated = size + sizeError
        var out: [UInt8] = []
        if isZip64 {
            let place = start + size
            out += [0x50, 0x4B, 6, 6] + littleEndian(UInt64(44)) + littleEndian(UInt16(45)) + littleEndian(UInt16(45))
            out += littleEndian(UInt32(0)) + littleEndian(UInt32(0)) + littleEndian(UInt64(count))
            out += littleEndian(UInt64(count)) + littleEndian(UInt64(stated)) + littleEndian(UInt64(start))
            out += [0x50, 0x4B, 6, 7] + littleEndian(UInt32(0)) + littleEndian(UInt64(place)) + littleEndian(UInt32(1))
        }
        let few = isZip64 ? UInt16.max : UInt16(count)
        out += beforeEnd + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + littleEndian(few) + littleEndian(few)
        out += littleEndian(isZip64 ? UInt32.max : UInt32(stated))
        out += littleEndian(isZip64 ? UInt32.max : UInt32(start))
        return out + littleEndian(UInt16(comment.count))
    }

    /// An archive made by a closure.
    static func make(_ build: (inout ZipBuilder) -> Void) -> [UInt8] {
        var builder = ZipBuilder()
        build(&builder)
        return builder.finished()
    }
}
