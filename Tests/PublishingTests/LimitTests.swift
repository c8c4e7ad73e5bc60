import Accounts
import Archives
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Limits on publishing")
struct LimitTests {
    @Test("A file past the limit is refused while it arrives, and when its length is announced")
    func fileSize() async throws {
        try await withRegistry(.sqlite, limits: PublishLimits(fileBytes: 1000)) { registry in
            let alice = try await registry.person("alice")
            let plain = EcosystemID(rawValue: "plain")
            await expectRefusal(.tooLarge) {
                _ = try await registry.publishing.open(UploadHead(ecosystem: plain, declaredBytes: 1001), by: alice)
            }
            let grant = try await registry.publishing.open(UploadHead(ecosystem: plain), by: alice)
            let spool = registry.publishing.spool(for: grant)
            try await spool.write([UInt8](repeating: 0, count: 1000))
            await expectRefusal(.tooLarge) { try await spool.write([0]) }
        }
    }

    @Test("A project's files together stay under its quota")
    func quota() async throws {
        try await withRegistry(.sqlite, limits: PublishLimits(projectBytes: 30)) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.0.1", by: alice)
            await expectRefusal(.quotaExceeded) { _ = try await registry.publish("lantern", "1.0.2", by: alice) }
        }
    }

    @Test("New projects per day are limited for user tokens, not for operator tokens")
    func projects() async throws {
        try await withRegistry(.sqlite, limits: PublishLimits(projectsPerDay: 1)) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("one", "1.0.0", by: alice)
            _ = try await registry.publish("two", "1.0.0", by: alice)
            try await registry.enrol(alice.userID, [.totp])
            let user = alice.withToken([.password, .totp])
            await expectRefusal(.projectLimit) { _ = try await registry.publish("three", "1.0.0", by: user) }
            registry.clock.advance(bySeconds: 86_401)
            _ = try await registry.publish("three", "1.0.0", by: user)
        }
    }

    @Test("A release of single files takes more of them for 14 days")
    func closing() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            func publish(_ file: String, _ dependency: String) async throws {
                _ = try await registry.publish(
                    "lantern", "1.0.0", by: alice, dependencies: [dependency], fileName: file, ecosystem: "single")
            }
            try await publish("a.txt", "a")
            registry.clock.advance(bySeconds: 13 * 86_400)
            try await publish("b.txt", "b")
            await expectRefusal(.fileExists, "a file name is used once") { try await publish("B.txt", "c") }
            registry.clock.advance(bySeconds: 2 * 86_400)
            await expectRefusal(.releaseClosed) { try await publish("d.txt", "d") }
            let history = try await registry.catalog.history(
                EcosystemID(rawValue: "single"), name: "lantern", for: .anonymous)
            #expect(history.releases.first?.files.map(\.name) == ["a.txt", "b.txt"])
        }
    }
}
