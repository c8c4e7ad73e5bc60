import Glibc
import RegistryModel

extension DataDirectory {
    /// What the running server's settings say.
    package var effectiveSettings: String { path + "/effective-settings.json" }

    /// Replaces a small file in one step, readable by its owner only.
    package func write(_ bytes: [UInt8], to path: String) throws(DiskFault) {
        let temporary = "\(path).\(getpid())"
        unlink(temporary)
        let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        defer { unlink(temporary) }
        var fault: DiskFault?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskFault) { try file.write(buffer) } catch { fault = error }
        }
        if let fault { throw fault }
        try file.synchronize()
        guard rename(temporary, path) == 0 else { throw DiskFault("rename") }
        try FileDescriptor.synchronizeDirectory(self.path)
    }

    /// The content of a small file; nil where there is none.
    package func read(_ path: String, maximumBytes: Int) throws -> [UInt8]? {
        let file: FileDescriptor
        do throws(DiskFault) {
            file = try FileDescriptor(opening: path, O_RDONLY)
        } catch  where error.code == ENOENT {
            return nil
        }
        let size = try file.size()
        guard size <= maximumBytes else { throw DiskFault("read", code: EFBIG) }
        return try OpenFile(file, length: size).read(at: 0, count: size)
    }
}
