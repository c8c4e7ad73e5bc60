import Synchronization

/// Where the time comes from.
package protocol WallClock: Sendable {
    /// The current time.
    func now() -> Timestamp
}

/// Where unpredictable bytes come from.
///
/// Everything that must not be guessed is made of them.
package protocol RandomSource: Sendable {
    /// `count` bytes that nobody can predict.
    func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's random numbers.
package struct SystemRandomSource: RandomSource {
    /// Makes the source.
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] {
        // Eight at a time, because each number is a system call.
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }
}

/// Bytes of known length that can be read at any position.
///
/// Archives and formats read through it, so that they never open a path. Implementations are safe to read from several
/// threads at once.
package protocol ByteSource: Sendable {
    /// The number of bytes.
    var length: Int { get }

    /// Reads bytes from `offset` on into `buffer`.
    /// - Returns: How many were read: less than the buffer's size only at the end, 0 at or past it.
    /// - Throws: The reason of the operating system when reading failed.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Reads `count` bytes from `offset` on, fewer at the end, none from a negative place on.
    package func read(at offset: Int, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset < length, count > 0 else { return [] }
        let wanted = min(count, length - offset)
        var filled = 0
        var out = [UInt8](repeating: 0, count: wanted)
        try out.withUnsafeMutableBytes { buffer in
            while filled < wanted {
                let count = try read(
                    at: offset + filled, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if count == 0 { break }
                filled += count
            }
        }
        return filled == wanted ? out : Array(out.prefix(filled))
    }
}

/// A source whose bytes are those of an open file.
///
/// What can hand a file to the operating system (`sendfile`) does so only while ``isIntact`` holds; otherwise it reads
/// the bytes, and whoever reads them all compares them.
package protocol FileByteSource: ByteSource {
    /// Stays open while the source lives.
    var fileDescriptor: CInt { get }

    /// Whether the whole content was compared with its digest and the file has not changed since.
    ///
    /// Asks the operating system each time, which costs one call and no reading.
    var isIntact: Bool { get }
}

/// A file that is kept under the digest of its content, so that the two can be compared.
package protocol VerifiableByteSource: FileByteSource {
    /// Reads the whole content and compares it, unless that was done and the file has not changed since.
    ///
    /// Many that ask at once wait for one reading.
    /// - Returns: Whether the content is what was stored.
    /// - Throws: ``Problem/Code/overloaded`` where too much waits for the disk, and the reason why reading failed.
    func verify() async throws -> Bool

    /// Takes in the digest that somebody found who read the whole content from this source.
    /// - Returns: Whether the content is what was stored.
    func conclude(_ found: SHA256Digest) -> Bool
}

/// Bytes in memory.
package struct MemoryByteSource: ByteSource {
    /// The content.
    package let bytes: [UInt8]

    /// Wraps bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var length: Int { bytes.count }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(buffer.count, bytes.count - offset)
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
        }
        return count
    }
}

/// Makes row ids: 41 bits of milliseconds since 2025-01-01 and 22 bits that start at random and count within a millisecond.
///
/// Ids come from the application so that one transaction can write rows that name each other. They are nearly ordered by
/// time, but nothing may follow a table by them: a lower id can be committed later.
package final class RowIDs: Sendable {
    private let clock: any WallClock
    private let last = Mutex<Int64>(0)

    /// Makes a generator that reads its time from `clock`.
    package init(clock: any WallClock) {
        self.clock = clock
    }

    /// A new id, greater than any this generator gave before.
    package func next() -> Int64 {
        let milliseconds = max(0, clock.now().microseconds / 1000 - 1_735_689_600_000)
        let fresh = milliseconds << 22 | Int64.random(in: 0..<(1 << 21))
        return last.withLock { last in
            last = max(fresh, last + 1)
            return last
        }
    }
}
