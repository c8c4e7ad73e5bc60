import Glibc
package import RegistryModel

/// A list of leaked passwords on disk, for instances that ask nobody.
///
/// Either a directory with a file for each five digits (`5BAA6.txt`, lines of `suffix:count`, as Have I Been Pwned's
/// downloader writes them), or one file of whole hashes in their order (lines of `hash:count` or `hash`).
package struct LeakedPasswordFile: LeakedPasswordSource {
    private let path: String
    private let pool: any WorkPool

    /// The longest range that is read: a real one has about 40 KiB.
    private static let maximumBytes = 1 << 20
    /// The longest line: 40 digits, a colon, a count, and the end.
    private static let lineBytes = 128

    /// Reads from `path` on `pool`.
    package init(path: String, pool: any WorkPool) {
        self.path = path
        self.pool = pool
    }

    package func range(_ prefix: String) async throws -> String {
        guard prefix.utf8.count == 5, prefix.utf8.allSatisfy(Self.isDigit) else { return "" }
        return try await pool.run { [path] in
            let file = try FileDescriptor(opening: path, O_RDONLY)
            if try file.isDirectory() { return try Self.rangeFile("\(path)/\(prefix).txt") }
            return try Self.search(OpenFile(file, length: file.size()), Array(prefix.utf8))
        }
    }

    private static func rangeFile(_ path: String) throws -> String {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let source = OpenFile(file, length: try file.size())
        return String(decoding: try source.read(at: 0, count: maximumBytes), as: UTF8.self)
    }

    /// The lines that begin with a prefix, without it.
    private static func search(_ file: OpenFile, _ prefix: [UInt8]) throws -> String {
        var low = 0
        var high = file.length
        while low < high {
            let middle = low + (high - low) / 2
            let start = try lineStart(file, from: middle)
            let head = try file.read(at: start, count: 5).map(upper)
            if head.isEmpty || !head.lexicographicallyPrecedes(prefix) { high = middle } else { low = middle + 1 }
        }
        let start = try lineStart(file, from: low)
        let lines = try file.read(at: start, count: maximumBytes).split { $0 == 0x0A || $0 == 0x0D }
        let found = lines.prefix { $0.prefix(5).map(upper) == prefix }.map { $0.dropFirst(5) }
        return String(decoding: Array(found.joined(separator: [0x0A])), as: UTF8.self)
    }

    /// Where the first line begins that begins at or after a place; the end of the file where none does.
    private static func lineStart(_ file: OpenFile, from place: Int) throws -> Int {
        guard place > 0 else { return 0 }
        var position = place - 1
        while position < file.length {
            let bytes = try file.read(at: position, count: lineBytes)
            if let end = bytes.firstIndex(of: 0x0A) { return position + end + 1 }
            position += bytes.count
        }
        return file.length
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
    }

    private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x66).contains(byte) ? byte - 0x20 : byte }
}
