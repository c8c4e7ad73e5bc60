import Foundation
import Glibc
import RegistryModel

/// Writes a zip of stored files: what is put into it is compressed already, or small.
///
/// Entries have a fixed time, so that the same files make the same bytes. Without Zip64: 65,535 entries and 4 GiB are its
/// bounds.
package struct ZipWriter {
    /// What an entry holds.
    package enum Content: Sendable {
        case bytes([UInt8])
        case file(LocalFile)

        var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(let file): file.length
            }
        }
    }

    private let output: FileHandle
    private var offset = 0
    private var directory: [UInt8] = []
    private var count = 0

    /// Writes entries in their order to a new file.
    package static func write(_ entries: [(path: String, content: Content)], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ClientFault("'\(path)' cannot be written: \(String(cString: strerror(errno))).")
        }
        var writer = ZipWriter(output: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
        guard entries.count < 0xFFFF, entries.reduce(0, { $0 + $1.content.length }) < 0xF000_0000 else {
            throw ClientFault("The package is too large for a zip: more than 65,534 files or 4 GiB.")
        }
        for entry in entries { try writer.add(entry.path, entry.content) }
        try writer.finish()
    }

    private init(output: FileHandle) {
        self.output = output
    }

    private mutating func add(_ path: String, _ content: Content) throws {
        let name = Array(path.utf8)
        guard name.count < 0xFFFF else { throw ClientFault("A path in the package is too long.") }
        let checksum = try Self.checksum(of: content)
        let size = UInt32(content.length)
        // Version 1.0; names are UTF-8; stored; the first of January 1980.
        let common =
            Self.little(20, 2) + Self.little(0x0800, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0x21, 2)
            + Self.little(checksum, 4) + Self.little(size, 4) + Self.little(size, 4)
            + Self.little(UInt32(name.count), 2) + Self.little(0, 2)
        directory += Self.little(0x0201_4B50, 4) + Self.little(0x0314, 2) + common + Self.little(0, 2)
        directory += Self.little(0, 2) + Self.little(0, 2) + Self.little(0o100644 << 16, 4)
        directory += Self.little(UInt32(offset), 4) + name
        try put(Self.little(0x0403_4B50, 4) + common + name)
        try Self.read(content) { try put($0) }
        count += 1
    }

    private mutating func finish() throws {
        let start = offset
        try put(directory)
        try put(
            Self.little(0x0605_4B50, 4) + Self.little(0, 2) + Self.little(0, 2) + Self.little(UInt32(count), 2)
                + Self.little(UInt32(count), 2) + Self.little(UInt32(directory.count), 4)
                + Self.little(UInt32(start), 4) + Self.little(0, 2))
        try output.close()
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        try output.write(contentsOf: Data(bytes))
        offset += bytes.count
    }

    private static func read(_ content: Content, _ take: ([UInt8]) throws -> Void) throws {
        switch content {
        case .bytes(let bytes): try take(bytes)
        case .file(let file):
            var offset = 0
            while offset < file.length {
                let bytes = try file.read(at: offset, count: 1 << 20)
                guard !bytes.isEmpty else { throw ClientFault("'\(file.path)' became shorter while it was read.") }
                try take(bytes)
                offset += bytes.count
            }
        }
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    /// CRC-32 of each byte, as in the zip specification.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private static func checksum(of content: Content) throws -> UInt32 {
        var value = ~UInt32(0)
        try read(content) { bytes in
            for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
        }
        return ~value
    }
}
