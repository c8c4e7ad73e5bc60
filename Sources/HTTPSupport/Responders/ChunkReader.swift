import NIOCore
import RegistryModel

/// What is still to be read of a file, chunk by chunk; a value, so that each read hands on the next state.
struct ChunkReader: Sendable {
    /// The size of one read and one write.
    private static let chunkBytes: Int64 = 256 << 10

    /// Some bytes, and how to go on after them.
    struct Chunk: Sendable {
        let bytes: ByteBuffer
        let rest: ChunkReader
    }

    let source: any ByteSource
    private let range: Range<Int64>
    private let check: ContentCheck?

    /// Reads a range, which is the whole file where the content is to be compared.
    init(_ source: any ByteSource, _ range: Range<Int64>, check: ContentCheck?) {
        self.source = source
        self.range = range
        self.check = check
    }

    /// The first chunk; nil where there is nothing to read.
    ///
    /// Throws ``Problem/Code/overloaded`` where too many reads wait, and what ``next(on:)`` throws.
    func first(on pool: any WorkPool) async throws -> Chunk? {
        guard !range.isEmpty else { return nil }
        return try await pool.run { try read() }
    }

    /// The next chunk; nil at the end.
    ///
    /// The last one is given out only when the content is right. Throws ``Problem/Code/blobDamaged`` where it is not, or
    /// where the file ends too early, and the operating system's reason when reading failed.
    func next(on pool: any WorkPool) async throws -> Chunk? {
        guard !range.isEmpty else { return nil }
        return try await pool.proceed { try read() }
    }

    private func read() throws -> Chunk {
        let count = Int(min(Self.chunkBytes, range.upperBound - range.lowerBound))
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        _ = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            var filled = 0
            while filled < count {
                let target = UnsafeMutableRawBufferPointer(rebasing: room[filled..<count])
                let read = try source.read(at: Int(range.lowerBound) + filled, into: target)
                guard read > 0 else { throw ContentCheck.truncated(at: range.lowerBound + Int64(filled), of: range) }
                filled += read
            }
            return filled
        }
        let rest = range.lowerBound + Int64(count)..<range.upperBound
        let following = try check?.taking(buffer.readableBytesView, isLast: rest.isEmpty)
        return Chunk(bytes: buffer, rest: ChunkReader(source, rest, check: following))
    }
}
