import Blobs
import Foundation
import Glibc
import HallmarkTesting
import RegistryModel
import Testing

@Suite("The spool", .timeLimit(.minutes(10)))
struct SpoolTests {
    @Test(
        "The digests are those of the content, however it arrives",
        .enabled(if: SystemPython.isAvailable, "needs python3"))
    func digests() async throws {
        let script = """
            import hashlib, sys
            for line in sys.stdin:
                data = bytes.fromhex(line.strip())
                print(' '.join([hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest(),
                                hashlib.sha1(data).hexdigest(), hashlib.sha512(data).hexdigest(),
                                hashlib.blake2b(data, digest_size=32).hexdigest()]))
            """
        let sizes = [0, 1, 63, 64, 65, 4096, 262_143, 262_144, 262_145, 600_000]
        let contents = sizes.map { Disk.bytes($0, seed: UInt64($0)) }
        let expected = try await SystemPython.lines(of: script, reading: contents.map(Hex.encode))
        try await Disk.with { disk in
            for (bytes, line) in zip(contents, expected) {
                for pieces in [[Int.max], [1000], [1, 70_000, 3], [262_144]] {
                    let content = try await disk.receive(bytes, pieces: pieces)
                    let digests = content.digests
                    let found = [digests.sha256.bytes, digests.md5, digests.sha1, digests.sha512, digests.blake2b256]
                    #expect(found.map(Hex.encode).joined(separator: " ") == line, "\(bytes.count) in \(pieces)")
                    #expect(content.length == bytes.count)
                }
            }
        }
    }

