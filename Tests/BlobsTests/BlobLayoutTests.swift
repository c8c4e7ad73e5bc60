import Blobs
import Glibc
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Blobs in the layout of earlier versions, and in both", .timeLimit(.minutes(10)))
struct BlobLayoutTests {
    private static let time = Timestamp(microseconds: 1_700_000_000_000_000)

    private func keep(_ bytes: [UInt8], on disk: Disk) async throws -> SHA256Digest {
        let content = try await disk.receive(bytes)
        try await disk.store.store(content)
        return content.digests.sha256
    }

    /// A blob that an earlier version wrote.
    private func keepEarlier(_ bytes: [UInt8], on disk: Disk) async throws -> SHA256Digest {
        let digest = try await keep(bytes, on: disk)
        try BlobLayout.makeEarlier(digest, in: disk.folder("blobs"))
        return digest
    }

    private func path(_ digest: SHA256Digest) -> String { "blobs/" + BlobLayout.path(digest) }

    private func earlier(_ digest: SHA256Digest) -> String { "blobs/" + BlobLayout.earlierPath(digest) }

    @Test("Who is about to serve makes all folders, and a publish then makes none")
    func prepared() async throws {
        try await Disk.with { disk in
            try await disk.store.prepare()
            let before = disk.folder.folders
            #expect(before.filter { $0.hasPrefix("blobs/") }.count == 256)
            #expect(before.contains("blobs/00") && before.contains("blobs/0a") && before.contains("blobs/ff"))
            #expect(try disk.folder.mode("blobs/7f") == 0o700)
            for seed in 0..<20 { _ = try await keep(Disk.bytes(100, seed: UInt64(seed)), on: disk) }
            #expect(disk.folder.folders == before)
            try await disk.store.prepare()
            #expect(disk.folder.files.count == 20)
        }
    }

    @Test("A folder that somebody removed is made again")
    func removedFolder() async throws {
        try await Disk.with { disk in
            try await disk.store.prepare()
            let content = try await disk.receive(Disk.bytes(10))
            #expect(rmdir(disk.folder("blobs/\(content.digests.sha256.hex.prefix(2))")) == 0)
            try await disk.store.store(content)
            #expect(disk.folder.files == [path(content.digests.sha256)])
        }
    }

    @Test("Where no folder can be made, serving goes on")
    func unprepared() async throws {
        try await Disk.with { disk in
            let digest = try await keepEarlier([1, 2, 3], on: disk)
            try await FileBlobStore(directory: disk.folder("nowhere"), pool: disk.pool).prepare()
            #expect(try await disk.store.open(digest, size: 3).read(at: 0, count: 3) == [1, 2, 3])
        }
    }

