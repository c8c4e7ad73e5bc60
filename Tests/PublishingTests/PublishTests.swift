import Accounts
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Publishing")
struct PublishTests {
    @Test(
        "A release is visible after its publish, with its digests, its event and its announcement",
        arguments: TestBackend.allCases)
    func publish(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let receipt = try await registry.publish("Lantern", "1.0.0", by: alice, dependencies: ["wick"])
            #expect(receipt.isNewProject && !receipt.isRepeat && !receipt.isHeld)
            let history = try await registry.history("lantern")
            let release = try #require(history.releases.first)
            #expect(history.project.name.display == "Lantern")
            #expect(history.project.latestVersion == "1.0.0")
            #expect(history.members.map(\.userName) == ["alice"])
            #expect(release.publisherKind == .operatorToken)
            let file = try #require(release.files.first)
            #expect(file.size == Int64("Lantern\n1.0.0\nwick".utf8.count))
            let content = try await registry.catalog.open(file.digests.sha256, size: file.size)
            #expect(try content.read(at: 0, count: 100) == Array("Lantern\n1.0.0\nwick".utf8))
            let details = try await registry.catalog.details(history.project, release: release)
            #expect(details.dependencies.map(\.name) == ["wick"])
            #expect(details.readme?.text == "# Lantern")
            #expect(try await registry.eventKinds("lantern") == ["project.created", "file.published"])
            #expect(registry.changes.all == [history.project.coordinates])
        }
    }

    @Test("The same bytes again change nothing", arguments: TestBackend.allCases)
    func repeated(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let before = try await registry.history("lantern")
            let receipt = try await registry.publish("lantern", "1.0.0", by: alice)
            #expect(receipt.isRepeat)
            let after = try await registry.history("lantern")
            #expect(after.project == before.project)
            #expect(try await registry.eventKinds("lantern").count == 2)
            #expect(registry.storedFiles().count == 1, "the second upload is gone from the spool")
        }
    }

    @Test("A published version cannot be replaced, in no spelling", arguments: TestBackend.allCases)
    func immutable(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            await expectRefusal(.versionExists) {
                _ = try await registry.publish("lantern", "1.0.0", by: alice, dependencies: ["other"])
            }
            await expectRefusal(.versionExists, "build metadata does not make another version") {
                _ = try await registry.publish("lantern", "1.0.0+b", by: alice)
            }
            #expect(try await registry.history("lantern").releases.count == 1)
        }
    }

    @Test("Of two publishes of one version at once, one wins and the other conflicts", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let outcomes = await withTaskGroup(of: Problem.Code?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await registry.publish(
                                "lantern", "1.0.0", by: alice, dependencies: ["d\("x".repeated(number))"])
                            return nil
                        } catch { return (error as? Problem)?.code ?? .internalError }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .versionExists }.count == 7)
            #expect(try await registry.history("lantern").releases.count == 1)
        }
    }

    @Test("A stranger cannot publish, a maintainer can", arguments: TestBackend.allCases)
    func roles(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            await expectRefusal(.notOwner) { _ = try await registry.publish("lantern", "1.1.0", by: bob) }
            let plain = EcosystemID(rawValue: "plain")
            try await registry.lifecycle.addMember(plain, name: "lantern", user: "Bob", role: .maintainer, by: alice)
            _ = try await registry.publish("lantern", "1.1.0", by: bob)
            await expectRefusal(.notOwner, "a maintainer does not manage people") {
                try await registry.lifecycle.addMember(plain, name: "lantern", user: "bob", role: .owner, by: bob)
            }
        }
    }

    @Test("A token's scope bounds what its user may do")
    func scopes() async throws {
        try await withRegistry(.sqlite) { registry in
            _ = try await registry.person("alice")
            let reader = try await registry.principal("alice", scopes: ["read"])
            await expectRefusal(.insufficientScope) { _ = try await registry.publish("lantern", "1.0.0", by: reader) }
            let narrow = try await registry.principal("alice", scopes: ["publish:plain:lan*"])
            _ = try await registry.publish("lantern", "1.0.0", by: narrow)
            await expectRefusal(.insufficientScope) { _ = try await registry.publish("oil", "1.0.0", by: narrow) }
            let elsewhere = try await registry.principal("alice", scopes: ["publish:other"])
            await expectRefusal(.insufficientScope) {
                _ = try await registry.publish("lantern", "2.0.0", by: elsewhere)
            }
        }
    }

    @Test("Look-alikes of an existing name are refused, but not to administrators", arguments: TestBackend.allCases)
    func confusable(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("oil-lamp", "1.0.0", by: alice)
            await expectRefusal(.nameConfusable) { _ = try await registry.publish("oillamp", "1.0.0", by: alice) }
            let root = try await registry.person("carol", isAdministrator: true)
            _ = try await registry.publish("oillamp", "1.0.0", by: root)
        }
    }

    @Test("An archive that disagrees with the upload, or is none, leaves nothing behind")
    func mismatch() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            await expectRefusal(.metadataMismatch) {
                _ = try await registry.publish("lantern", "1.0.0", by: alice, claimedVersion: "2.0.0")
            }
            let plain = EcosystemID(rawValue: "plain")
            let grant = try await registry.publishing.open(UploadHead(ecosystem: plain), by: alice)
            let spool = registry.publishing.spool(for: grant)
            try await spool.write(Array("broken".utf8))
            await expectRefusal(.archiveInvalid) {
                let file = try await spool.finish(name: "x.txt")
                _ = try await registry.publishing.publish(
                    Submission(ecosystem: plain, name: "x", version: "1.0.0", files: [file], claim: .null), with: grant)
            }
            #expect(registry.storedFiles().isEmpty)
            await expectRefusal(.notFound) { _ = try await registry.history("lantern") }
        }
    }

    @Test("An upload that is cut off leaves nothing behind")
    func cutOff() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            let plain = EcosystemID(rawValue: "plain")
            do {
                let grant = try await registry.publishing.open(UploadHead(ecosystem: plain), by: alice)
                let spool = registry.publishing.spool(for: grant)
                try await spool.write([UInt8](repeating: 7, count: 300_000))
                #expect(registry.storedFiles().count == 1, "the upload is in the spool")
            }
            #expect(registry.storedFiles().isEmpty)
        }
    }

    @Test("A scanner that faults holds the release, one that refuses ends it")
    func scanners() async throws {
        try await withRegistry(.sqlite, scanners: [FaultyScanner()]) { registry in
            let alice = try await registry.person("alice")
            let receipt = try await registry.publish("lantern", "1.0.0", by: alice)
            #expect(receipt.isHeld)
            await expectRefusal(.notFound, "held releases are not visible") {
                _ = try await registry.history("lantern")
            }
            let found = try await registry.catalog.search(SearchQuery(text: "lantern"), for: .anonymous)
            #expect(found.total == 0)
            await expectRefusal(.forbidden) { _ = try await registry.publish("malware", "1.0.0", by: alice) }
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}

/// Refuses `malware` and breaks on everything else.
private struct FaultyScanner: Publishing.Scanner {
    struct Broken: Error {}

    let name = "faulty"

    func findings(in submission: Submission, manifest: Manifest) async throws -> [Finding] {
        guard manifest.name.key != "malware" else { return [Finding(.refuse, "it says so itself")] }
        throw Broken()
    }
}
