import RegistryModel

/// A run of bytes read once from the front, block by block.
protocol ByteFeed: AnyObject {
    /// The next block, empty at the end. It stays valid until the next call.
    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer
}

/// The archive's own bytes.
final class SourceFeed: ByteFeed {
    private let source: any ByteSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var offset = 0

    init(_ source: any ByteSource) {
        self.source = source
    }

    deinit {
        buffer.deallocate()
    }

    func next() throws(ArchiveFault) -> UnsafeRawBufferPointer {
        let count: Int
        do {
            count = try source.read(at: offset, into: buffer)
        } catch {
            throw .unreadable
        }
        // A source that ends before its stated length has lost bytes since it was written.
        guard count > 0 || offset >= source.length else { throw .unreadable }
        offset += count
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}
