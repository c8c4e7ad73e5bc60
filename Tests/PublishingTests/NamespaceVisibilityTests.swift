import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Private projects that a namespace's role reaches")
struct NamespaceVisibilityTests {
    private let scoped = EcosystemID(rawValue: "scoped")
    private let plain = EcosystemID(rawValue: "plain")
    private static let formats = [PlainFormat(), PlainFormat(id: "scoped", namespaceKind: .scope)]

    private func publish(_ registry: TestRegistry, _ name: String, in ecosystem: EcosystemID, by principal: Principal)
        async throws
    {
        _ = try await registry.publish(name, "1.0.0", by: principal, ecosystem: ecosystem.rawValue)
    }

    /// What somebody finds under a text, and what lists show that not everybody sees, without those for all.
    private func shown(_ registry: TestRegistry, _ text: String, to principal: Principal) async throws -> [Set<String>]
    {
        let found = try await registry.catalog.search(
            SearchQuery(text: text, ecosystem: scoped), for: .principal(principal))
        let everywhere = try await registry.catalog.search(SearchQuery(text: text), for: .principal(principal))
        let listed = try await registry.catalog.hiddenNames(scoped, for: principal, limit: 100)
        let known = try await registry.catalog.known(
            scoped, keys: ["fire-place", "fire-old", "water-fall"], for: .principal(principal))
        return [
            Set(found.hits.map(\.project.name.display)), Set(everywhere.hits.map(\.project.name.display)),
            Set(listed.map(\.display)), Set(known.map(\.display)),
        ]
    }

    @Test("MAVEN-2 Lists and searches show them, and no others", arguments: TestBackend.allCases)
    func lists(backend: TestBackend) async throws {
        try await withRegistry(backend, visibility: .private, formats: Self.formats) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let carol = try await registry.person("carol")
            try await publish(registry, "fire-old", in: scoped, by: carol)
            registry.clock.advance(bySeconds: 60)
            _ = try await namespaces.assign(scoped, name: "fire", owner: "alice", by: operatorItself)
            try await publish(registry, "fire-place", in: scoped, by: alice)
            try await publish(registry, "water-fall", in: scoped, by: alice)
            try await publish(registry, "firefly", in: scoped, by: alice)
            let none = Array(repeating: Set<String>(), count: 4)
            #expect(try await shown(registry, "fire", to: bob) == none)

            try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .maintainer, by: alice)
            let one = Array(repeating: Set(["fire-place"]), count: 4)
            #expect(try await shown(registry, "fire", to: bob) == one, "what others had before stays theirs")
            #expect(try await shown(registry, "plac", to: bob) == one, "a beginning")
            #expect(try await shown(registry, "fire-plaec", to: bob) == one, "a typing error")
            let listed = try await registry.catalog.projects(scoped, ofUser: "bob", for: .principal(bob))
            #expect(listed.map(\.name.display) == ["fire-place"])
            #expect(try await registry.catalog.projects(scoped, ofUser: "bob", for: .principal(carol)).isEmpty)
            #expect(try await registry.catalog.search(SearchQuery(text: "fire"), for: .anonymous).total == 0)

            let reader = try await registry.principal("bob", scopes: ["read:plain"])
            #expect(try await registry.catalog.hiddenNames(scoped, for: reader, limit: 100).isEmpty)

            try await namespaces.removeMember(scoped, name: "fire", user: "bob", by: alice)
            #expect(try await shown(registry, "fire", to: bob) == none)
        }
    }

    @Test("A prefix reaches the name itself; the owner's older projects belong to it", arguments: TestBackend.allCases)
    func prefixes(backend: TestBackend) async throws {
        try await withRegistry(backend, visibility: .private, formats: Self.formats) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            try await publish(registry, "fire-old", in: plain, by: alice)
            registry.clock.advance(bySeconds: 60)
            _ = try await namespaces.assign(plain, name: "fire", owner: "alice", by: operatorItself)
            try await namespaces.addMember(plain, name: "fire", user: "bob", role: .maintainer, by: alice)
            let names = try await registry.catalog.hiddenNames(plain, for: bob, limit: 100)
            #expect(names.map(\.display) == ["fire-old"])
            let page = try await registry.catalog.search(SearchQuery(text: "fire"), for: .principal(bob))
            #expect(page.total == 1)
        }
    }

    @Test("Many of them are counted and paged as others are", arguments: TestBackend.allCases)
    func many(backend: TestBackend) async throws {
        try await withRegistry(backend, visibility: .private, formats: Self.formats) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let letters = Array("abcdefghijk").map(String.init)
            let carol = try await registry.person("carol")
            for first in letters.prefix(2) { try await publish(registry, "fire-old-\(first)", in: scoped, by: carol) }
            registry.clock.advance(bySeconds: 60)
            _ = try await namespaces.assign(scoped, name: "fire", owner: "alice", by: operatorItself)
            try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .maintainer, by: alice)
            let now = registry.clock.now()
            let ids = registry.core.ids
            let names = letters.flatMap { first in letters.map { "fire-\(first)-\($0)" } }
            try await registry.driver.write { [scoped] connection in
                for name in names {
                    let project = Project(
                        id: ids.next(), ecosystem: scoped,
                        name: ProjectName(display: name, key: name, confusable: name.filter { $0 != "-" }),
                        visibility: .private, status: .active, statusReason: nil, createdAt: now, updatedAt: now,
                        revision: 1, latestVersion: nil, summary: nil)
                    try ProjectStore(connection).insert(project, createdBy: alice.userID)
                    try ProjectStore(connection).setLatest(
                        project.id, version: "1.0", publishedAt: now, summary: nil, keywords: [])
                    try SearchIndex(connection).put(
                        SearchEntry(
                            projectID: project.id, name: name, nameKey: name, summary: "", keywords: [],
                            ecosystem: scoped, visibility: .private, members: []))
                }
            }
            let page = try await registry.catalog.search(
                SearchQuery(text: "fire", limit: 100, offset: 100), for: .principal(bob))
            #expect(page.total == names.count && page.hits.count == names.count - 100)
            #expect(try await registry.catalog.hiddenNames(scoped, for: bob, limit: 1000).count == names.count)
        }
    }
}
