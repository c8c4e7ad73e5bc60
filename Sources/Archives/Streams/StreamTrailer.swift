import RegistryModel

/// Checks that a compressed file ends where its stream ends, for the formats libarchive unpacks.
///
/// libarchive goes on with further streams and ignores what it does not recognize behind the last one.
enum StreamTrailer {
    /// Requires that the file's last bits are a bzip2 end-of-stream block.
    ///
    /// That is its 48-bit mark, a checksum of 32 bits, and at most seven bits of padding. bzip2 has no index, so several streams (as pbzip2 writes them, and as every reader
    /// unpacks them) are not told from one.
    static func requireBzip2End(_ source: any ByteSource) throws(ArchiveFault) {
        let tail = try source.bytes(at: max(0, source.length - 11), count: 11)
        guard tail.count == 11 else { throw .truncated }
        let mark: UInt64 = 0x1772_4538_5090
        for padding in 0..<8 {
            // The mark starts 80 + padding bits before the end: 88 bits are at hand.
            let first = 8 - padding
            var bits: UInt64 = 0
            for bit in first..<(first + 48) {
                bits = bits << 1 | UInt64(tail[bit / 8] >> (7 - UInt8(bit % 8)) & 1)
            }
            if bits == mark { return }
        }
        throw .invalid(reason: "the file does not end with its bzip2 stream")
    }

    /// Requires that one xz stream fills the whole file, by its footer and index
    /// ([xz file format §2.1.2, §4](https://tukaani.org/xz/xz-file-format.txt)).
    static func requireOneXzStream(_ source: any ByteSource) throws(ArchiveFault) {
        let footer = try source.bytes(at: max(0, source.length - 12), count: 12)
        guard source.length >= 32, footer.suffix(2).elementsEqual(Array("YZ".utf8)) else {
            throw .invalid(reason: "the file does not end with its xz stream")
        }
        let backward = (0..<4).reduce(0) { $0 | Int(footer[4 + $1]) << (8 * $1) }
        let indexSize = (backward + 1) * 4
        // An index entry is at least two bytes; a hostile one is not read into memory beyond a megabyte.
        guard indexSize <= 1 << 20, indexSize <= source.length - 24 else {
            throw .invalid(reason: "damaged xz footer")
        }
        let index = try source.bytes(at: source.length - 12 - indexSize, count: indexSize)
        guard let blocks = blockBytes(index) else { throw .invalid(reason: "damaged xz index") }
        let (total, overflow) = blocks.addingReportingOverflow(24 + indexSize)
        guard !overflow, total == source.length else { throw .multipleStreams }
    }

    /// The sum of all blocks' sizes with their padding, or nil where the index is malformed.
    private static func blockBytes(_ index: [UInt8]) -> Int? {
        var position = 1
        guard index.first == 0, let count = variableInteger(index, &position), count <= index.count else { return nil }
        var sum = 0
        for _ in 0..<count {
            guard let unpadded = variableInteger(index, &position), variableInteger(index, &position) != nil,
                unpadded <= Int.max - 3
            else { return nil }
            let (total, overflow) = sum.addingReportingOverflow((unpadded + 3) & ~3)
            guard !overflow else { return nil }
            sum = total
        }
        return sum
    }

    private static func variableInteger(_ bytes: [UInt8], _ position: inout Int) -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(exactly: value) }
        }
        return nil
    }
}
