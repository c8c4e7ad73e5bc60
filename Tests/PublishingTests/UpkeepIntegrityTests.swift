import Accounts
import Blobs
import Formats
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Synchronization
import Testing

@Suite("Checking what is stored")
struct UpkeepIntegrityTests {
    /// What a check found.
    private final class Findings: Sendable {
        private let seen = Mutex<[IntegrityFinding]>([])

        func note(_ finding: IntegrityFinding) { seen.withLock { $0.append(finding) } }

        /// Kinds of findings and notes.
        var checks: Set<String> { seen.withLock { Set($0.map(\.check)) } }
    }

    private func check(
        _ registry: TestRegistry, core: RegistryCore? = nil, restarts: Bool = true
    ) async throws -> (summary: IntegrityCheck.Summary, checks: Set<String>) {
        let findings = Findings()
        let summary = try await IntegrityCheck(
            core: core ?? registry.core, policy: UnpublishPolicy(), saveInterval: .zero
        ).run(restarts: restarts) { findings.note($0) }
        return (summary, findings.checks)
    }

    private func blob(_ registry: TestRegistry, _ name: String, _ version: String) -> URL {
        let digest = SHA256Digest(hashing: PlainPackage.bytes(name, version))
        return registry.directory.appending(path: "blobs/" + BlobLayout.path(digest))
    }

