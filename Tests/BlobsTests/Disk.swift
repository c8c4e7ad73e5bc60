import Blobs
import HallmarkTesting
import RegistryModel

/// A spool and a store in a folder of one test.
struct Disk: Sendable {
    let folder: TemporaryFolder
    let pool: BlockingPool
    let spool: Spool
    let store: FileBlobStore
    let keeper: FileBlobKeeper

    private init() throws {
        folder = try TemporaryFolder()
        pool = BlockingPool(name: "disk", threads: 4, capacity: 1000)
        spool = Spool(directory: try folder.folder("spool"), random: SystemRandomSource(), pool: pool)
        store = FileBlobStore(directory: try folder.folder("blobs"), pool: pool)
        keeper = FileBlobKeeper(directory: folder("blobs"), pool: pool)
    }

    /// Runs `body` with an empty disk.
    static func with(_ body: @Sendable (Disk) async throws -> Void) async throws {
        let disk = try Disk()
        do {
            try await body(disk)
        } catch {
            try await disk.pool.shutdown()
            throw error
        }
        try await disk.pool.shutdown()
    }

    /// Spools content in pieces of the given sizes, over and over.
    func receive(_ bytes: [UInt8], pieces: [Int] = [.max]) async throws -> SpooledContent {
        let writer = spool.begin(limit: bytes.count)
        var rest = bytes[...]
        var index = 0
        while !rest.isEmpty {
            let piece = rest.prefix(pieces[index % pieces.count])
            try await writer.write(Array(piece))
            rest = rest.dropFirst(piece.count)
            index += 1
        }
        return try await writer.finish()
    }

    /// Bytes that look random and are the same in every run.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
