import Glibc
import Synchronization

/// A backup that comes as a tar stream, as ``TarTarget`` writes it.
///
/// It reads plain files with ustar headers and pax `path` and `size` records, and refuses anything else; a stream that
/// ends before its end mark is truncated.
package final class TarSource: BackupSource {
    private struct State {
        var offset: Int64 = 0
        /// What is left of the current file.
        var left: Int64 = 0
        /// What fills the current file's last block.
        var padding = 0
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// Reads from an open descriptor, such as standard input.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var canChoose: Bool { false }

    package func expect(_ paths: @escaping @Sendable () throws -> String?) {}

    package func next() throws -> BackupEntry? {
        try state.withLock { state in
            try skip(&state)
            var records: [String: String] = [:]
            while true {
                let header = try bytes(512, &state)
                if header.allSatisfy({ $0 == 0 }) {
                    guard try bytes(512, &state).allSatisfy({ $0 == 0 }) else { throw malformed(state) }
                    return nil
                }
                guard let size = Self.octal(header[124..<136]),
                    Self.octal(header[148..<156]) == TarHeader.checksum(header)
                else { throw malformed(state) }
                switch header[156] {
                case UInt8(ascii: "x"):
                    guard size <= 1 << 16 else { throw malformed(state) }
                    guard let found = Self.records(try bytes(Int(size), &state)) else { throw malformed(state) }
                    _ = try bytes(TarHeader.padding(size), &state)
                    records = found
                case UInt8(ascii: "0"), 0:
                    let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
                    let length = records["size"].flatMap { Int64($0) } ?? size
                    guard length >= 0 else { throw malformed(state) }
                    state.left = length
                    state.padding = TarHeader.padding(length)
                    return BackupEntry(
                        path: records["path"] ?? name, content: TarEntryStream(source: self, length: length))
                default: throw malformed(state)
                }
            }
        }
    }

    /// Reads on in the current file.
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try state.withLock { state in
            let wanted = Int(min(Int64(buffer.count), state.left))
            guard wanted > 0 else { return 0 }
            let count = try receive(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), &state)
            guard count > 0 else { throw BackupFault.truncated }
            state.left -= Int64(count)
            return count
        }
    }

    private func skip(_ state: inout State) throws {
        while state.left > 0 {
            let piece = try bytes(Int(min(state.left, 256 << 10)), &state)
            state.left -= Int64(piece.count)
        }
        _ = try bytes(state.padding, &state)
        state.padding = 0
    }

    private func bytes(_ count: Int, _ state: inout State) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count)
        try out.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < count {
                let more = try receive(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), &state)
                guard more > 0 else { throw BackupFault.truncated }
                filled += more
            }
        }
        return out
    }

    private func receive(_ buffer: UnsafeMutableRawBufferPointer, _ state: inout State) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                state.offset += Int64(count)
                return count
            }
            if errno != EINTR { throw DiskFault("read") }
        }
    }

    private func malformed(_ state: State) -> BackupFault { .malformed(offset: state.offset) }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.prefix { $0 != 0 }.filter { $0 != UInt8(ascii: " ") }
        return digits.isEmpty ? 0 : Int64(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    /// Takes pax records apart: `LENGTH KEY=VALUE\n` with the length of all of it.
    private static func records(_ bytes: [UInt8]) -> [String: String]? {
        var found: [String: String] = [:]
        var rest = bytes[...]
        while let blank = rest.firstIndex(of: UInt8(ascii: " ")) {
            guard let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length <= rest.count,
                length > blank - rest.startIndex + 1
            else { return nil }
            let body = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            guard let equals = body.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            found[String(decoding: body[..<equals], as: UTF8.self)] =
                String(decoding: body[(equals + 1)...], as: UTF8.self)
            rest = rest[(rest.startIndex + length)...]
        }
        return rest.isEmpty ? found : nil
    }
}

/// The content of one file of a tar stream.
private struct TarEntryStream: ByteStream {
    let source: TarSource
    let length: Int64

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try source.read(into: buffer)
    }
}
