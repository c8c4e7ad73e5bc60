import Foundation
import Glibc
package import RegistryModel
import Synchronization

import struct Crypto.SHA256

/// A file of lines that is being written: hashed and counted on the way, gone when it is let go.
package final class LineFile: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var hasher = SHA256()
        var lines: Int64 = 0
        var bytes: Int64 = 0
    }

    private let path: String
    private let file: FileDescriptor
    private let state = Mutex(State())

    /// Makes the file under a random name in `directory`.
    package init(in directory: String) throws {
        path = "\(directory)/\(Hex.encode(SystemRandomSource().bytes(16))).lines"
        file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
    }

    deinit { unlink(path) }

    /// Adds a line; it must not hold a line feed.
    package func append(_ line: [UInt8]) throws {
        try state.withLock { state in
            state.buffer.append(contentsOf: line)
            state.buffer.append(0x0A)
            state.lines += 1
            if state.buffer.count >= 256 << 10 { try flush(&state) }
        }
    }

    /// Adds bytes as they are.
    package func append(raw bytes: UnsafeRawBufferPointer) throws {
        try state.withLock { state in
            state.buffer.append(contentsOf: bytes)
            if state.buffer.count >= 256 << 10 { try flush(&state) }
        }
    }

    /// Removes everything that was written.
    package func restart() throws {
        try state.withLock { state in
            guard ftruncate(file.raw, 0) == 0, lseek(file.raw, 0, SEEK_SET) == 0 else { throw DiskFault("ftruncate") }
            state = State()
        }
    }

    /// Ends the writing.
    /// - Returns: How many lines and bytes there are, and their digest in hexadecimal digits.
    package func finish() throws -> (lines: Int64, bytes: Int64, sha256: String) {
        try state.withLock { state in
            try flush(&state)
            return (state.lines, state.bytes, Hex.encode(state.hasher.finalize()))
        }
    }

    /// The content, once it is finished.
    package func source() throws -> any ByteSource { try DiskFile(path) }

    private func flush(_ state: inout State) throws {
        try state.buffer.withUnsafeBytes { bytes in
            state.hasher.update(bufferPointer: bytes)
            try file.write(bytes)
        }
        state.bytes += Int64(state.buffer.count)
        state.buffer.removeAll(keepingCapacity: true)
    }
}

/// Reads a source line by line.
package final class LineReader: Sendable {
    private struct State {
        var offset = 0
        var buffer: [UInt8] = []
        var position = 0
    }

    private let source: any ByteSource
    private let limit: Int
    private let state = Mutex(State())

    /// Begins at the first line; one of more than `limit` bytes is refused.
    package init(_ source: any ByteSource, limit: Int = 256 << 20) {
        self.source = source
        self.limit = limit
    }

    /// The next line without its line feed, or nil at the end.
    package func next() throws -> [UInt8]? {
        try state.withLock { state in
            var searched = state.position
            while true {
                if let end = state.buffer[searched...].firstIndex(of: 0x0A) {
                    defer { state.position = end + 1 }
                    return Array(state.buffer[state.position..<end])
                }
                state.buffer.removeFirst(state.position)
                state.position = 0
                searched = state.buffer.count
                guard searched <= limit else { throw DiskFault("line", code: EMSGSIZE) }
                let more = try source.read(at: state.offset, count: 256 << 10)
                state.offset += more.count
                guard !more.isEmpty else {
                    defer { state.buffer = [] }
                    return state.buffer.isEmpty ? nil : state.buffer
                }
                state.buffer += more
            }
        }
    }
}