    @Test("A registry in use is clean", arguments: TestBackend.allCases)
    func clean(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for number in 0..<40 { _ = try await registry.publish("lantern", "1.\(number).0", by: alice) }
            let found = try await check(registry)
            #expect(found.checks.isEmpty && found.summary.files == 40 && found.summary.findings == 0)
            #expect(found.summary.schema == Int64(Migration.all.count))
        }
    }

    @Test("Missing, truncated and changed blobs are found; what nobody needs is noted", arguments: TestBackend.allCases)
    func blobs(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for name in ["whole", "missing", "short", "changed"] {
                _ = try await registry.publish(name, "1.0.0", by: alice)
            }
            _ = try await registry.core.storeOrphan(Array("nobody's".utf8))
            try FileManager.default.removeItem(at: blob(registry, "missing", "1.0.0"))
            try Data("sho".utf8).write(to: blob(registry, "short", "1.0.0"))
            try Data("changed\n1.0.1".utf8).write(to: blob(registry, "changed", "1.0.0"))
            registry.clock.advance(bySeconds: 3000)
            var found = try await check(registry)
            #expect(found.checks == ["blob-missing", "blob-length", "blob-damaged"])
            #expect(found.summary.findings == 3 && found.summary.files == 4 && found.summary.notes == 0)
            registry.clock.advance(bySeconds: 86_400)
            found = try await check(registry)
            #expect(found.checks.isSuperset(of: ["blob-unneeded", "outbox-waiting"]))
            #expect(found.summary.findings == 3)
        }
    }

    @Test("Rows that disagree are found", arguments: TestBackend.allCases)
    func rows(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for name in ["filed", "listed", "counted", "searched", "owned", "hashed"] {
                _ = try await registry.publish(name, "1.0.0", by: alice)
            }
            let projects = try await registry.driver.read { connection in
                try connection.query("SELECT id, name FROM projects").map { (try $0.text("name"), try $0.int("id")) }
            }
            let ids = Dictionary(projects) { first, _ in first }
            func id(_ name: String) throws -> Int64 { try #require(ids[name]) }
            let (filed, listed, counted) = (try id("filed"), try id("listed"), try id("counted"))
            let (searched, owned, hashed) = (try id("searched"), try id("owned"), try id("hashed"))
            try await registry.driver.write { connection in
                try connection.execute("UPDATE files SET is_removed = 1 WHERE project_id = \(filed)")
                try connection.execute("UPDATE projects SET latest_version = \("9.9.9") WHERE id = \(listed)")
                try connection.execute("UPDATE projects SET stored_bytes = 1 WHERE id = \(counted)")
                try SearchIndex(connection).remove(projectID: searched)
                try connection.execute("DELETE FROM project_members WHERE project_id = \(owned)")
                try connection.execute(
                    "UPDATE files SET sha1 = \([UInt8](repeating: 0, count: 20)) WHERE project_id = \(hashed)")
                try connection.execute("DELETE FROM events")
                try connection.execute("UPDATE outbox SET attempts = 20")
                try connection.execute("DELETE FROM blobs")
            }
            let found = try await check(registry)
            #expect(
                found.checks == [
                    "release-without-files", "latest-version", "shown-version", "stored-bytes", "search",
                    "project-without-owner", "file-digests", "work-without-event", "outbox-stuck", "blob-not-listed",
                ])
        }
    }

    @Test(
        "A shown version that is not the newest, or not the tagged one, is found, and is worked out anew by a yank",
        arguments: TestBackend.allCases)
    func shownVersion(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            // More than are looked at at once.
            for number in 0..<130 {
                let name =
                    "lantern-" + String(repeating: "a", count: number / 26)
                    + String(UnicodeScalar(UInt8(ascii: "a") + UInt8(number % 26)))
                _ = try await registry.publish(name, "1.0.0", by: alice)
            }
            for name in ["higher", "tagged", "later"] {
                _ = try await registry.publish(name, "1.0.0", by: alice, tags: name == "tagged" ? ["latest"] : [])
                registry.clock.advance(bySeconds: 60)
                _ = try await registry.publish(name, "2.0.0", by: alice)
            }
            #expect(try await check(registry).checks.isEmpty)
            let changes: [SQL] = [
                "UPDATE projects SET latest_version = \("1.0.0") WHERE name_key = \("higher")",
                "UPDATE projects SET latest_version = \("2.0.0") WHERE name_key = \("tagged")",
                "UPDATE projects SET latest_published_at = latest_published_at - 1 WHERE name_key = \("later")",
                "UPDATE projects SET latest_version = NULL WHERE name_key = \("higher")",
            ]
            let names = ["higher", "tagged", "later", "higher"]
            for (name, change) in zip(names, changes) {
                try await registry.driver.write { _ = try $0.execute(change) }
                let found = try await check(registry)
                #expect(found.checks == ["shown-version"] && found.summary.findings == 1, "\(change)")
                let plain = EcosystemID(rawValue: "plain")
                try await registry.lifecycle.yank(plain, name: name, version: "1.0.0", reason: nil, by: alice)
                try await registry.lifecycle.unyank(plain, name: name, version: "1.0.0", by: alice)
                #expect(try await check(registry).checks.isEmpty, "\(change)")
            }
        }
    }

    @Test("A check that is broken off goes on where it stopped", arguments: TestBackend.allCases)
    func resumed(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for number in 0..<80 { _ = try await registry.publish("lantern", "1.\(number).0", by: alice) }
            struct Broken: Error {}
            let opened = Mutex(0)
            let core = registry.core.replacing(
                blobs: CountingBlobs(base: registry.core.blobs) {
                    let count = opened.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 70 { throw Broken() }
                })
            await #expect(throws: Broken.self) { try await check(registry, core: core, restarts: false) }
            let second = try await check(registry, core: core, restarts: false)
            #expect(second.summary.isResumed && second.summary.files == 80 && second.checks.isEmpty)
            let count = opened.withLock { $0 }
            #expect(count == 70 + 16, "64 files were done, 6 were read twice")
            let third = try await check(registry, core: core, restarts: false)
            #expect(!third.summary.isResumed && third.summary.files == 80)
        }
    }
}

/// Tells of each blob that is opened.
private struct CountingBlobs: BlobStore {
    let base: any BlobStore
    let opening: @Sendable () throws -> Void

    func store(_ content: SpooledContent) async throws { try await base.store(content) }

    func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        try opening()
        return try await base.open(digest, size: size)
    }
}
