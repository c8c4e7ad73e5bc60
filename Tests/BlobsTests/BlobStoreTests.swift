import Blobs
import Foundation
import Glibc
import HallmarkTesting
import RegistryModel
import Testing

@Suite("The blob store", .timeLimit(.minutes(10)))
struct BlobStoreTests {
    private static func path(_ digest: SHA256Digest) -> String { "blobs/" + BlobLayout.path(digest) }

    @Test("A blob lies under its digest, for its owner only, and leaves the spool", arguments: [0, 1, 700_000])
    func store(size: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(size)
            let content = try await disk.receive(bytes)
            let digest = content.digests.sha256
            try await disk.store.store(content)
            #expect(disk.folder.files == [Self.path(digest)])
            #expect(try disk.folder.mode(Self.path(digest)) == 0o600)
            for folder in disk.folder.folders where folder.hasPrefix("blobs/") {
                #expect(try disk.folder.mode(folder) == 0o700)
            }
            #expect(try content.read(at: 0, count: .max) == bytes, "who still holds the upload still reads it")
            let blob = try await disk.store.open(digest, size: Int64(size))
            #expect(blob.length == size)
            #expect(try blob.read(at: 0, count: .max) == bytes)
        }
    }

    @Test("The same content again changes nothing")
    func twice() async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(1000)
            var before = stat()
            var after = stat()
            let first = try await disk.receive(bytes)
            try await disk.store.store(first)
            try await disk.store.store(first)
            let path = disk.folder(Self.path(first.digests.sha256))
            #expect(stat(path, &before) == 0)
            func again() async throws { try await disk.store.store(try await disk.receive(bytes, pieces: [7])) }
            try await again()
            #expect(stat(path, &after) == 0)
            #expect(before.st_ino == after.st_ino && after.st_nlink == 1)
            #expect(disk.folder.files == [Self.path(first.digests.sha256)])
        }
    }

    @Test("Many that store the same at once, and different blobs in the same folders")
    func concurrent() async throws {
        try await Disk.with { disk in
            let contents = (0..<12).map { Disk.bytes(300_000, seed: UInt64($0 % 3)) }
            try await withThrowingTaskGroup { group in
                for bytes in contents {
                    group.addTask {
                        let content = try await disk.receive(bytes, pieces: [65_536])
                        try await disk.store.store(content)
                        let blob = try await disk.store.open(content.digests.sha256, size: 300_000)
                        let found = try blob.read(at: 0, count: .max)
                        #expect(found == bytes, "whoever was told that it is kept can read all of it")
                    }
                }
                try await group.waitForAll()
            }
            #expect(disk.folder.files.count == 3)
            #expect(disk.folder.files.allSatisfy { $0.hasPrefix("blobs/") })
        }
    }

    @Test("A blob that is missing, cut off, too long or a folder is noticed")
    func damaged() async throws {
        try await Disk.with { disk in
            let content = try await disk.receive(Disk.bytes(1000))
            let digest = content.digests.sha256
            await #expect(throws: BlobFault.missing(digest)) { _ = try await disk.store.open(digest, size: 1000) }
            try await disk.store.store(content)
            await #expect(throws: BlobFault.wrongLength(digest, expected: 999, found: 1000)) {
                _ = try await disk.store.open(digest, size: 999)
            }
            let path = disk.folder(Self.path(digest))
            for length in [999, 0, 1001] {
                #expect(truncate(path, off_t(length)) == 0)
                await #expect(throws: BlobFault.wrongLength(digest, expected: 1000, found: Int64(length))) {
                    _ = try await disk.store.open(digest, size: 1000)
                }
            }
            #expect(unlink(path) == 0 && mkdir(path, 0o700) == 0)
            await #expect(throws: BlobFault.self) { _ = try await disk.store.open(digest, size: 1000) }
        }
    }

    @Test("Publishing the content again heals a blob of the wrong length", arguments: [0, 10, 2000])
    func heals(length: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(1000)
            let digest = try await keep(bytes, on: disk)
            #expect(truncate(disk.folder(Self.path(digest)), off_t(length)) == 0)
            _ = try await keep(bytes, on: disk)
            #expect(try await disk.store.open(digest, size: 1000).read(at: 0, count: .max) == bytes)
            #expect(disk.folder.files == [Self.path(digest)])
        }
    }

    @Test("Who reads a blob reads on while it is replaced or removed")
    func replaced() async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(400_000)
            let digest = try await keep(bytes, on: disk)
            let path = disk.folder(Self.path(digest))
            let reader = try await disk.store.open(digest, size: 400_000)
            #expect(try reader.read(at: 0, count: 10) == Array(bytes.prefix(10)))
            #expect(rename(path, disk.folder("aside")) == 0)
            _ = try await keep(bytes, on: disk)
            #expect(unlink(disk.folder("aside")) == 0)
            #expect(unlink(path) == 0)
            #expect(try reader.read(at: 0, count: .max) == bytes)
        }
    }

    @Test("A store that cannot keep the content says so and leaves the upload whole", arguments: [100, 300_000])
    func faults(size: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(size)
            let content = try await disk.receive(bytes)
            let hex = content.digests.sha256.hex
            let missing = FileBlobStore(directory: disk.folder("nowhere"), pool: disk.pool)
            await #expect(throws: DiskFault("mkdir", code: ENOENT)) { try await missing.store(content) }
            try disk.folder.write([], to: "blobs/\(hex.prefix(2))")
            await #expect(throws: DiskFault("lstat", code: ENOTDIR)) { try await disk.store.store(content) }
            #expect(unlink(disk.folder("blobs/\(hex.prefix(2))")) == 0)
            _ = try disk.folder.folder(Self.path(content.digests.sha256))
            await #expect(throws: DiskFault("rename", code: EISDIR)) { try await disk.store.store(content) }
            #expect(rmdir(disk.folder(Self.path(content.digests.sha256))) == 0)
            #expect(try content.read(at: 0, count: .max) == bytes)
            try await disk.store.store(content)
            #expect(disk.folder.files == [Self.path(content.digests.sha256)])
        }
    }

    @Test("Spool and blobs on two file systems: refused rather than copied", .enabled(if: TwoFileSystems.available))
    func otherFileSystem() async throws {
        try await Disk.with { disk in
            let directory = "\(TwoFileSystems.other)/hallmark-blobs-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let content = try await disk.receive([1, 2, 3])
            let store = FileBlobStore(directory: directory, pool: disk.pool)
            await #expect(throws: DiskFault("rename", code: EXDEV)) { try await store.store(content) }
        }
    }

    private func keep(_ bytes: [UInt8], on disk: Disk) async throws -> SHA256Digest {
        let content = try await disk.receive(bytes)
        try await disk.store.store(content)
        return content.digests.sha256
    }

    /// The shared memory of Linux, where it is apart from the temporary folder.
    private enum TwoFileSystems {
        static let other = "/dev/shm"

        static var available: Bool {
            var (own, shared) = (stat(), stat())
            return stat(FileManager.default.temporaryDirectory.path, &own) == 0 && stat(other, &shared) == 0
                && own.st_dev != shared.st_dev && access(other, W_OK) == 0
        }
    }
}
