import Glibc
package import RegistryModel

/// A backup as one tar stream ([POSIX ustar](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html), with
/// pax records for long paths and sizes).
package struct TarTarget: BackupTarget {
    private let descriptor: Int32

    /// Writes to an open descriptor, such as standard output.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var isRewritable: Bool { false }

    package func holds(_ path: String, length: Int64) throws -> Bool { false }

    package func existing(_ path: String) throws -> [UInt8]? { nil }

    package func write(_ path: String, _ content: any ByteSource) throws {
        let length = Int64(content.length)
        var name = path
        if path.utf8.count > 100 || length > TarHeader.largestSize {
            let records = TarHeader.record("path", path) + TarHeader.record("size", String(length))
            try send(TarHeader.bytes(path: "pax-header", size: Int64(records.count), kind: UInt8(ascii: "x")))
            try send(TarHeader.padded(records))
            name = String(decoding: path.utf8.suffix(90), as: UTF8.self)
        }
        try send(TarHeader.bytes(path: name, size: min(length, TarHeader.largestSize), kind: UInt8(ascii: "0")))
        var sent: Int64 = 0
        try SourceStream(content).forEachPiece { piece in
            try send(piece)
            sent += Int64(piece.count)
        }
        guard sent == length else { throw BackupFault.truncated }
        try send([UInt8](repeating: 0, count: TarHeader.padding(length)))
    }

    package func keepOnly(_ names: Set<String>, in path: String) throws {}

    package func finish() throws {
        try send([UInt8](repeating: 0, count: 1024))
        // A file can be made durable, a pipe cannot.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw DiskFault("fsync") }
    }

    private func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try send($0) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw DiskFault("write")
            }
            written += count
        }
    }
}

/// The parts of a tar header.
enum TarHeader {
    /// What eleven octal digits can say.
    static let largestSize: Int64 = 0o777_7777_7777

    static func padding(_ length: Int64) -> Int { Int((512 - length % 512) % 512) }

    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: padding(Int64(bytes.count)))
    }

    static func bytes(path: String, size: Int64, kind: UInt8) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        func octal(_ value: Int64, _ width: Int) -> [UInt8] {
            let digits = Array(String(value, radix: 8).utf8)
            return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, width - digits.count)) + digits
        }
        put(Array(path.utf8.prefix(100)), at: 0)
        put(octal(0o600, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size, 11), at: 124)
        put(octal(0, 11), at: 136)
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        put([kind], at: 156)
        put(Array("ustar".utf8) + [0] + Array("00".utf8), at: 257)
        put(octal(checksum(header), 6) + [0, UInt8(ascii: " ")], at: 148)
        return header
    }

    /// The sum of a header's bytes with blanks for the sum itself.
    static func checksum(_ header: [UInt8]) -> Int64 {
        var sum: Int64 = 0
        for (index, byte) in header.enumerated() { sum += (148..<156).contains(index) ? 32 : Int64(byte) }
        return sum
    }

    /// A pax record: its own length in decimal digits, a blank, `key=value`, a line feed.
    static func record(_ key: String, _ value: String) -> [UInt8] {
        let body = " \(key)=\(value)\n"
        let rest = body.utf8.count
        var length = rest
        while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
        return Array("\(length)\(body)".utf8)
    }
}
