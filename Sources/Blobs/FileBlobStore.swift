import Glibc
package import RegistryModel

/// Blobs as files under a directory, each in its ``BlobPlace``.
package struct FileBlobStore: BlobStore {
    private let directory: String
    private let pool: BlockingPool
    private let reading: BlockingPool
    private let checks: BlobChecks
    private let folders: DurableFolders
    private let openFiles: OpenFileBudget

    /// Uses a directory.
    /// - Parameters:
    ///   - directory: Must exist, on the same file system as the spool.
    ///   - pool: Threads for writing, which wait for the disk at each fsync.
    ///   - reading: Threads for reading, which should not wait for writers; the same as `pool` where nil.
    ///   - openFiles: Bounds the blobs that are open for readers.
    ///   - damaged: Told once about each blob that is found damaged, and again after it has changed.
    package init(
        directory: String, pool: BlockingPool, reading: BlockingPool? = nil,
        openFiles: OpenFileBudget = OpenFileBudget(), damaged: @escaping @Sendable (BlobFault) -> Void = { _ in }
    ) {
        self.directory = directory
        self.pool = pool
        self.reading = reading ?? pool
        checks = BlobChecks(memo: BlobMemo(), pool: self.reading, report: damaged)
        folders = DurableFolders(root: directory)
        self.openFiles = openFiles
    }

    /// How many blobs were found damaged or missing since the process started.
    package var damagedBlobs: Int { checks.memo.damaged }

    /// Makes every folder, so that no publish has to; for whoever is about to serve.
    package func prepare() async throws {
        try await pool.run { [folders] in folders.prepare() }
    }

    package func store(_ content: SpooledContent) async throws {
        let place = BlobPlace(content.digests.sha256, in: directory)
        let (found, isEarlier) = try await pool.run { [self] () throws -> (BlobFile?, Bool) in
            let known = try existing(place, content)
            if known.file == nil { try put(content, place, insteadOfEarlier: known.isEarlier) }
            return known
        }
        guard let found else { return }
        let isGood = try await found.verify()
        try await pool.run { [self] in
            if isGood, try settle(place, isEarlier: isEarlier) { return }
            try put(content, place, insteadOfEarlier: isEarlier)
        }
    }

    /// Puts an upload into its place, also into that of a damaged blob; what has the earlier path is removed then.
    private func put(_ content: SpooledContent, _ place: BlobPlace, insteadOfEarlier: Bool) throws {
        try folders.make(place.folderName)
        do {
            try content.move(to: place.path)
        } catch let fault as DiskFault where fault.code == ENOENT {
            try folders.make(place.folderName, isGone: true)
            try content.move(to: place.path)
        }
        try FileDescriptor.synchronizeDirectory(place.folder)
        if insteadOfEarlier { unlink(place.earlier) }
    }

    /// Makes the name of a good blob durable, and gives one with the earlier path its place.
    ///
    /// It has both names until the new one is on the disk, so that a power failure cannot take both.
    /// - Returns: False where it has gone meanwhile.
    private func settle(_ place: BlobPlace, isEarlier: Bool) throws -> Bool {
        try folders.make(place.folderName)
        if isEarlier, link(place.earlier, place.path) != 0, errno != EEXIST {
            guard errno == ENOENT else { throw DiskFault("link") }
            return false
        }
        // An earlier attempt may have been cut off between its rename and its fsync.
        try FileDescriptor.synchronizeDirectory(place.folder)
        if isEarlier { unlink(place.earlier) }
        return true
    }

    package func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try await open(digest, size: size, within: openFiles)
    }

    package func openForPublish(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try await open(digest, size: size, within: nil)
    }

    private func open(
        _ digest: SHA256Digest, size: Int64, within budget: OpenFileBudget?
    ) async throws -> any ByteSource {
        let file: BlobFile
        do {
            file = try await reading.run { [self] in try openFile(digest, within: budget) }
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

    private func openFile(_ digest: SHA256Digest, within budget: OpenFileBudget?) throws(DiskFault) -> BlobFile {
        let descriptor = try BlobPlace(digest, in: directory).open(within: budget)
        return BlobFile(descriptor, digest, opened: try descriptor.identity(), checks: checks)
    }

    /// The blob, where one of the right length is there already, and whether something has its earlier path.
    private func existing(
        _ place: BlobPlace, _ content: SpooledContent
    ) throws(DiskFault) -> (file: BlobFile?, isEarlier: Bool) {
        guard let (path, isEarlier, information) = try place.find() else { return (nil, false) }
        guard information.st_size == content.length, information.st_mode & S_IFMT == S_IFREG else {
            return (nil, isEarlier)
        }
        do throws(DiskFault) {
            let descriptor = try FileDescriptor(opening: path, O_RDONLY)
            let file = BlobFile(
                descriptor, content.digests.sha256, opened: try descriptor.identity(), checks: checks)
            return (file.length == content.length ? file : nil, isEarlier)
        } catch {
            // A collector can have moved it aside.
            guard error.code == ENOENT else { throw error }
            return (nil, isEarlier)
        }
    }
}
