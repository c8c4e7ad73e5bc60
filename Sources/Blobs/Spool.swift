import Formats
import Glibc
package import RegistryModel

/// Where uploads wait until a publish commits or ends.
///
/// A small upload waits in memory and becomes a file when a store takes it. A spooled file has a random name in a directory on the same file system as the blobs, so that keeping it is a rename.
/// What a crash leaves there belongs to nobody and is swept at the next start.
package struct Spool: Sendable {
    private let directory: String
    private let random: any RandomSource
    private let pool: BlockingPool
    private let probe = SpoolProbe()
    private let memory = SpoolMemory(limit: 32 << 20)
    private let openFiles: OpenFileBudget

    /// Uses `directory`, which must exist; `openFiles` bounds the uploads that are files at once.
    package init(
        directory: String, random: any RandomSource, pool: BlockingPool,
        openFiles: OpenFileBudget = OpenFileBudget()
    ) {
        self.openFiles = openFiles
        self.directory = directory
        self.random = random
        self.pool = pool
    }

    /// Starts a file that may grow to `limit` bytes.
    package func begin(limit: Int) -> SpoolWriter {
        SpoolWriter(path: freshPath(), limit: limit, pool: pool, openFiles: openFiles)
    }

    /// Makes a file at a fresh path.
    func makeFile() throws(DiskFault) -> OpenSpool { try OpenSpool(path: freshPath(), openFiles: openFiles) }

    /// Memory for the small files of one batch.
    func lease(upTo limit: Int) -> SpoolLease { SpoolLease(of: memory, limit: limit) }

    /// A place for a file that nobody has.
    func freshPath() -> String { directory + "/" + Hex.encode(random.bytes(16)) }

    /// Whether there is room for files in it: tries, at most once in two seconds.
    package func takesFiles() async -> Bool {
        if let known = probe.recent { return known }
        let path = directory + "/" + Hex.encode(random.bytes(16))
        let isGood = (try? await pool.run { try SpoolProbe.write(path) }) != nil
        probe.note(isGood)
        return isGood
    }

    /// Removes files that nobody has written to for `age` seconds: what a crash left behind.
    /// - Returns: How many were removed.
    package func sweep(olderThan age: Int, now: Timestamp) async throws -> Int {
        try await pool.run { [directory] in
            guard let handle = opendir(directory) else { throw DiskFault("opendir") }
            defer { closedir(handle) }
            var removed = 0
            while let entry = readdir(handle) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                let path = directory + "/" + name
                var information = stat()
                guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { continue }
                if now.seconds - Int64(information.st_mtim.tv_sec) >= Int64(age), unlink(path) == 0 { removed += 1 }
            }
            return removed
        }
    }
}

/// One upload on its way to the disk: hashed as it arrives, bounded, gone when it is let go.
package actor SpoolWriter {
    private let path: String
    private let limit: Int
    private let pool: BlockingPool
    private let openFiles: OpenFileBudget
    private var buffer: [UInt8] = []
    private var file: OpenSpool?
    private var received = 0
    /// Why bytes were lost; what remains is not the upload and never becomes a file.
    private var failure: (any Error)?

    /// How many bytes are collected before they are written; an upload of less never becomes a file here.
    private static let flushSize = 256 << 10

    init(path: String, limit: Int, pool: BlockingPool, openFiles: OpenFileBudget) {
        self.path = path
        self.openFiles = openFiles
        self.limit = limit
        self.pool = pool
    }

    /// Appends bytes.
    ///
    /// Throws ``Problem/Code/tooLarge`` past the limit, and the disk's own fault; after either, always the same again.
    package func write(_ bytes: some Collection<UInt8> & Sendable) async throws {
        received += bytes.count
        if received > limit, failure == nil {
            failure = Problem(.tooLarge, "The file is larger than the limit of \(limit) bytes.")
            buffer = []
        }
        if let failure { throw failure }
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.flushSize { try await flush() }
    }

    /// Ends the upload: it is complete and hashed, and on disk (fsynced) unless it is small.
    package func finish() async throws -> SpooledContent {
        if file != nil { try await flush() }
        if let failure { throw failure }
        failure = DiskFault("spool", code: EBADF)
        defer {
            file = nil
            buffer = []
        }
        if let file { return try await pool.run { try file.finish() } }
        return try await pool.run { [buffer, path] in SpooledContent(path: path, bytes: buffer) }
    }

    /// How many bytes have arrived.
    package var count: Int { received }

    private func flush() async throws {
        let pending = buffer
        buffer = []
        let current = file
        let path = path
        if let failure { throw failure }
        do {
            file = try await pool.run { [openFiles] in
                let file = try current ?? OpenSpool(path: path, openFiles: openFiles)
                try file.append(pending)
                return file
            }
        } catch {
            failure = error
            throw error
        }
    }
}

/// The open file behind a ``SpoolWriter``.
///
/// Unchecked because the hasher is mutable: the writer hands the object to one piece of pool work at a time and waits for
/// it, so no two threads ever use it at once.
final class OpenSpool: @unchecked Sendable {
    private let path: String
    private let descriptor: FileDescriptor
    private var hasher = FileHasher()
    private var length = 0
    private var isHandedOn = false

    init(path: String, openFiles: OpenFileBudget) throws(DiskFault) {
        self.path = path
        descriptor = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, within: openFiles)
    }

    deinit {
        if !isHandedOn { unlink(path) }
    }

    func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            hasher.update(buffer)
            try descriptor.write(buffer)
        }
        length += bytes.count
    }

    func finish() throws -> SpooledContent {
        try descriptor.synchronize()
        isHandedOn = true
        return SpooledContent(path: path, descriptor: descriptor, length: length, digests: hasher.finalize())
    }
}
