import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Bundles whose releases were sent before")
struct BundleRepeatTests {
    private static let plain = EcosystemID(rawValue: "plain")

    private func send(
        _ names: [String], into staging: Staging, _ registry: TestRegistry, by principal: Principal
    ) async throws -> [Receipt] {
        var submissions: [Submission] = []
        var grants: [UploadGrant] = []
        for name in names {
            let (submission, grant) = try await registry.submission(name, "1.0.0", by: principal)
            submissions.append(submission)
            grants.append(grant)
        }
        return try await registry.publishing.publish(submissions, with: try #require(grants.first), into: staging)
    }

    @Test(
        "MAVEN-3 A bundle with what waits in another one is refused with that one's name, and taken once it is released",
        arguments: TestBackend.allCases)
    func waiting(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            // As a server leaves it that dies between the check of a bundle and its release.
            let first = try await registry.stagings.begin(Self.plain, label: "first", by: alice)
            #expect(try await send(["lantern", "wick"], into: first, registry, by: alice).count == 2)
            let second = try await registry.stagings.begin(Self.plain, label: "second", by: alice)
            do {
                _ = try await send(["lantern", "wick"], into: second, registry, by: alice)
                Issue.record("the repeat was taken, and would be told of as published")
            } catch let problem as Problem {
                #expect(problem.code == .versionExists && problem.detail.contains(first.key), "\(problem)")
            }
            try await registry.stagings.note(first.id, .staged)
            try await registry.stagings.release(first.key, by: alice)
            let third = try await registry.stagings.begin(Self.plain, label: "third", by: alice)
            let receipts = try await send(["lantern", "wick"], into: third, registry, by: alice)
            #expect(receipts.count == 2 && receipts.allSatisfy(\.isRepeat))
            #expect(try await registry.history("lantern").releases.map(\.state) == [.live])
        }
    }

    @Test(
        "MAVEN-3 A bundle that is there although its work failed waits, and one that is not there failed",
        arguments: TestBackend.allCases)
    func lostAnswer(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let stagings = registry.stagings
            let full = try await stagings.begin(Self.plain, label: "full", by: alice)
            _ = try await send(["lantern", "wick"], into: full, registry, by: alice)
            try await stagings.giveUp(full.id, errors: ["bundle": ["The disk is full."]])
            let kept = try await stagings.find(full.key, by: alice)
            #expect(kept.state == .staged && kept.report.errors.isEmpty && kept.report.releases.count == 2)
            try await stagings.release(full.key, by: alice)
            #expect(try await registry.history("lantern").releases.map(\.state) == [.live])

            let empty = try await stagings.begin(Self.plain, label: "empty", by: alice)
            try await stagings.giveUp(empty.id, errors: ["bundle": ["The disk is full."]])
            try await stagings.giveUp(empty.id, errors: ["bundle": ["It is still full."]])
            let failed = try await stagings.find(empty.key, by: alice)
            #expect(failed.state == .failed && failed.report.errors == ["bundle": ["The disk is full."]])
        }
    }

    @Test(
        "MAVEN-3 A bundle is published while its server says again and again that it works on it",
        arguments: TestBackend.allCases)
    func heartbeat(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let staging = try await registry.stagings.begin(Self.plain, label: "long", by: alice)
            let heart = Task {
                var beats = 0
                while !Task.isCancelled {
                    try? await registry.stagings.extend(staging.id)
                    beats += 1
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return beats
            }
            let names = "abcdefgh".flatMap { first in "abcdefgh".map { "lamp-\(first)\($0)" } }
            let receipts = try await send(names, into: staging, registry, by: alice)
            heart.cancel()
            #expect(receipts.count == 64)
            #expect(await heart.value > 1)
        }
    }

    @Test(
        "A token for one project is told what came of its bundle, also where nothing of it was taken",
        arguments: TestBackend.allCases)
    func refused(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let narrow = alice.withToken(scopes: ["publish:plain:lantern"])
            let stagings = registry.stagings
            let staging = try await stagings.begin(Self.plain, label: "bundle", by: narrow)
            try await stagings.note(staging.id, .failed, errors: ["lantern": ["a signature is missing"]])
            let found = try await stagings.find(staging.key, by: narrow)
            #expect(found.state == .failed && found.report.errors["lantern"] == ["a signature is missing"])
            for other in [
                bob, bob.withToken(scopes: ["publish:plain:lantern"]), alice.withToken(scopes: ["publish:other"]),
                alice.withToken(scopes: ["manage:plain:lantern"]),
            ] {
                await expectRefusal(.notFound) { _ = try await stagings.find(staging.key, by: other) }
            }
            // The list would tell it what other workflows of the same account sent.
            #expect(try await stagings.list(by: narrow).isEmpty)
            #expect(try await stagings.list(by: alice).map(\.key) == [staging.key])
        }
    }
}