    @Test(
        "A blob in the earlier layout is read, and gets its place when it is published again", arguments: [0, 300_000])
    func movesOn(size: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(size)
            let digest = try await keepEarlier(bytes, on: disk)
            let reader = try await disk.store.open(digest, size: Int64(size))
            #expect(try reader.read(at: 0, count: .max) == bytes)
            #expect(disk.folder.files == [earlier(digest)], "reading moves nothing")
            _ = try await keep(bytes, on: disk)
            #expect(disk.folder.files == [path(digest)])
            #expect(try await disk.store.open(digest, size: Int64(size)).read(at: 0, count: .max) == bytes)
            #expect(try reader.read(at: 0, count: .max) == bytes)
        }
    }

    @Test("A damaged one in the earlier layout is replaced", arguments: [-1, 0, 999, 2000])
    func heals(length: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(1000)
            let digest = try await keepEarlier(bytes, on: disk)
            if length < 0 {
                try disk.folder.write([UInt8](repeating: 7, count: 1000), to: earlier(digest))
            } else {
                #expect(truncate(disk.folder(earlier(digest)), off_t(length)) == 0)
            }
            _ = try await keep(bytes, on: disk)
            #expect(disk.folder.files == [path(digest)])
            #expect(try await disk.store.open(digest, size: 1000).read(at: 0, count: .max) == bytes)
        }
    }

    @Test("One that a crash left at both paths is one blob, and goes as a whole", arguments: [false, true])
    func both(isSameFile: Bool) async throws {
        try await Disk.with { disk in
            let digest = try await keepEarlier([1, 2, 3], on: disk)
            if isSameFile {
                #expect(link(disk.folder(earlier(digest)), disk.folder(path(digest))) == 0)
            } else {
                try disk.folder.write([1, 2, 3], to: path(digest))
            }
            let blobs = try await disk.keeper.list(after: nil, limit: 10)
            #expect(blobs.map(\.digest) == [digest])
            #expect(try await disk.keeper.discard(blobs, at: Self.time) == [digest])
            #expect(disk.folder.files == ["blobs/.trash/\(digest.hex)"])
            await #expect(throws: BlobFault.missing(digest)) { _ = try await disk.store.open(digest, size: 3) }
            try await disk.keeper.putBack([digest])
            #expect(disk.folder.files == [path(digest)])
        }
    }

    @Test(
        "Blobs of both layouts are listed in the order of their digests, in pages of any size", arguments: [1, 3, 1000])
    func lists(limit: Int) async throws {
        try await Disk.with { disk in
            var expected: [SHA256Digest] = []
            for seed in 0..<60 {
                let bytes = Disk.bytes(10, seed: UInt64(seed))
                expected.append(
                    seed % 2 == 0 ? try await keep(bytes, on: disk) : try await keepEarlier(bytes, on: disk))
            }
            expected.sort { $0.hex < $1.hex }
            var found: [SHA256Digest] = []
            while case let page = try await disk.keeper.list(after: found.last, limit: limit), !page.isEmpty {
                found += page.map(\.digest)
            }
            #expect(found == expected)
            // From a digest in the middle of a folder, too.
            for (index, digest) in expected.enumerated() where index + 1 < expected.count {
                #expect(try await disk.keeper.list(after: digest, limit: 1).first?.digest == expected[index + 1])
            }
        }
    }

    @Test("A blob in the earlier layout is touched, discarded and put back into its place")
    func keeps() async throws {
        try await Disk.with { disk in
            let digest = try await keepEarlier([1, 2, 3], on: disk)
            #expect(try await disk.keeper.touch(digest, at: Self.time))
            let blobs = try await disk.keeper.list(after: nil, limit: 10)
            #expect(blobs == [StoredBlob(digest: digest, size: 3, touchedAt: Self.time)])
            #expect(try await disk.keeper.touch(digest, at: Self.time.advanced(bySeconds: 1)))
            #expect(try await disk.keeper.discard(blobs, at: Self.time) == [], "it was touched since")
            let again = try await disk.keeper.list(after: nil, limit: 10)
            #expect(try await disk.keeper.discard(again, at: Self.time) == [digest])
            #expect(try await disk.keeper.touch(digest, at: Self.time) == false)
            let source = try #require(try await disk.keeper.source(digest))
            #expect(try source.read(at: 0, count: 3) == [1, 2, 3])
            try await disk.keeper.putBack([digest])
            #expect(disk.folder.files == [path(digest)])
        }
    }

    @Test("Whoever reads while a blob gets its place always finds it")
    func readsMeanwhile() async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(5000)
            let digest = try await keep(bytes, on: disk)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for _ in 0..<200 {
                        try BlobLayout.makeEarlier(digest, in: disk.folder("blobs"), copies: true)
                        #expect(unlink(disk.folder("blobs/" + BlobLayout.path(digest))) == 0)
                        _ = try await keep(bytes, on: disk)
                    }
                }
                for _ in 0..<3 {
                    group.addTask {
                        for _ in 0..<2000 {
                            let blob = try await disk.store.open(digest, size: 5000)
                            #expect(blob.length == 5000)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
