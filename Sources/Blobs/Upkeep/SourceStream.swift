package import RegistryModel
import Synchronization

/// A source read from its beginning to its end.
package final class SourceStream: ByteStream {
    private let source: any ByteSource
    private let offset = Mutex(0)

    /// Begins at the first byte.
    package init(_ source: any ByteSource) {
        self.source = source
    }

    package var length: Int64 { Int64(source.length) }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try offset.withLock { offset in
            let count = try source.read(at: offset, into: buffer)
            offset += count
            return count
        }
    }
}

extension ByteStream {
    /// Hands out all bytes in pieces of at most 256 KiB.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
