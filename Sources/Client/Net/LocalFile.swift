import Dispatch
import Formats
import Glibc
package import RegistryModel

/// A file of this machine, opened once and read at any position.
///
/// What is hashed is what is sent, as both read the one open file; a path could lead to another file the second time.
package final class LocalFile: ByteSource {
    /// Where it was opened.
    package let path: String
    package let length: Int
    private let descriptor: CInt

    /// Opens a regular file.
    /// - Throws: ``ClientFault``, when it is missing, not a file, or cannot be read.
    package init(_ path: String) throws(ClientFault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ClientFault("'\(path)' cannot be opened: \(String(cString: strerror(errno))).")
        }
        var state = stat()
        guard fstat(descriptor, &state) == 0, state.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ClientFault("'\(path)' is not a file.")
        }
        self.path = path
        self.descriptor = descriptor
        length = Int(state.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// The last component of its path.
    package var name: String { String(path.split(separator: "/").last ?? "") }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw ClientFault("'\(path)' cannot be read: \(String(cString: strerror(errno))).")
            }
        }
    }

    /// Every digest of its content.
    package func digests() throws -> FileDigests {
        var hasher = FileHasher()
        var offset = 0
        while offset < length {
            let chunk = try read(at: offset, count: 1 << 20)
            guard !chunk.isEmpty else { throw ClientFault("'\(path)' became shorter while it was read.") }
            hasher.update(chunk)
            offset += chunk.count
        }
        return hasher.finalize()
    }
}
