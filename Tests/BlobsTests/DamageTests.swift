import Blobs
import Foundation
import Glibc
import HallmarkTesting
import RegistryModel
import Synchronization
import Testing

@Suite("Blobs whose content has changed", .timeLimit(.minutes(10)))
struct DamageTests {
    /// What a store reported.
    private final class Reports: Sendable {
        private let faults = Mutex<[BlobFault]>([])

        var all: [BlobFault] { faults.withLock { $0 } }

        func note(_ fault: BlobFault) { faults.withLock { $0.append(fault) } }
    }

    private static func path(_ digest: SHA256Digest) -> String { "blobs/" + BlobLayout.path(digest) }

    /// Changes one byte of a blob in its place.
    private static func damage(_ disk: Disk, _ digest: SHA256Digest, at offset: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: disk.folder(path(digest))))
        try file.seek(toOffset: UInt64(offset))
        let byte = try file.read(upToCount: 1)?.first ?? 0
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: [byte ^ 0x20])
        try file.close()
    }

    /// A file is taken for intact only when the file system's clock has moved on since its last change.
    private static func settle() async throws {
        try await Task.sleep(for: .milliseconds(150))
    }

    private func withBlob(
        _ size: Int, _ body: @Sendable (Disk, FileBlobStore, [UInt8], SHA256Digest, Reports) async throws -> Void
    ) async throws {
        try await Disk.with { disk in
            let reports = Reports()
            let store = FileBlobStore(directory: disk.folder("blobs"), pool: disk.pool) { reports.note($0) }
            let bytes = Disk.bytes(size)
            let content = try await disk.receive(bytes)
            try await store.store(content)
            try await Self.settle()
            try await body(disk, store, bytes, content.digests.sha256, reports)
        }
    }

    private func open(_ store: FileBlobStore, _ digest: SHA256Digest, _ size: Int) async throws
        -> any VerifiableByteSource
    {
        try #require(try await store.open(digest, size: Int64(size)) as? any VerifiableByteSource)
    }

    @Test("A blob is intact once it was compared, until it changes", arguments: [1, 300_000, 20_000_000])
    func intact(size: Int) async throws {
        try await withBlob(size) { disk, store, _, digest, reports in
            let blob = try await open(store, digest, size)
            #expect(!blob.isIntact, "nobody has looked yet")
            #expect(fcntl(blob.fileDescriptor, F_GETFD) >= 0)
            #expect(try await blob.verify())
            #expect(blob.isIntact)
            #expect(try await open(store, digest, size).isIntact, "what was found holds for everybody")
            #expect(reports.all == [])
            try Self.damage(disk, digest, at: size - 1)
            #expect(!blob.isIntact, "not even for who opened it before")
            #expect(try await !blob.verify())
            await #expect(throws: BlobFault.wrongContent(digest)) {
                _ = try await store.open(digest, size: Int64(size))
            }
            await #expect(throws: BlobFault.wrongContent(digest)) {
                _ = try await store.open(digest, size: Int64(size))
            }
            #expect(reports.all == [.wrongContent(digest)], "reported once")
            #expect(store.damagedBlobs == 1)
        }
    }

    @Test("Storing the same bytes again heals any damage", arguments: [0, 150_000, 299_999])
    func heals(offset: Int) async throws {
        try await withBlob(300_000) { disk, store, bytes, digest, _ in
            try Self.damage(disk, digest, at: offset)
            try await store.store(try await disk.receive(bytes))
            let blob = try await open(store, digest, bytes.count)
            #expect(try blob.read(at: 0, count: .max) == bytes)
            try await Self.settle()
            #expect(try await blob.verify())
            #expect(disk.folder.files == [Self.path(digest)])
        }
    }

    @Test("Damage that is found, restored from elsewhere, is looked at again")
    func restored() async throws {
        try await withBlob(5000) { disk, store, bytes, digest, reports in
            try Self.damage(disk, digest, at: 17)
            #expect(try await !open(store, digest, 5000).verify())
            try disk.folder.write(bytes, to: Self.path(digest))
            #expect(try await open(store, digest, 5000).verify())
            #expect(reports.all.count == 1)
        }
    }

    @Test("What a reader of all bytes found is taken in")
    func concluded() async throws {
        try await withBlob(5000) { disk, store, _, digest, reports in
            let blob = try await open(store, digest, 5000)
            #expect(blob.conclude(digest))
            #expect(blob.isIntact)
            try Self.damage(disk, digest, at: 3)
            let damaged = try await open(store, digest, 5000)
            let other = try #require(SHA256Digest([UInt8](repeating: 7, count: 32)))
            #expect(!damaged.conclude(other))
            await #expect(throws: BlobFault.wrongContent(digest)) { _ = try await store.open(digest, size: 5000) }
            #expect(reports.all == [.wrongContent(digest)])
        }
    }

    @Test("A file that changed while it was read is intact for nobody")
    func changedMeanwhile() async throws {
        try await withBlob(5000) { disk, store, _, digest, _ in
            let blob = try await open(store, digest, 5000)
            try Self.damage(disk, digest, at: 3)
            #expect(blob.conclude(digest), "who read it before the change has read the right bytes")
            #expect(!blob.isIntact)
            #expect(try await !blob.verify())
        }
    }

    @Test("Many that ask at once wait for one reading, and all get its answer", arguments: [true, false])
    func together(isGood: Bool) async throws {
        try await withBlob(3_000_000) { disk, store, _, digest, reports in
            if !isGood { try Self.damage(disk, digest, at: 2_000_000) }
            try await Self.settle()
            let blobs = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        do {
                            return try await self.open(store, digest, 3_000_000).verify()
                        } catch BlobFault.wrongContent {
                            // Who comes when the damage is known is refused at the door.
                            return false
                        }
                    }
                }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(blobs.allSatisfy { $0 == isGood })
            #expect(reports.all.count == (isGood ? 0 : 1))
        }
    }

    @Test("Missing and cut off blobs are reported once for each state")
    func reports() async throws {
        try await withBlob(1000) { disk, store, _, digest, reports in
            let path = disk.folder(Self.path(digest))
            for _ in 0..<3 {
                #expect(truncate(path, 999) == 0)
                await #expect(throws: BlobFault.self) { _ = try await store.open(digest, size: 1000) }
            }
            let short = BlobFault.wrongLength(digest, expected: 1000, found: 999)
            #expect(reports.all.allSatisfy { $0 == short })
            #expect(unlink(path) == 0)
            let before = reports.all.count
            for _ in 0..<3 {
                await #expect(throws: BlobFault.missing(digest)) { _ = try await store.open(digest, size: 1000) }
            }
            #expect(reports.all.count == before + 1)
        }
    }
}
