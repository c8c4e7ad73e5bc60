import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("MAVEN-3 Staged releases")
struct StagingTests {
    private static let plain = EcosystemID(rawValue: "plain")

    /// What a reader of the database sees of anything that waits.
    private static func traces(_ registry: TestRegistry) async throws -> [String] {
        try await registry.driver.read { connection in
            let tables: [SQL] = ["releases", "files", "dependencies", "projects", "project_members", "tags"]
            return try tables.flatMap { try connection.query("SELECT * FROM \(sql: $0)") }.map { "\($0.values)" }
        }
    }

    @Test("A staged release is nobody's but its publishers' until it is released", arguments: TestBackend.allCases)
    func release(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let mallory = try await registry.person("mallory")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            let before = try await registry.history("lamp")
            let events = try await registry.eventKinds("lamp")
            let receipt = try await registry.publish(
                "lamp", "2.0.0", by: alice, tags: ["next"], staging: StagingWish(label: "two"))
            let key = try #require(receipt.staging?.key)

            let waiting = try await registry.history("lamp")
            #expect(waiting.releases.map(\.version.display) == ["1.0.0"] && waiting.tags.isEmpty)
            #expect(waiting.project == before.project, "not even a new revision is seen")
            #expect(try await registry.eventKinds("lamp") == events)
            await expectRefusal(.notFound) {
                _ = try await registry.catalog.file(
                    Self.plain, name: "lamp", file: "lamp-2.0.0.txt", for: .principal(alice))
            }
            await expectRefusal(.notFound) { _ = try await registry.stagings.find(key, by: mallory) }
            await expectRefusal(.notFound) { try await registry.stagings.release(key, by: mallory) }
            #expect(try await registry.stagings.list(by: mallory).isEmpty)

            let staging = try await registry.stagings.find(key, by: alice)
            #expect(staging.label == "two" && staging.state == .staged && staging.origin == "request")
            let found = try #require(staging.report.releases.first)
            #expect(found.files.map(\.name) == ["lamp-2.0.0.txt"] && found.tags == ["next"])
            let shown = registry.catalog.showing(staging)
            let view = try await shown.history(Self.plain, name: "lamp", for: .principal(alice))
            #expect(view.releases.map(\.version.display) == ["1.0.0", "2.0.0"])
            _ = try await shown.file(Self.plain, name: "lamp", file: "lamp-2.0.0.txt", for: .principal(alice))

            registry.clock.advance(bySeconds: 60)
            try await registry.stagings.release(key, by: alice)
            let after = try await registry.history("lamp")
            let release = try #require(after.releases.last)
            #expect(release.state == .live && release.publishedAt == registry.clock.now())
            #expect(release.files.map(\.publishedAt) == [registry.clock.now()])
            #expect(after.tags == ["next": "2.0.0"] && after.project.latestVersion == "2.0.0")
            #expect(after.project.revision > before.project.revision)
            #expect(try await registry.eventKinds("lamp") == events + ["file.published"])
            await expectRefusal(.conflict) { try await registry.stagings.release(key, by: alice) }
            await expectRefusal(.conflict) { try await registry.stagings.drop(key, by: alice) }
        }
    }

    @Test("What is dropped leaves its coordinates free, and no trace", arguments: TestBackend.allCases)
    func drop(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let receipt = try await registry.publish(
                "lamp", "1.0.0", by: alice, dependencies: ["wick"], staging: StagingWish())
            await expectRefusal(.notFound) { _ = try await registry.history("lamp") }
            try await registry.stagings.drop(try #require(receipt.staging?.key), by: alice)
            #expect(try await Self.traces(registry).isEmpty)
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lamp", "1.0.0", by: bob, dependencies: ["oil"])
            #expect(try await registry.history("lamp").members.map(\.userName) == ["bob"])
        }
    }

    @Test("Nothing waits for ever", arguments: TestBackend.allCases)
    func expiry(backend: TestBackend) async throws {
        try await withRegistry(backend, limits: PublishLimits(stagingDays: 2)) { registry in
            let alice = try await registry.person("alice")
            let receipt = try await registry.publish("lamp", "1.0.0", by: alice, staging: StagingWish())
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await registry.stagings.expire() == 0)
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await registry.stagings.expire() == 1)
            let staging = try await registry.stagings.find(try #require(receipt.staging?.key), by: alice)
            #expect(staging.state == .expired)
            #expect(try await Self.traces(registry).isEmpty)
        }
    }

    @Test("A policy stages every publish, and may ask for a second person", arguments: TestBackend.allCases)
    func policy(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            try await registry.lifecycle.addMember(
                Self.plain, name: "lamp", user: "bob", role: .maintainer, by: alice)
            await expectRefusal(.notOwner) {
                try await registry.stagings.setPolicy(Self.plain, name: "lamp", .direct, by: bob)
            }
            try await registry.stagings.setPolicy(Self.plain, name: "lamp", .secondPerson, by: alice)
            let receipt = try await registry.publish("lamp", "1.1.0", by: bob)
            let key = try #require(receipt.staging?.key)
            await expectRefusal(.forbidden) { try await registry.stagings.release(key, by: bob) }
            #expect(try await registry.stagings.list(by: alice).map(\.key) == [key])
            try await registry.stagings.release(key, by: alice)
            #expect(try await registry.history("lamp").releases.map(\.version.display) == ["1.0.0", "1.1.0"])
        }
    }

    @Test("The second person has sent nothing of what they release", arguments: TestBackend.allCases)
    func accomplice(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let single = EcosystemID(rawValue: "single")
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lamp", "0.1.0", by: alice, fileName: "old.txt", ecosystem: "single")
            try await registry.lifecycle.addMember(single, name: "lamp", user: "bob", role: .maintainer, by: alice)
            try await registry.stagings.setPolicy(single, name: "lamp", .secondPerson, by: alice)
            let staged = try await registry.publish(
                "lamp", "1.0.0", by: alice, fileName: "a.txt", ecosystem: "single")
            await expectRefusal(.conflict, "bob would release his own file") {
                _ = try await registry.publish("lamp", "1.0.0", by: bob, fileName: "b.txt", ecosystem: "single")
            }
            _ = try await registry.publish("lamp", "1.0.0", by: alice, fileName: "c.txt", ecosystem: "single")
            try await registry.stagings.release(try #require(staged.staging?.key), by: bob)
        }
    }

    @Test("A policy that asks for a second person holds for what is staged already", arguments: TestBackend.allCases)
    func laterPolicy(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            let receipt = try await registry.publish("lamp", "2.0.0", by: alice, staging: StagingWish())
            try await registry.stagings.setPolicy(Self.plain, name: "lamp", .secondPerson, by: alice)
            let key = try #require(receipt.staging?.key)
            await expectRefusal(.forbidden) { try await registry.stagings.release(key, by: alice) }
        }
    }

    @Test("Nothing but its staging changes a staged release, and no event tells of it", arguments: TestBackend.allCases)
    func untouched(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            let receipt = try await registry.publish("lamp", "2.0.0", by: alice, staging: StagingWish())
            let events = try await registry.eventKinds("lamp")
            let lifecycle = registry.lifecycle
            await expectRefusal(.notFound) {
                try await lifecycle.remove(Self.plain, name: "lamp", version: "2.0.0", by: alice)
            }
            await expectRefusal(.notFound) {
                try await lifecycle.yank(Self.plain, name: "lamp", version: "2.0.0", reason: nil, by: alice)
            }
            await expectRefusal(.notFound) {
                try await lifecycle.deprecate(Self.plain, name: "lamp", messages: ["2.0.0": "old"], by: alice)
            }
            await expectRefusal(.notFound) {
                try await lifecycle.setTag(Self.plain, name: "lamp", tag: "next", version: "2.0.0", by: alice)
            }
            #expect(try await registry.eventKinds("lamp") == events)
            try await registry.stagings.release(try #require(receipt.staging?.key), by: alice)
            #expect(try await registry.history("lamp").releases.count == 2)
        }
    }

    @Test("What a process left behind in the middle goes too", arguments: TestBackend.allCases)
    func abandoned(backend: TestBackend) async throws {
        try await withRegistry(backend, limits: PublishLimits(stagingDays: 1)) { registry in
            let alice = try await registry.person("alice")
            let staging = try await registry.stagings.begin(Self.plain, label: "lost", by: alice)
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await registry.stagings.expire() == 1)
            #expect(try await registry.stagings.find(staging.key, by: alice).state == .expired)
        }
    }

    @Test("What nobody works on any more comes to an end, on whichever node", arguments: TestBackend.allCases)
    func recovery(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let stagings = registry.stagings
            let empty = try await stagings.begin(Self.plain, label: "empty", by: alice)
            let slow = try await stagings.begin(Self.plain, label: "slow", by: alice)
            let full = try await stagings.begin(Self.plain, label: "full", by: alice)
            for staging in [empty, slow, full] { try await stagings.note(staging.id, .validating) }
            let (lamp, grant) = try await registry.submission("lamp", "1.0.0", by: alice)
            _ = try await registry.publishing.publish([lamp], with: grant, into: full)
            registry.clock.advance(bySeconds: 20)
            try await stagings.extend(slow.id)
            registry.clock.advance(bySeconds: 20)
            #expect(try await stagings.recover() == 2)
            #expect(try await stagings.recover() == 0)
            let failed = try await stagings.find(empty.key, by: alice)
            #expect(failed.state == .failed && failed.report.errors["bundle"]?.count == 1)
            #expect(try await stagings.find(slow.key, by: alice).state == .validating, "somebody works on it")
            #expect(try await stagings.find(full.key, by: alice).state == .staged, "all of it is there")
            try await stagings.release(full.key, by: alice)
            #expect(try await registry.history("lamp").releases.count == 1)

            // Who was taken for dead and was only slow puts nothing into what has come to its end.
            let (wick, _) = try await registry.submission("wick", "1.0.0", by: alice)
            await expectRefusal(.conflict) {
                _ = try await registry.publishing.publish([wick], with: grant, into: empty)
            }
            try await stagings.extend(empty.id)
            registry.clock.advance(bySeconds: 3600)
            #expect(try await stagings.recover() == 1, "the slow one has stopped too")
        }
    }

    @Test("A token that always stages can release nothing", arguments: TestBackend.allCases)
    func token(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let text = try await registry.accounts.createOperatorToken(
                userName: "alice", scopes: [], lifetimeSeconds: 60, alwaysStages: true)
            let robot = try await registry.accounts.authenticate(Credential(secret: text))
            let receipt = try await registry.publish("lamp", "1.0.0", by: robot)
            let key = try #require(receipt.staging?.key)
            await expectRefusal(.forbidden) { try await registry.stagings.release(key, by: robot) }
            try await registry.stagings.release(key, by: alice)
            #expect(try await registry.history("lamp").releases.count == 1)
        }
    }

    @Test("Files of one release join one staging, and none joins what is published", arguments: TestBackend.allCases)
    func files(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let first = try await registry.publish(
                "lamp", "1.0.0", by: alice, fileName: "a.txt", ecosystem: "single", staging: StagingWish())
            // Without asking again: what is staged stays together.
            let second = try await registry.publish(
                "lamp", "1.0.0", by: alice, fileName: "b.txt", ecosystem: "single")
            #expect(first.staging?.key == second.staging?.key)
            let staging = try await registry.stagings.find(try #require(first.staging?.key), by: alice)
            #expect(staging.report.releases.map { $0.files.map(\.name) } == [["a.txt", "b.txt"]])
            try await registry.stagings.release(staging.key, by: alice)
            await expectRefusal(.conflict) {
                _ = try await registry.publish(
                    "lamp", "1.0.0", by: alice, fileName: "c.txt", ecosystem: "single", staging: StagingWish())
            }
        }
    }

    @Test("Several releases are published together or not at all", arguments: TestBackend.allCases)
    func bundle(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("taken", "1.0.0", by: bob)
            let (lamp, grant) = try await registry.submission(
                "lamp", "1.0.0", by: alice, extras: ["lamp-1.0.0.sig", "lamp-1.0.0.doc"])
            let (taken, _) = try await registry.submission("taken", "2.0.0", by: alice)
            do {
                _ = try await registry.publishing.publish([lamp, taken], with: grant)
                Issue.record("a bundle with somebody else's project was taken")
            } catch let refusal as BundleRefusal {
                #expect(refusal.refusals.mapValues { $0.map(\.code) } == ["taken 2.0.0": [.notOwner]])
            }
            await expectRefusal(.notFound) { _ = try await registry.history("lamp") }

            let staging = try await registry.stagings.begin(Self.plain, label: "both", by: alice)
            let (again, _) = try await registry.submission(
                "lamp", "1.0.0", by: alice, extras: ["lamp-1.0.0.sig", "lamp-1.0.0.doc"])
            let (wick, _) = try await registry.submission("wick", "3.0.0", by: alice)
            let receipts = try await registry.publishing.publish([again, wick], with: grant, into: staging)
            #expect(receipts.map { $0.staging?.key } == [staging.key, staging.key])
            #expect(receipts[0].fileNames == ["lamp-1.0.0.txt", "lamp-1.0.0.sig", "lamp-1.0.0.doc"])
            try await registry.stagings.note(staging.id, .staged)
            await expectRefusal(.notFound) { _ = try await registry.history("lamp") }
            try await registry.stagings.release(staging.key, by: alice)
            #expect(try await registry.history("lamp").releases.first?.files.count == 3)
            #expect(try await registry.history("wick").releases.count == 1)
        }
    }

    @Test("A release that scanners would hold is held when it is released", arguments: TestBackend.allCases)
    func held(backend: TestBackend) async throws {
        try await withRegistry(backend, scanners: [Suspicious()]) { registry in
            let alice = try await registry.person("alice")
            let receipt = try await registry.publish("lamp", "1.0.0", by: alice, staging: StagingWish())
            let key = try #require(receipt.staging?.key)
            #expect(try await registry.stagings.find(key, by: alice).report.releases.first?.holds == ["It smells."])
            try await registry.stagings.release(key, by: alice)
            await expectRefusal(.notFound) { _ = try await registry.history("lamp") }
        }
    }

    private struct Suspicious: Publishing.Scanner {
        let name = "nose"

        func findings(in submission: Submission, manifest: Manifest) async throws -> [Finding] {
            [Finding(.hold, "It smells.")]
        }
    }

    @Test("A report comes back as it was written")
    func report() throws {
        var report = StagingReport(errors: ["a 1": ["x", "y"]])
        report.merge(
            StagingReport.Release(
                project: "a", version: "1", files: [.init(name: "f", size: 3, sha256: "00")], tags: ["t"],
                warnings: ["w"], notes: ["n"], holds: ["h"], proofs: ["p"]))
        report.merge(StagingReport.Release(project: "a", version: "1", files: [], warnings: ["w", "v"]))
        #expect(report.releases.count == 1 && report.releases[0].warnings == ["w", "v"])
        #expect(StagingReport(json: try JSONValue.parse(report.json.bytes(), maximumDepth: 16)) == report)
        #expect(StagingReport(json: .null) == StagingReport())
    }
}
