import Glibc
import RegistryModel

/// What the operating system answered when a file operation failed.
package struct DiskFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call that failed.
    package let operation: String
    /// The value of `errno`.
    package let code: Int32

    /// Collects both; `code` defaults to the current `errno`.
    package init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }

    /// What an operator would do about it.
    package enum Kind: Hashable, Sendable {
        /// The disk, the quota or the largest allowed file is full.
        case full
        /// The file system takes no writes, or not those of this process.
        case readOnly
        /// The process or the machine has no more open files or memory.
        case exhausted
        /// Anything else.
        case other
    }

    /// What kind of fault it is.
    package var kind: Kind {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EROFS, EACCES, EPERM: .readOnly
        case EMFILE, ENFILE, ENOMEM: .exhausted
        default: .other
        }
    }

    /// Whether the disk or the quota is full.
    package var isDiskFull: Bool { kind == .full }
}

/// An open file that closes itself.
package final class FileDescriptor: Sendable {
    /// The descriptor's number, valid as long as this object lives.
    let raw: Int32
    private let budget: OpenFileBudget?

    /// Opens a file; one that a client keeps open for as long as it likes is counted in a budget.
    init(
        opening path: String, _ flags: Int32, mode: mode_t = 0o600, within budget: OpenFileBudget? = nil
    ) throws(DiskFault) {
        try budget?.take()
        var result = Glibc.open(path, flags | O_CLOEXEC, mode)
        while result < 0, errno == EINTR { result = Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard result >= 0 else {
            let fault = DiskFault("open")
            budget?.give()
            throw fault
        }
        raw = result
        self.budget = budget
    }

    deinit {
        Glibc.close(raw)
        budget?.give()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(DiskFault) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(raw, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw DiskFault("write")
            }
            written += count
        }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DiskFault) -> Int {
        while true {
            let count = pread(raw, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw DiskFault("pread") }
        }
    }

    /// Has room kept for so many bytes; gives the system's error number, 0 where it worked.
    func allocate(_ bytes: Int) -> Int32 {
        posix_fallocate(raw, 0, off_t(bytes))
    }

    func synchronize() throws(DiskFault) {
        while fsync(raw) != 0 {
            if errno != EINTR { throw DiskFault("fsync") }
        }
    }

    func size() throws(DiskFault) -> Int {
        var information = stat()
        guard fstat(raw, &information) == 0 else { throw DiskFault("fstat") }
        return Int(information.st_size)
    }

    func isDirectory() throws(DiskFault) -> Bool {
        var information = stat()
        guard fstat(raw, &information) == 0 else { throw DiskFault("fstat") }
        return information.st_mode & S_IFMT == S_IFDIR
    }

    func identity() throws(DiskFault) -> FileIdentity {
        var information = stat()
        guard fstat(raw, &information) == 0 else { throw DiskFault("fstat") }
        return FileIdentity(information)
    }

    func permissions() throws(DiskFault) -> mode_t {
        var information = stat()
        guard fstat(raw, &information) == 0 else { throw DiskFault("fstat") }
        return information.st_mode & 0o777
    }

    /// Makes the entries of a directory durable.
    static func synchronizeDirectory(_ path: String) throws(DiskFault) {
        try FileDescriptor(opening: path, O_RDONLY | O_DIRECTORY).synchronize()
    }
}
