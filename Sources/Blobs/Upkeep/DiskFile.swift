import Glibc
import RegistryModel

/// A file on the disk, read by position.
struct DiskFile: ByteSource {
    private let descriptor: FileDescriptor
    let length: Int

    /// Opens a file.
    init(_ path: String) throws(DiskFault) {
        descriptor = try FileDescriptor(opening: path, O_RDONLY)
        length = try descriptor.size()
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < length else { return 0 }
        let count = min(buffer.count, length - offset)
        return try descriptor.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }
}
