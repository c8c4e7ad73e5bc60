import Glibc

/// The layout of the one directory in which an instance keeps everything.
package struct DataDirectory: Sendable {
    /// Its path, without a trailing slash.
    package let path: String

    /// Names a directory.
    package init(path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The embedded database.
    package var database: String { path + "/hallmark.sqlite" }
    /// Blobs on the file system.
    package var blobs: String { path + "/blobs" }
    /// Uploads that are not published yet.
    package var spool: String { path + "/spool" }
    /// The key that seals secrets.
    package var masterKey: String { path + "/keys/master" }
    /// Certificates of `--tls-local`.
    package var tls: String { path + "/tls" }

    /// Makes what is missing, readable by the owner only.
    package func create() throws(DiskFault) {
        for folder in [path, blobs, spool, path + "/keys"] { try Self.createFolder(folder) }
    }

    /// Makes one folder, readable by the owner only, unless it is there.
    ///
    /// It is durable afterwards, also where a process made it that was killed before it could say so.
    package static func createFolder(_ folder: String) throws(DiskFault) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw DiskFault("mkdir \(folder)") }
        let parent = folder.lastIndex(of: "/").map { $0 == folder.startIndex ? "/" : String(folder[..<$0]) } ?? "."
        do throws(DiskFault) {
            try FileDescriptor.synchronizeDirectory(parent)
        } catch {
            // A parent that may be passed through but not read is somebody else's, and was there before.
            guard error.operation == "open" || error.kind == .readOnly else { throw error }
        }
    }

    /// Whether somebody has used it before.
    package var exists: Bool { access(path, F_OK) == 0 }
}
