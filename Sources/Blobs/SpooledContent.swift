import Formats
import Glibc
package import RegistryModel
import Synchronization

/// A complete upload that no store has taken yet: in memory where it is small, otherwise in the spool.
///
/// A file in the spool is removed when nobody holds the upload any more, unless a store has taken it.
package final class SpooledContent: ByteSource {
    package let length: Int
    /// What was computed while it arrived.
    package let digests: FileDigests
    private let source: any ByteSource
    /// Where its file is, or will be.
    private let path: String
    /// Where its memory comes from, if that is counted.
    private let lease: SpoolLease?
    /// Whether there is a file at the path that is this object's.
    private let hasFile: Mutex<Bool>

    /// An upload that was written to the spool and synchronized.
    init(path: String, descriptor: FileDescriptor, length: Int, digests: FileDigests) {
        self.path = path
        self.length = length
        self.digests = digests
        source = OpenFile(descriptor, length: length)
        lease = nil
        hasFile = Mutex(true)
    }

    /// An upload in memory, whose file would be at `path`.
    init(path: String, bytes: [UInt8], lease: SpoolLease? = nil) {
        self.path = path
        length = bytes.count
        digests = FileHasher.digests(of: bytes)
        source = MemoryByteSource(bytes)
        self.lease = lease
        hasFile = Mutex(false)
    }

    deinit {
        if hasFile.withLock({ $0 }) { unlink(path) }
    }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try source.read(at: offset, into: buffer)
    }

    /// Gives the upload, complete and synchronized, the name `target`, which takes the place of what has it.
    func move(to target: String) throws {
        try write()
        guard rename(path, target) == 0 else { throw DiskFault("rename") }
        hasFile.withLock { $0 = false }
    }

    /// Writes what is only in memory to the spool.
    private func write() throws {
        guard let memory = source as? MemoryByteSource, !hasFile.withLock({ $0 }) else { return }
        let descriptor = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
        do {
            try memory.bytes.withUnsafeBytes { try descriptor.write($0) }
            try descriptor.synchronize()
        } catch {
            unlink(path)
            throw error
        }
        hasFile.withLock { $0 = true }
    }
}
