import Accounts
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Who may see a project")
struct VisibilityTests {
    private let plain = EcosystemID(rawValue: "plain")

    @Test(
        "Internal for whoever is signed in, private for roles; search and lists agree", arguments: TestBackend.allCases)
    func visibility(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let root = try await registry.person("carol", isAdministrator: true)
            _ = try await registry.publish("lantern", "1.0.0", by: alice)

            func found(_ reader: Reader) async throws -> Int {
                try await registry.catalog.search(SearchQuery(text: "lantern"), for: reader).total
            }
            try await registry.lifecycle.setVisibility(plain, name: "lantern", .internal, by: alice)
            await expectRefusal(.unauthenticated) { _ = try await registry.history("lantern") }
            _ = try await registry.history("lantern", for: .principal(bob))
            #expect(try await found(.anonymous) == 0)
            #expect(try await found(.principal(bob)) == 1)

            try await registry.lifecycle.setVisibility(plain, name: "lantern", .private, by: alice)
            await expectRefusal(.unauthenticated) {
                _ = try await registry.catalog.file(plain, name: "lantern", file: "lantern-1.0.0.txt", for: .anonymous)
            }
            await expectRefusal(.notFound, "a stranger is not told that it exists") {
                _ = try await registry.history("lantern", for: .principal(bob))
            }
            await expectRefusal(.notFound) {
                try await registry.lifecycle.yank(plain, name: "lantern", version: "1.0.0", reason: nil, by: bob)
            }
            _ = try await registry.history("lantern", for: .principal(alice))
            _ = try await registry.history("lantern", for: .principal(root))
            #expect(try await found(.principal(bob)) == 0)
            #expect(try await found(.principal(alice)) == 1)
            #expect(try await registry.catalog.newest(limit: 10).isEmpty)
            #expect(try await registry.catalog.projects(plain, after: nil, limit: 10).isEmpty)
            let events = try await registry.catalog.events(
                try await registry.history("lantern", for: .principal(alice)).project, limit: 10)
            #expect(events.first?.visibility == .private || events.first?.visibility == .internal)
        }
    }

    @Test("A token without the scope to read does not read")
    func readScope() async throws {
        try await withRegistry(.sqlite, visibility: .private) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let publisher = try await registry.principal("alice", scopes: ["publish"])
            await expectRefusal(.notFound) { _ = try await registry.history("lantern", for: .principal(publisher)) }
            #expect(
                try await registry.catalog.search(SearchQuery(text: "lantern"), for: .principal(publisher)).total == 0)
        }
    }
}
