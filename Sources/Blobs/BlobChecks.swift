import Crypto
import RegistryModel
import Synchronization

/// Compares blobs with their digests, each at most once at a time.
final class BlobChecks: Sendable {
    /// How much is read by one piece of work, so that a large blob does not hold a thread for long.
    private static let sliceBytes = 8 << 20
    private static let bufferBytes = 256 << 10

    let memo: BlobMemo
    private let pool: any WorkPool
    private let report: @Sendable (BlobFault) -> Void
    private let running = Mutex<[RegistryModel.SHA256Digest: Task<Bool, any Error>]>([:])

    /// Reads on the threads of `pool`; `report` is told once about each damaged state of a blob.
    init(memo: BlobMemo, pool: any WorkPool, report: @escaping @Sendable (BlobFault) -> Void) {
        self.memo = memo
        self.pool = pool
        self.report = report
    }

    /// Remembers what was found, and reports damage that was not known.
    func note(
        _ finding: BlobMemo.Finding, _ digest: RegistryModel.SHA256Digest, _ identity: FileIdentity?,
        _ fault: BlobFault? = nil
    ) {
        guard memo.note(finding, digest, identity), finding != .intact else { return }
        report(fault ?? .wrongContent(digest))
    }

    /// Whether the content is what was stored; reads it unless that is known.
    func verify(_ file: BlobFile) async throws -> Bool {
        switch file.finding {
        case .intact: return true
        case .damaged: return false
        case .reported, nil: break
        }
        let digest = file.digest
        let (task, isOwn) = running.withLock { running in
            if let task = running[digest] { return (task, false) }
            let task = Task {
                defer { self.running.withLock { $0[digest] = nil } }
                return try await self.compare(file)
            }
            running[digest] = task
            return (task, true)
        }
        let isGood = try await task.value
        if isOwn { return isGood }
        // The one that was read may have been another file: the blob can have been replaced in between.
        switch file.finding {
        case .intact: return true
        case .damaged: return false
        case .reported, nil: return try await compare(file)
        }
    }

    private func compare(_ file: BlobFile) async throws -> Bool {
        var hasher = SHA256()
        var offset = 0
        let start = try file.identity()
        while offset < file.length {
            let (state, from) = (hasher, offset)
            let slice: @Sendable () throws -> (SHA256, Int) = { try Self.hash(file, from: from, state) }
            (hasher, offset) = from == 0 ? try await pool.run(slice) : try await pool.proceed(slice)
            if offset == from { break }
        }
        guard let found = SHA256Digest(Array(hasher.finalize())) else { return false }
        return file.conclude(found, since: start)
    }

    /// Hashes the next slice, less only at the end of the file.
    private static func hash(_ file: BlobFile, from start: Int, _ state: SHA256) throws -> (SHA256, Int) {
        var hasher = state
        var offset = start
        let end = min(file.length, start + sliceBytes)
        try withUnsafeTemporaryAllocation(byteCount: bufferBytes, alignment: 16) { buffer in
            while offset < end {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(bufferBytes, end - offset)])
                let count = try file.read(at: offset, into: room)
                guard count > 0 else { return }
                hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: room[..<count]))
                offset += count
            }
        }
        return (hasher, offset)
    }
}
