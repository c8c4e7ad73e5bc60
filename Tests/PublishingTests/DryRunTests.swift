import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Dry runs")
struct DryRunTests {
    /// How many rows there are in every table that a publish writes.
    private func rows(_ registry: TestRegistry) async throws -> [Int] {
        let statements: [SQL] = [
            "SELECT 1 AS n FROM projects", "SELECT 1 AS n FROM project_members", "SELECT 1 AS n FROM releases",
            "SELECT 1 AS n FROM files", "SELECT 1 AS n FROM blobs", "SELECT 1 AS n FROM dependencies",
            "SELECT 1 AS n FROM tags", "SELECT 1 AS n FROM events", "SELECT 1 AS n FROM outbox",
            "SELECT 1 AS n FROM stagings",
        ]
        return try await registry.driver.read { connection in
            try statements.map { try connection.query($0).count }
        }
    }

    @Test("A dry run is answered as the publish would be, and keeps nothing", arguments: TestBackend.allCases)
    func nothingKept(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let before = try await rows(registry)
            let receipt = try await registry.publish("Lantern", "1.0.0", by: alice, isDryRun: true)
            #expect(receipt.isDryRun && receipt.isNewProject && !receipt.isRepeat)
            #expect(receipt.fileNames == ["Lantern-1.0.0.txt"])
            #expect(try await rows(registry) == before)
            #expect(
                registry.storedFiles().filter { !$0.hasPrefix("hallmark.") } == [], "neither a blob nor a spool file")
            #expect(registry.changes.all.isEmpty)
            await expectRefusal(.notFound) { _ = try await registry.history("lantern") }

            let real = try await registry.publish("Lantern", "1.0.0", by: alice)
            #expect(!real.isDryRun && real.isNewProject)
            let after = try await rows(registry)
            let next = try await registry.publish("Lantern", "1.1.0", by: alice, dependencies: ["wick"], isDryRun: true)
            #expect(next.isDryRun && !next.isNewProject)
            #expect(try await rows(registry) == after)
            #expect(try await registry.history("lantern").releases.map(\.version.display) == ["1.0.0"])
        }
    }

    @Test("A dry run is refused as the publish would be", arguments: TestBackend.allCases)
    func refused(backend: TestBackend) async throws {
        try await withRegistry(backend, limits: PublishLimits(projectBytes: 40)) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            await expectRefusal(.versionExists) {
                _ = try await registry.publish("lantern", "1.0.0", by: alice, dependencies: ["x"], isDryRun: true)
            }
            await expectRefusal(.notOwner) {
                _ = try await registry.publish("lantern", "2.0.0", by: bob, isDryRun: true)
            }
            await expectRefusal(.metadataMismatch) {
                _ = try await registry.publish(
                    "lantern", "2.0.0", by: alice, claimedVersion: "3.0.0", isDryRun: true)
            }
            await expectRefusal(.quotaExceeded) {
                _ = try await registry.publish(
                    "lantern", "2.0.0", by: alice, dependencies: ["a-very-long-dependency-name"], isDryRun: true)
            }
            let repeated = try await registry.publish("lantern", "1.0.0", by: alice, isDryRun: true)
            #expect(repeated.isRepeat && repeated.isDryRun)
        }
    }

    @Test("A dry run that asks for staging says so and stages nothing", arguments: TestBackend.allCases)
    func staged(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let before = try await rows(registry)
            let receipt = try await registry.publish(
                "lantern", "1.0.0", by: alice, staging: StagingWish(), isDryRun: true)
            #expect(receipt.staging == nil)
            #expect(receipt.warnings.contains { $0.contains("would be staged") })
            #expect(try await rows(registry) == before)
        }
    }
}
