import Blobs
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Files out of an archive", .timeLimit(.minutes(10)))
struct SpoolBatchTests {
    /// How many files are in the spool.
    private static func spooled(_ disk: Disk) -> Int { disk.folder.files.filter { $0.hasPrefix("spool/") }.count }

    private static func append(_ bytes: [UInt8], to name: String, _ batch: SpoolBatch, pieces: Int = .max) {
        var rest = bytes[...]
        repeat {
            rest.prefix(pieces).withUnsafeBytes { batch.append($0, to: name) }
            rest = rest.dropFirst(pieces)
        } while !rest.isEmpty
    }

    @Test(
        "Small ones never touch the spool; all of them have their bytes and digests", arguments: [Int.max, 1000, 7001])
    func contents(pieces: Int) async throws {
        try await Disk.with { disk in
            let sizes = [0, 1, 1000, 65_535, 65_536, 65_537, 300_000]
            let contents = sizes.map { Disk.bytes($0, seed: UInt64($0)) }
            let batch = SpoolBatch(disk.spool, limit: 300_000)
            for (size, bytes) in zip(sizes, contents) { Self.append(bytes, to: "\(size)", batch, pieces: pieces) }
            let files = try batch.finish(sizes.map(String.init) + ["nothing was written to it"])
            #expect(Self.spooled(disk) == 2, "the two that are not small")
            #expect(files.map(\.name) == sizes.map(String.init) + ["nothing was written to it"])
            for (file, bytes) in zip(files, contents + [[]]) {
                let known = try await disk.receive(bytes)
                #expect(file.content.digests == known.digests && file.content.length == bytes.count)
                #expect(try file.content.read(at: 0, count: .max) == bytes)
                try await disk.store.store(file.content)
                let stored = try await disk.store.open(known.digests.sha256, size: Int64(bytes.count))
                #expect(try stored.read(at: 0, count: .max) == bytes)
            }
            #expect(Self.spooled(disk) == 0)
        }
    }

    @Test("Many small ones have no more memory than is theirs together")
    func memory() async throws {
        try await Disk.with { disk in
            let batch = SpoolBatch(disk.spool, limit: 1 << 20)
            let names = (0..<100).map { "file-\($0)" }
            for (index, name) in names.enumerated() {
                Self.append(Disk.bytes(60_000, seed: UInt64(index)), to: name, batch)
            }
            let files = try batch.finish(names)
            // 4 MiB hold 69 of them.
            #expect(Self.spooled(disk) == 31)
            for (index, file) in files.enumerated() {
                #expect(try file.content.read(at: 0, count: .max) == Disk.bytes(60_000, seed: UInt64(index)))
            }
        }
    }

    @Test("All batches have no more memory than is theirs together, and give it back")
    func shared() async throws {
        let bytes = Disk.bytes(64 << 10)
        try await Disk.with { disk in
            func unpack() throws -> [SpooledContent] {
                let batch = SpoolBatch(disk.spool, limit: 1 << 20)
                let names = (0..<64).map { "file-\($0)" }
                for name in names { Self.append(bytes, to: name, batch) }
                return try batch.finish(names).map(\.content)
            }
            // Eight times 4 MiB.
            var held = try (0..<8).map { _ in try unpack() }
            #expect(Self.spooled(disk) == 0)
            held.append(try unpack())
            #expect(Self.spooled(disk) == 64)
            held.removeLast()
            #expect(Self.spooled(disk) == 0, "what is let go is gone")
            held.removeFirst()
            held.append(try unpack())
            #expect(Self.spooled(disk) == 0)
            #expect(try held[7][63].read(at: 0, count: .max) == bytes)
        }
    }

    @Test("One that grew leaves its memory to the next")
    func growing() async throws {
        try await Disk.with { disk in
            let batch = SpoolBatch(disk.spool, limit: 1 << 20)
            let names = (0..<100).map { "file-\($0)" }
            let bytes = Disk.bytes(70_000)
            for name in names { Self.append(bytes, to: name, batch, pieces: 60_000) }
            Self.append(Disk.bytes(60_000), to: "small", batch)
            let files = try batch.finish(names + ["small"])
            #expect(files.count == 101 && Self.spooled(disk) == 100)
        }
    }

    @Test("As many bytes as allowed and not one more, in memory and on disk", arguments: [10, 100_000])
    func limit(limit: Int) async throws {
        try await Disk.with { disk in
            let exact = SpoolBatch(disk.spool, limit: limit)
            Self.append(Disk.bytes(limit), to: "file", exact)
            let files = try exact.finish(["file"])
            #expect(files.map(\.content.length) == [limit])
            let over = SpoolBatch(disk.spool, limit: limit)
            Self.append(Disk.bytes(limit), to: "file", over)
            Self.append([0], to: "file", over)
            Self.append([0], to: "other", over)
            let problem = #expect(throws: Problem.self) { try over.finish(["other"]) }
            #expect(problem?.code == .tooLarge)
        }
    }
}