    @Test("What was received can be read at any place")
    func reading() async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(500_000)
            let content = try await disk.receive(bytes, pieces: [9999])
            #expect(try content.read(at: 0, count: .max) == bytes)
            #expect(try content.read(at: 262_140, count: 8) == Array(bytes[262_140..<262_148]))
            #expect(try content.read(at: 499_999, count: 5) == [bytes[499_999]])
            #expect(try content.read(at: 500_000, count: 1) == [])
            #expect(try content.read(at: -1, count: 1) == [])
        }
    }

    @Test("As many bytes as allowed and not one more", arguments: [0, 1, 262_144, 300_000])
    func limit(limit: Int) async throws {
        try await Disk.with { disk in
            let bytes = Disk.bytes(limit)
            let exact = disk.spool.begin(limit: limit)
            try await exact.write(bytes)
            #expect(try await exact.finish().length == limit)

            let over = disk.spool.begin(limit: limit)
            try await over.write(bytes)
            await #expect(throws: Problem.self) { try await over.write([0]) }
            await #expect(throws: Problem.self) { try await over.write([0]) }
            await #expect(throws: Problem.self, "what was cut off is never a file") { _ = try await over.finish() }
            let atOnce = disk.spool.begin(limit: limit)
            await #expect {
                try await atOnce.write(bytes + [0])
            } throws: { error in
                (error as? Problem)?.code == .tooLarge
            }
        }
    }

    @Test("After a fault of the disk nothing can be finished")
    func fault() async throws {
        try await Disk.with { disk in
            let missing = Spool(directory: disk.folder("nowhere"), random: SystemRandomSource(), pool: disk.pool)
            #expect(await !missing.takesFiles())
            #expect(await disk.spool.takesFiles())
            #expect(disk.folder.files == [], "nothing remains of the attempt")
            let writer = missing.begin(limit: 1 << 20)
            await #expect(throws: DiskFault("open", code: ENOENT)) {
                try await writer.write([UInt8](repeating: 0, count: 300_000))
            }
            _ = try disk.folder.folder("nowhere")
            await #expect(throws: DiskFault("open", code: ENOENT), "the first bytes are lost") {
                _ = try await writer.finish()
            }
            await #expect(throws: DiskFault("open", code: ENOENT)) { try await writer.write([0]) }
            await #expect(throws: DiskFault("opendir", code: ENOTDIR)) {
                try disk.folder.write([], to: "file")
                _ = try await Spool(directory: disk.folder("file"), random: SystemRandomSource(), pool: disk.pool)
                    .sweep(olderThan: 0, now: Timestamp(seconds: 0))
            }
        }
    }

    @Test("A name that exists is never followed or written over")
    func taken() async throws {
        try await Disk.with { disk in
            let spool = Spool(directory: disk.folder("spool"), random: Zeros(), pool: disk.pool)
            try disk.folder.write(Array("precious".utf8), to: "target")
            symlink(disk.folder("target"), disk.folder("spool/00000000000000000000000000000000"))
            let writer = spool.begin(limit: 1 << 20)
            await #expect(throws: DiskFault("open", code: EEXIST)) {
                try await writer.write([UInt8](repeating: 1, count: 300_000))
            }
            let small = spool.begin(limit: 10)
            try await small.write([1])
            let content = try await small.finish()
            await #expect(throws: DiskFault("open", code: EEXIST)) { try await disk.store.store(content) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: disk.folder("target"))) == Data("precious".utf8))
        }
    }

    @Test("Nothing stays of an upload that is let go, before or after its end")
    func letGo() async throws {
        try await Disk.with { disk in
            func abandon() async throws {
                let writer = disk.spool.begin(limit: 1 << 20)
                try await writer.write([UInt8](repeating: 1, count: 300_000))
                #expect(disk.folder.files.count == 1)
                #expect(await writer.count == 300_000)
            }
            try await abandon()
            #expect(disk.folder.files == [])
            func finish() async throws {
                let content = try await disk.receive(Disk.bytes(300_000))
                #expect(disk.folder.files.count == 1)
                #expect(content.length == 300_000)
            }
            try await finish()
            #expect(disk.folder.files == [])
            let finished = disk.spool.begin(limit: 5)
            _ = try await finished.finish()
            await #expect(throws: DiskFault.self, "an upload ends once") { _ = try await finished.finish() }
        }
    }

    @Test("A small upload is no file before a store takes it, and leaves nothing where that fails")
    func small() async throws {
        try await Disk.with { disk in
            let content = try await disk.receive([1, 2, 3])
            #expect(disk.folder.files == [])
            #expect(try content.read(at: 1, count: 5) == [2, 3])
            let nowhere = Spool(directory: disk.folder("nowhere"), random: SystemRandomSource(), pool: disk.pool)
            let writer = nowhere.begin(limit: 3)
            try await writer.write([4, 5, 6])
            let lost = try await writer.finish()
            await #expect(throws: DiskFault("open", code: ENOENT)) { try await disk.store.store(lost) }
            #expect(disk.folder.files == [])
            _ = try disk.folder.folder("nowhere")
            try await disk.store.store(lost)
            try await disk.store.store(content)
            #expect(disk.folder.files.count == 2 && disk.folder.files.allSatisfy { $0.hasPrefix("blobs/") })
        }
    }

    @Test("Only the owner may read what waits")
    func permissions() async throws {
        try await Disk.with { disk in
            let content = try await disk.receive(Disk.bytes(300_000))
            let name = try #require(disk.folder.files.first)
            #expect(try disk.folder.mode(name) == 0o600)
            #expect(name.hasPrefix("spool/") && name.utf8.count == "spool/".utf8.count + 32)
            #expect(content.length == 300_000)
        }
    }

    @Test("What a crash left is swept when it is old, and only files are")
    func sweep() async throws {
        try await Disk.with { disk in
            let now = Timestamp(seconds: 1_800_000_000)
            for (name, age) in [("old", 7200), ("exact", 3600), ("young", 3599), ("future", -10)] {
                try disk.folder.write([1], to: "spool/\(name)")
                let date = Date(timeIntervalSince1970: Double(1_800_000_000 - age))
                try FileManager.default.setAttributes(
                    [.modificationDate: date], ofItemAtPath: disk.folder("spool/\(name)"))
            }
            _ = try disk.folder.folder("spool/folder")
            try disk.folder.write([1], to: "elsewhere")
            symlink(disk.folder("elsewhere"), disk.folder("spool/link"))
            let later = now.advanced(bySeconds: 0)
            #expect(try await disk.spool.sweep(olderThan: 3600, now: later) == 2)
            #expect(disk.folder.files == ["elsewhere", "spool/future", "spool/link", "spool/young"])
            #expect(disk.folder.folders.contains("spool/folder"))
            #expect(try await disk.spool.sweep(olderThan: 3600, now: later) == 0)
        }
    }

    @Test("An upload that runs is not swept, and neither is one that has just ended")
    func running() async throws {
        try await Disk.with { disk in
            let writer = disk.spool.begin(limit: 1 << 20)
            try await writer.write([UInt8](repeating: 1, count: 300_000))
            let content = try await disk.receive(Disk.bytes(300_000))
            let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
            #expect(try await disk.spool.sweep(olderThan: 60, now: now) == 0)
            #expect(try await writer.finish().length == 300_000)
            #expect(content.length == 300_000)
        }
    }

    /// Always the same name.
    private struct Zeros: RandomSource {
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    }
}
