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

@Suite("Backup and restore", .timeLimit(.minutes(10)))
struct UpkeepBackupTests {
    private let plain = EcosystemID(rawValue: "plain")

    /// Where a backup comes from and where it is restored.
    struct Way: Sendable, CustomTestStringConvertible {
        let from: TestBackend
        let into: TestBackend
        let isStream: Bool
        var testDescription: String { "\(from) into \(into), \(isStream ? "stream" : "folder")" }

        static let all = TestBackend.allCases.flatMap { from in
            TestBackend.allCases.flatMap { into in
                [Way(from: from, into: into, isStream: false), Way(from: from, into: into, isStream: true)]
            }
        }
    }

    private func writer(_ registry: TestRegistry) -> BackupWriter {
        BackupWriter(
            core: registry.core, policy: UnpublishPolicy(), scratch: registry.directory.appending(path: "spool").path)
    }

    private func backUp(_ registry: TestRegistry, to folder: String, isStream: Bool) async throws -> BackupWriter.Report
    {
        guard isStream else { return try await writer(registry).run(to: try FolderTarget(folder), key: nil) }
        let descriptor = open("\(folder)/stream.tar", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        return try await writer(registry).run(to: TarTarget(descriptor: descriptor), key: nil)
    }

    /// Restores into a new registry; its database and files go with it.
    private func withRestored(
        _ folder: String, isStream: Bool, into backend: TestBackend,
        _ body: @Sendable (TestRegistry) async throws -> Void
    ) async throws {
        try await withRegistry(backend, hasSchema: false) { target in
            let descriptor = isStream ? open("\(folder)/stream.tar", O_RDONLY) : -1
            defer { if isStream { close(descriptor) } }
            let source: any BackupSource = isStream ? TarSource(descriptor: descriptor) : FolderSource(folder)
            let scratch = target.directory.appending(path: "spool").path
            let reader = try await BackupReader.open(
                source, known: Migration.all.count, pool: target.core.inspectionPool)
            let content = try await reader.receive(scratch: scratch, keeper: target.core.keeper)
            try await Migrator(driver: target.driver, migrations: Migration.all, clock: target.clock).migrate()
            try await reader.load(content, into: target.driver)
            try await BackupReader.rebuildSearch(target.driver)
            try await body(target)
        }
    }

    @Test("Everything comes back, from either database into either", arguments: Way.all)
    func whole(way: Way) async throws {
        try await withFolder { folder in
            try await withRegistry(way.from) { registry in
                let alice = try await registry.person("alice", isAdministrator: true)
                for number in 0..<70 { _ = try await registry.publish("lantern", "1.\(number).0", by: alice) }
                _ = try await registry.publish("wick", "2.0.0-rc.1", by: alice, dependencies: ["lantern"])
                try await registry.lifecycle.yank(plain, name: "lantern", version: "1.3.0", reason: "é\n\"", by: alice)
                try await registry.lifecycle.remove(plain, name: "lantern", version: "1.4.0", by: alice)
                let report = try await backUp(registry, to: folder, isStream: way.isStream)
                #expect(report.blobs == 71 && report.missing.isEmpty)
                let before = try await registry.history("lantern")
                let events = try await registry.catalog.events(before.project, limit: 1000).map(\.body)
                try await withRestored(folder, isStream: way.isStream, into: way.into) { restored in
                    let after = try await restored.history("lantern")
                    #expect(after.project == before.project)
                    #expect(after.releases.map(\.version) == before.releases.map(\.version))
                    #expect(after.releases.map(\.stateReason) == before.releases.map(\.stateReason))
                    #expect(after.releases.map(\.document) == before.releases.map(\.document))
                    #expect(try await restored.catalog.events(after.project, limit: 1000).map(\.body) == events)
                    for release in after.releases {
                        #expect(await restored.core.serves(PlainPackage.bytes("lantern", release.version.display)))
                    }
                    let summary = try await IntegrityCheck(core: restored.core, policy: UnpublishPolicy()).run { _ in }
                    #expect(summary.findings == 0 && summary.files == 71)
                    let found = try await restored.driver.read { connection in
                        try SearchIndex(connection).search(
                            SearchRequest(
                                text: "lantern", ecosystem: nil, audience: .anonymous, limit: 10, offset: 0))
                    }
                    #expect(found.matches.first?.project.name.key == "lantern")
                    // It goes on: with the same people, the same rules, new releases.
                    let again = try await restored.principal("alice")
                    _ = try await restored.publish("lantern", "3.0.0", by: again)
                    await expectRefusal(.fileNameReused) {
                        _ = try await restored.publish("lantern", "1.4.0", by: again)
                    }
                    try await restored.lifecycle.restore(plain, name: "lantern", version: "1.4.0", by: again)
                    #expect(try await restored.history("lantern").project.latestVersion == "3.0.0")
                }
            }
        }
    }

    @Test(
        "What was acknowledged before a backup began is in it, whatever is published meanwhile",
        arguments: TestBackend.allCases)
    func whileServing(backend: TestBackend) async throws {
        try await withFolder { folder in
            try await withRegistry(backend) { registry in
                let alice = try await registry.person("alice")
                let acknowledged = Mutex<[String]>([])
                let isOver = Mutex(false)
                let hasStopped = Mutex(false)
                let publisher = Task {
                    defer { hasStopped.withLock { $0 = true } }
                    var number = 0
                    while !isOver.withLock({ $0 }) {
                        _ = try await registry.publish("busy", "1.0.\(number)", by: alice)
                        acknowledged.withLock { $0.append("1.0.\(number)") }
                        number += 1
                    }
                }
                try await waitUntil("twenty publishes") {
                    acknowledged.withLock { $0.count } >= 20 || hasStopped.withLock { $0 }
                }
                let before = acknowledged.withLock { $0 }
                _ = try await GarbageCollector(core: registry.core, policy: UnpublishPolicy()).run(grace: 0)
                let report = try await backUp(registry, to: folder, isStream: true)
                isOver.withLock { $0 = true }
                try await publisher.value
                #expect(report.missing.isEmpty)
                try await withRestored(folder, isStream: true, into: backend) { restored in
                    let versions = Set(try await restored.history("busy").releases.map(\.version.display))
                    #expect(versions.isSuperset(of: before))
                    for version in versions {
                        #expect(await restored.core.serves(PlainPackage.bytes("busy", version)))
                    }
                    let summary = try await IntegrityCheck(core: restored.core, policy: UnpublishPolicy()).run { _ in }
                    #expect(summary.findings == 0)
                }
            }
        }
    }

    @Test("A second backup copies what is new, and replaces the first")
    func incremental() async throws {
        try await withFolder { folder in
            try await withRegistry(.sqlite) { registry in
                let alice = try await registry.person("alice")
                _ = try await registry.publish("lantern", "1.0.0", by: alice)
                let first = try await backUp(registry, to: folder, isStream: false)
                _ = try await registry.publish("lantern", "1.1.0", by: alice)
                let second = try await backUp(registry, to: folder, isStream: false)
                #expect(first.reused == 0 && second.reused == 1 && second.blobs == 2)
                let snapshots = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/database")
                #expect(snapshots == [second.snapshot])
                try await withRestored(folder, isStream: false, into: .sqlite) { restored in
                    let history = try await restored.history("lantern")
                    #expect(history.releases.count == 2)
                }
            }
        }
    }

    @Test("A missing blob is reported, and the rest can be restored")
    func missing() async throws {
        try await withFolder { folder in
            try await withRegistry(.sqlite) { registry in
                let alice = try await registry.person("alice")
                _ = try await registry.publish("lantern", "1.0.0", by: alice)
                _ = try await registry.publish("lantern", "1.1.0", by: alice)
                let digest = SHA256Digest(hashing: PlainPackage.bytes("lantern", "1.1.0"))
                let blobs = try await registry.core.keeper.list(after: nil, limit: 10).filter { $0.digest == digest }
                _ = try await registry.core.keeper.discard(blobs, at: registry.clock.now())
                try await registry.core.keeper.erase([digest])
                let report = try await backUp(registry, to: folder, isStream: false)
                #expect(report.missing == [digest])
                try await withRestored(folder, isStream: false, into: .sqlite) { restored in
                    #expect(await restored.core.serves(PlainPackage.bytes("lantern", "1.0.0")))
                    let summary = try await IntegrityCheck(core: restored.core, policy: UnpublishPolicy()).run { _ in }
                    #expect(summary.findings == 1)
                }
            }
        }
    }

    @Test("A backup cut off anywhere, or changed anywhere, is refused", arguments: [true, false])
    func damaged(isStream: Bool) async throws {
        try await withFolder { folder in
            try await withRegistry(.sqlite) { registry in
                let alice = try await registry.person("alice")
                for number in 0..<3 { _ = try await registry.publish("lantern", "1.\(number).0", by: alice) }
                _ = try await backUp(registry, to: folder, isStream: isStream)
                let files = FileManager.default
                let paths = try #require(files.enumerator(atPath: folder)).compactMap { $0 as? String }.filter { path in
                    var isFolder: ObjCBool = false
                    return files.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
                }
                var generator = SeededGenerator(seed: 7)
                for path in paths.sorted() {
                    let url = URL(filePath: "\(folder)/\(path)")
                    let whole = try Data(contentsOf: url)
                    let cuts = isStream ? 24 : 1
                    for _ in 0..<cuts where !whole.isEmpty {
                        // The end mark of a stream may lose some of its zeros only at the very end.
                        let end = isStream ? whole.count - 1024 : whole.count
                        try whole.prefix(Int.random(in: 0..<end, using: &generator)).write(to: url)
                        await expectRefusal(.badRequest, "\(path) was cut off") {
                            try await withRestored(folder, isStream: isStream, into: .sqlite) { _ in }
                        }
                    }
                    if !isStream, !whole.isEmpty {
                        var other = whole
                        other[Int.random(in: 0..<other.count, using: &generator)] ^= 1
                        try other.write(to: url)
                        await expectRefusal(.badRequest, "\(path) was changed") {
                            try await withRestored(folder, isStream: false, into: .sqlite) { _ in }
                        }
                        try files.removeItem(at: url)
                        await expectRefusal(.badRequest, "\(path) is not there") {
                            try await withRestored(folder, isStream: false, into: .sqlite) { _ in }
                        }
                    }
                    try whole.write(to: url)
                }
                try await withRestored(folder, isStream: isStream, into: .sqlite) { restored in
                    let history = try await restored.history("lantern")
                    #expect(history.releases.count == 3)
                }
            }
        }
    }

