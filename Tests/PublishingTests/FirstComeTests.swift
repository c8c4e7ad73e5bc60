import Accounts
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

/// Names that belong to whoever has published among them first (PACKAGIST-2).
@Suite("First come")
struct FirstComeTests {
    private static let shared = EcosystemID(rawValue: "shared")

    @Test("Who has a role on one of the projects may make another, nobody else", arguments: TestBackend.allCases)
    func newProjects(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let mallory = try await registry.person("mallory")
            let carol = try await registry.person("carol", isAdministrator: true)
            func publish(_ name: String, by principal: Principal) async throws {
                _ = try await registry.publish(name, "1.0.0", by: principal, ecosystem: "shared")
            }
            try await publish("lamp-oil", by: alice)
            try await publish("lamp-wick", by: alice)
            await expectRefusal(.namespaceTaken) { try await publish("lamp-shade", by: mallory) }
            // Neither a name that only begins alike nor one without a hyphen is among them.
            try await publish("lamps-shade", by: mallory)
            try await publish("lamp", by: mallory)
            try await publish("lamp-base", by: carol)
            await expectRefusal(.namespaceTaken) { try await publish("lamp-shade", by: mallory) }

            try await registry.lifecycle.addMember(
                Self.shared, name: "lamp-oil", user: "mallory", role: .owner, by: alice)
            try await publish("lamp-shade", by: mallory)
        }
    }

    @Test("A project that nobody sees or that is gone keeps its place", arguments: TestBackend.allCases)
    func hiddenProjects(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let mallory = try await registry.person("mallory")
            for name in ["secret-oil", "gone-oil"] {
                _ = try await registry.publish(name, "1.0.0", by: alice, ecosystem: "shared")
            }
            try await registry.lifecycle.setVisibility(Self.shared, name: "secret-oil", .private, by: alice)
            try await registry.lifecycle.removeProject(Self.shared, name: "gone-oil", by: alice)
            for name in ["secret-wick", "gone-wick"] {
                do {
                    _ = try await registry.publish(name, "1.0.0", by: mallory, ecosystem: "shared")
                    Issue.record("\(name) was taken")
                } catch let problem as Problem {
                    #expect(problem.code == .namespaceTaken && !problem.detail.contains("oil"), "\(problem.detail)")
                }
            }
        }
    }

    @Test("Of two who are first at once, one is", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let people = [try await registry.person("alice"), try await registry.person("bob")]
            let outcomes = await withTaskGroup(of: Problem.Code?.self) { group in
                for (name, person) in zip(["lamp-oil", "lamp-wick"], people) {
                    group.addTask {
                        do {
                            _ = try await registry.publish(name, "1.0.0", by: person, ecosystem: "shared")
                            return nil
                        } catch let problem as Problem {
                            return problem.code
                        } catch {
                            return .internalError
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1 && outcomes.contains(.namespaceTaken), "\(outcomes)")
        }
    }

    @Test("Who may know of which names", arguments: TestBackend.allCases)
    func knownNames(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            for name in ["open-oil", "own-oil", "house-oil"] {
                _ = try await registry.publish(name, "1.0.0", by: alice, ecosystem: "shared")
            }
            try await registry.lifecycle.setVisibility(Self.shared, name: "own-oil", .private, by: alice)
            try await registry.lifecycle.setVisibility(Self.shared, name: "house-oil", .internal, by: alice)
            let catalog = registry.catalog
            func hidden(_ principal: Principal) async throws -> Set<String> {
                Set(try await catalog.hiddenNames(Self.shared, for: principal, limit: 10).map(\.key))
            }
            #expect(try await hidden(alice) == ["own-oil", "house-oil"])
            #expect(try await hidden(bob) == ["house-oil"])
            #expect(try await hidden(registry.principal("alice", scopes: ["read:other"])).isEmpty)
            #expect(try await hidden(registry.principal("alice", scopes: ["read:shared:own-*"])) == ["own-oil"])
            let all = ["open-oil", "own-oil", "house-oil", "none-oil"]
            func known(_ reader: Reader) async throws -> [String] {
                try await catalog.known(Self.shared, keys: all, for: reader).map(\.key)
            }
            #expect(try await known(.anonymous) == ["open-oil"])
            #expect(try await known(.principal(bob)) == ["open-oil", "house-oil"])
            #expect(try await known(.principal(alice)) == ["open-oil", "own-oil", "house-oil"])
        }
    }
}
