import Blobs
import Foundation
import Glibc
import RegistryModel
import Testing

@Suite("The master key", .timeLimit(.minutes(10)))
struct MasterKeyTests {
    private let folder: TemporaryFolder
    private let random = SystemRandomSource()
    private let secret = Array("a signing key".utf8)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func load() throws -> MasterKey { try MasterKey.load(path: folder("master"), random: random) }

    @Test("It is made once, of 32 bytes, for its owner only")
    func creation() throws {
        let sealed = try load().seal(secret, for: "here")
        #expect(folder.files == ["master"])
        #expect(try folder.mode("master") == 0o600)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder("master")))
        #expect(bytes.count == 32 && Set(bytes).count > 8)
        #expect(try load().open(sealed, for: "here") == secret)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("master"))) == bytes)
    }

    @Test("Many that start at once agree, and leave nothing else behind", arguments: 0..<10)
    func race(round: Int) async throws {
        let keys = try await withThrowingTaskGroup(of: MasterKey.self) { group in
            for _ in 0..<12 { group.addTask { try load() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let sealed = try keys.map { try $0.seal(secret, for: "here") }
        for box in sealed {
            for key in keys { #expect(try key.open(box, for: "here") == secret) }
        }
        #expect(folder.files == ["master"])
    }

    @Test(
        "A file that others may read is refused", arguments: [0o640, 0o604, 0o601, 0o610, 0o620, 0o602, 0o644, 0o777])
    func exposed(mode: Int) throws {
        try folder.write([UInt8](repeating: 1, count: 32), to: "master", mode: mode)
        #expect(throws: SealFault.exposedKeyFile(folder("master"))) { try load() }
        #expect(try folder.mode("master") == mode_t(mode), "the operator decides what becomes of it")
    }

    @Test("A file that only its owner may read is taken", arguments: [0o600, 0o400, 0o700])
    func owned(mode: Int) throws {
        try folder.write([UInt8](repeating: 1, count: 32), to: "master", mode: mode)
        _ = try load()
    }

    @Test("A file of another length is refused and stays", arguments: [0, 1, 31, 33, 64, 65, 1 << 20])
    func malformed(length: Int) throws {
        let bytes = [UInt8](repeating: 7, count: length)
        try folder.write(bytes, to: "master")
        #expect(throws: SealFault.malformedKeyFile(folder("master"))) { try load() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("master"))) == Data(bytes))
    }

    @Test("No folder, no key")
    func noFolder() throws {
        #expect(throws: DiskFault("open", code: ENOENT)) {
            try MasterKey.load(path: folder("keys/master"), random: random)
        }
        try folder.write([], to: "file")
        #expect(throws: DiskFault("open", code: ENOTDIR)) {
            try MasterKey.load(path: folder("file/master"), random: random)
        }
    }

    @Test("What is sealed opens in its place only")
    func place() throws {
        let key = try load()
        let sealed = try key.seal(secret, for: "row 1")
        #expect(try key.open(sealed, for: "row 1") == secret)
        for place in ["row 2", "row 1 ", "", "row 10", "Row 1"] {
            #expect(throws: SealFault.notAuthentic, "\(place)") { try key.open(sealed, for: place) }
        }
        #expect(try key.open(try key.seal([], for: ""), for: "") == [])
    }

    @Test("Sealing twice gives different bytes that say nothing of the secret")
    func nonce() throws {
        let key = try load()
        let boxes = try (0..<200).map { _ in try key.seal(secret, for: "here") }
        #expect(Set(boxes).count == 200)
        #expect(Set(boxes.map { Array($0.prefix(12)) }).count == 200)
        #expect(boxes.allSatisfy { !$0.contains(secret) })
    }

    @Test("One changed bit, a missing or a further byte, or another key, and it does not open")
    func authentic() throws {
        let key = try load()
        let sealed = try key.seal(secret, for: "here")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1 << UInt8(place % 8)
            #expect(throws: SealFault.notAuthentic) { try key.open(changed, for: "here") }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealFault.notAuthentic) { try key.open(Array(sealed.prefix(length)), for: "here") }
        }
        #expect(throws: SealFault.notAuthentic) { try key.open(sealed + [0], for: "here") }
        let other = try MasterKey.load(path: folder("other"), random: random)
        #expect(throws: SealFault.notAuthentic) { try other.open(sealed, for: "here") }
    }
}
