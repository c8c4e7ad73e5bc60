import Accounts
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

/// A project is held to the source repository that it named first (PACKAGIST-2).
@Suite("Source repositories")
struct SourcePinningTests {
    private static let shared = EcosystemID(rawValue: "shared")

    @Test(
        "A release from elsewhere freezes the project until an owner confirms the repository",
        arguments: TestBackend.allCases)
    func freeze(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            func publish(_ version: String, _ source: String?, by principal: Principal) async throws {
                let lines = source.map { ["https://\($0)"] } ?? []
                _ = try await registry.publish("lamp", version, by: principal, dependencies: lines, ecosystem: "shared")
            }
            try await publish("1.0.0", nil, by: alice)
            try await publish("1.1.0", "host.example/lamp", by: alice)
            try await publish("1.2.0", "HOST.example/lamp", by: alice)
            try await publish("1.3.0", nil, by: alice)
            await expectRefusal(.sourceMismatch) { try await publish("1.4.0", "host.example/other", by: alice) }
            await expectRefusal(.sourceMismatch, "also from where it always came") {
                try await publish("1.4.0", "host.example/lamp", by: alice)
            }
            await expectRefusal(.sourceMismatch, "also from nowhere") { try await publish("1.4.0", nil, by: alice) }
            // What was published before is repeated as ever.
            try await publish("1.1.0", "host.example/lamp", by: alice)

            let publisher = try await registry.principal("alice", scopes: ["publish:shared"])
            await expectRefusal(.insufficientScope) {
                try await registry.lifecycle.setSource(Self.shared, name: "lamp", address: nil, by: publisher)
            }
            await expectRefusal(.badRequest) {
                try await registry.lifecycle.setSource(Self.shared, name: "lamp", address: "x", by: alice)
            }
            try await registry.lifecycle.setSource(
                Self.shared, name: "lamp", address: "https://host.example/other", by: alice)
            try await publish("1.4.0", "host.example/other", by: alice)
            await expectRefusal(.sourceMismatch) { try await publish("1.5.0", "host.example/lamp", by: alice) }
            try await registry.lifecycle.setSource(Self.shared, name: "lamp", address: nil, by: alice)
            try await publish("1.5.0", "host.example/lamp", by: alice)

            let history = try await registry.catalog.history(Self.shared, name: "lamp", for: .anonymous)
            let kinds = try await registry.catalog.events(history.project, limit: 100).map(\.kind)
            #expect(kinds.count { $0 == "project.frozen" } == 2 && kinds.count { $0 == "project.source" } == 2)
        }
    }

    @Test("An ecosystem that holds nobody to a repository takes what comes", arguments: TestBackend.allCases)
    func otherEcosystems(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            for (version, source) in [("1.0.0", "https://a.example/x"), ("1.1.0", "https://b.example/y")] {
                _ = try await registry.publish("lamp", version, by: alice, dependencies: [source])
            }
            #expect(try await registry.history("lamp").releases.count == 2)
        }
    }
}