    @Test("A backup of a newer schema is refused, with both numbers")
    func newer() async throws {
        try await withFolder { folder in
            try await withRegistry(.sqlite) { registry in
                _ = try await backUp(registry, to: folder, isStream: false)
                do {
                    _ = try await BackupReader.open(
                        FolderSource(folder), known: 0, pool: registry.core.inspectionPool)
                    Issue.record("it was accepted")
                } catch let problem as Problem {
                    #expect(problem.detail.contains("schema \(Migration.all.count)"))
                    #expect(problem.detail.contains("up to 0"))
                }
            }
        }
    }

    @Test("An export says everything in open forms, and no address unless asked", arguments: TestBackend.allCases)
    func export(backend: TestBackend) async throws {
        try await withFolder { folder in
            try await withRegistry(backend) { registry in
                let alice = try await registry.person("alice")
                _ = try await registry.publish("lantern", "1.0.0", by: alice, dependencies: ["wick"])
                let scratch = registry.directory.appending(path: "spool").path
                let exporter = Exporter(core: registry.core, policy: UnpublishPolicy(), scratch: scratch)
                let report = try await exporter.run(to: try FolderTarget("\(folder)/a"), includingPersonalData: false)
                #expect(report.files == 1 && report.missing.isEmpty)
                func lines(_ name: String, in export: String = "a") throws -> [JSONValue] {
                    try String(contentsOfFile: "\(folder)/\(export)/\(name).jsonl", encoding: .utf8)
                        .split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
                }
                let release = try #require(try lines("releases").first)
                #expect(release["version"] == "1.0.0" && release["dependencies"]?.arrayValue?.count == 1)
                let file = try #require(try lines("files").first)
                let path = try #require(file["path"]?.stringValue)
                #expect(path == "files/plain/lantern/lantern-1.0.0.txt")
                let content = try Data(contentsOf: URL(filePath: "\(folder)/a/\(path)"))
                #expect(file["sha256"]?.stringValue == SHA256Digest(hashing: Array(content)).hex)
                #expect(try lines("events").count == report.lines["events"].map(Int.init))
                #expect(try lines("projects").first?["members"]?.arrayValue?.first?["user"] == "alice")
                #expect(try lines("users").first?["email"] == nil)
                _ = try await exporter.run(to: try FolderTarget("\(folder)/b"), includingPersonalData: true)
                #expect(try lines("users", in: "b").first?["email"] == "alice@example.org")
            }
        }
    }
}
