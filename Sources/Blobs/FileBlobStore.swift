import Glibc
package import RegistryModel

/// Blobs as files under a directory, at `ab/cd/abcd…` by the digits of their digest.
package struct FileBlobStore: BlobStore {
    private let directory: String
    private let pool: BlockingPool
    private let reading: BlockingPool
    private let checks: BlobChecks
    private let folders: DurableFolders

    /// Uses a directory.
    /// - Parameters:
    ///   - directory: Must exist, on the same file system as the spool.
    ///   - pool: Threads for writing, which wait for the disk at each fsync.
    ///   - reading: Threads for reading, which should not wait for writers; the same as `pool` where nil.
    ///   - damaged: Told once about each blob that is found damaged, and again after it has changed.
    package init(
        directory: String, pool: BlockingPool, reading: BlockingPool? = nil,
        damaged: @escaping @Sendable (BlobFault) -> Void = { _ in }
    ) {
        self.directory = directory
        self.pool = pool
        self.reading = reading ?? pool
        checks = BlobChecks(memo: BlobMemo(), pool: self.reading, report: damaged)
        folders = DurableFolders(root: directory)
    }

    /// How many blobs were found damaged or missing since the process started.
    package var damagedBlobs: Int { checks.memo.damaged }

    package func store(_ content: SpooledContent) async throws {
        let digest = content.digests.sha256
        let found = try await pool.run { [self] () throws -> BlobFile? in
            if let found = try existing(digest, length: content.length) { return found }
            try place(content)
            return nil
        }
        guard let found else { return }
        if try await found.verify() {
            // An earlier attempt may have been cut off between its rename and its fsync.
            return try await pool.run { [self] in try folders.synchronize(outer: outer(digest), inner: inner(digest)) }
        }
        try await pool.run { [self] in try place(content) }
    }

    /// Puts an upload into its place, also into that of a damaged blob.
    private func place(_ content: SpooledContent) throws {
        let digest = content.digests.sha256
        try folders.make(outer: outer(digest), inner: inner(digest))
        try content.move(to: path(digest))
        try folders.synchronize(outer: outer(digest), inner: inner(digest))
    }

    package func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        let file: BlobFile
        do {
            file = try await reading.run { [self] in try openFile(digest) }
        } catch let fault as DiskFault where fault.code == ENOENT {
            checks.note(.reported, digest, nil, .missing(digest))
            throw BlobFault.missing(digest)
        }
        guard Int64(file.length) == size else {
            let fault = BlobFault.wrongLength(digest, expected: size, found: Int64(file.length))
            file.note(fault)
            throw fault
        }
        guard file.finding != .damaged else { throw BlobFault.wrongContent(digest) }
        return file
    }

    private func openFile(_ digest: SHA256Digest) throws(DiskFault) -> BlobFile {
        let descriptor = try FileDescriptor(opening: path(digest), O_RDONLY)
        return BlobFile(descriptor, digest, opened: try descriptor.identity(), checks: checks)
    }

    /// The blob, where one of the right length is there already.
    private func existing(_ digest: SHA256Digest, length: Int) throws(DiskFault) -> BlobFile? {
        var information = stat()
        guard lstat(path(digest), &information) == 0 else {
            guard errno == ENOENT else { throw DiskFault("lstat") }
            return nil
        }
        guard information.st_size == length, information.st_mode & S_IFMT == S_IFREG else { return nil }
        let file = try openFile(digest)
        return file.length == length ? file : nil
    }

    private func outer(_ digest: SHA256Digest) -> String { String(digest.hex.prefix(2)) }

    private func inner(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))"
    }

    private func path(_ digest: SHA256Digest) -> String {
        "\(directory)/\(inner(digest))/\(digest.hex)"
    }
}
