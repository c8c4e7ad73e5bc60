import Blobs
import Formats
import Glibc
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Files that clients keep open")
struct OpenFileBudgetTests {
    private static let refusal = DiskFault("open", code: EMFILE)

    @Test("As many blobs are open for readers as may be, and others once those are closed")
    func downloads() async throws {
        try await Disk.with { disk in
            let store = FileBlobStore(directory: disk.folder("blobs"), pool: disk.pool, openFiles: OpenFileBudget(2))
            let content = try await disk.receive(Disk.bytes(1000))
            // What stores them opens files, too, and is not counted.
            for _ in 0..<5 { try await store.store(content) }
            let digest = content.digests.sha256
            let missing = SHA256Digest(hashing: [1])
            for _ in 0..<5 {
                await #expect(throws: BlobFault.missing(missing)) { _ = try await store.open(missing, size: 1) }
            }
            var open = [try await store.open(digest, size: 1000), try await store.open(digest, size: 1000)]
            #expect(Self.refusal.kind == .exhausted)
            for _ in 0..<3 {
                await #expect(throws: Self.refusal) { _ = try await store.open(digest, size: 1000) }
            }
            open.removeLast()
            let again = try await waitFor("a free place") { try? await store.open(digest, size: 1000) }
            open.append(again)
            // A publish is not held up by readers.
            for _ in 0..<3 { open.append(try await store.openForPublish(digest, size: 1000)) }
            await #expect(throws: Self.refusal) { _ = try await store.open(digest, size: 1000) }
            #expect(try open.allSatisfy { try $0.read(at: 0, count: 10).count == 10 })
        }
    }

    @Test("As many uploads are files as may be; small ones are none, and what is let go makes room")
    func uploads() async throws {
        try await Disk.with { disk in
            let spool = Spool(
                directory: disk.folder("spool"), random: SystemRandomSource(), pool: disk.pool,
                openFiles: OpenFileBudget(2))
            let large = Disk.bytes(300_000)
            func receive() async throws -> SpooledContent {
                let writer = spool.begin(limit: 1 << 20)
                try await writer.write(large)
                return try await writer.finish()
            }
            var held = [try await receive(), try await receive()]
            await #expect(throws: Self.refusal) { _ = try await receive() }
            let batch = SpoolBatch(spool, limit: 1 << 20)
            Disk.bytes(1000).withUnsafeBytes { batch.append($0, to: "small") }
            #expect(try batch.finish(["small"]).map(\.content.length) == [1000])
            let other = SpoolBatch(spool, limit: 1 << 20)
            large.withUnsafeBytes { other.append($0, to: "large") }
            #expect(throws: Self.refusal) { _ = try other.finish(["large"]) }
            #expect(disk.folder.files.count == 2, "nothing remains of what was refused")
            held.removeLast()
            held.append(try await waitFor("a free place") { try? await receive() })
            await #expect(throws: Self.refusal) { _ = try await receive() }
            #expect(held.count == 2)
        }
    }
}
