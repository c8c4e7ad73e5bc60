import Glibc
package import RegistryModel

/// Why a blob could not be had.
package enum BlobFault: Error, Hashable, Sendable {
    /// No blob has that digest.
    case missing(SHA256Digest)
    /// The blob's length is not what the database says.
    case wrongLength(SHA256Digest, expected: Int64, found: Int64)
}

/// Content-addressed storage for files.
///
/// The contract of every implementation: `store` returns only when the content would survive a power failure, storing the
/// same content twice is no error, and a reader never sees a part of a blob.
package protocol BlobStore: Sendable {
    /// Keeps an upload under its SHA-256 digest.
    func store(_ content: SpooledContent) async throws

    /// Opens a blob whose length is known from the database.
    ///
    /// Throws ``BlobFault``.
    func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource
}

/// Blobs as files under a directory, at `ab/cd/abcd…` by the digits of their digest.
package struct FileBlobStore: BlobStore {
    private let directory: String
    private let pool: BlockingPool

    /// Uses `directory`, which must exist on the same file system as the spool.
    package init(directory: String, pool: BlockingPool) {
        self.directory = directory
        self.pool = pool
    }

    package func store(_ content: SpooledContent) async throws {
        try await pool.run { [self] in
            let digest = content.digests.sha256
            let folder = folder(digest)
            if try existingLength(digest) == content.length {
                // An earlier attempt may have been cut off between its rename and its fsync.
                try FileDescriptor.synchronizeDirectory(folder)
                return
            }
            try makeFolder(digest)
            // Also takes the place of a damaged blob of another length.
            guard rename(content.path, path(digest)) == 0 else { throw DiskFault("rename") }
            try FileDescriptor.synchronizeDirectory(folder)
        }
    }

    package func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try await pool.run { [self] in
            let descriptor: FileDescriptor
            do {
                descriptor = try FileDescriptor(opening: path(digest), O_RDONLY)
            } catch let fault as DiskFault where fault.code == ENOENT {
                throw BlobFault.missing(digest)
            }
            let length = try descriptor.size()
            guard Int64(length) == size else {
                throw BlobFault.wrongLength(digest, expected: size, found: Int64(length))
            }
            return FileByteSource(descriptor, length: length)
        }
    }

    private func folder(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))"
    }

    private func path(_ digest: SHA256Digest) -> String {
        folder(digest) + "/" + digest.hex
    }

    private func existingLength(_ digest: SHA256Digest) throws(DiskFault) -> Int? {
        var information = stat()
        if lstat(path(digest), &information) == 0 { return Int(information.st_size) }
        guard errno == ENOENT else { throw DiskFault("lstat") }
        return nil
    }

    private func makeFolder(_ digest: SHA256Digest) throws(DiskFault) {
        let inner = folder(digest)
        let outer = "\(directory)/\(digest.hex.prefix(2))"
        for (folder, parent) in [(outer, directory), (inner, outer)] {
            if mkdir(folder, 0o700) == 0 {
                try FileDescriptor.synchronizeDirectory(parent)
            } else if errno != EEXIST {
                throw DiskFault("mkdir")
            }
        }
    }
}
