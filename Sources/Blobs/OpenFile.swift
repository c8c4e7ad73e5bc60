import RegistryModel

/// A file on disk, read by position.
struct OpenFile: ByteSource {
    private let descriptor: FileDescriptor
    let length: Int

    /// Wraps an open file of known length.
    init(_ descriptor: FileDescriptor, length: Int) {
        self.descriptor = descriptor
        self.length = length
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < length else { return 0 }
        let count = min(buffer.count, length - offset)
        return try descriptor.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }
}
