/// Little pieces of binary formats.
enum Bytes {
    /// The low `width` bytes of a number, the least significant first.
    static func little(_ value: some BinaryInteger, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    /// The CRC-32 of zip and gzip.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
    }

    /// A gzip member of stored blocks.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var start = 0
        repeat {
            let end = min(bytes.count, start + 65_535)
            let count = UInt16(end - start)
            out += [end == bytes.count ? 1 : 0] + little(count, 2) + little(~count, 2) + bytes[start..<end]
            start = end
        } while start < bytes.count
        return out + little(crc32(bytes), 4) + little(bytes.count, 4)
    }

    /// Cuts an input into pieces whose lengths follow from its own bytes.
    static func chunks(_ input: [UInt8]) -> [ArraySlice<UInt8>] {
        var rest = input[...]
        var chunks: [ArraySlice<UInt8>] = []
        while let last = rest.last {
            let count = min(rest.count, 1 + Int(last &+ UInt8(truncatingIfNeeded: rest.count)) % 61)
            chunks.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return chunks
    }
}
