import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Search, one contract on both databases")
struct SearchTests {
    @Test("Words, prefixes, exact names first, typing errors", arguments: TestBackend.allCases)
    func contract(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            for name in ["lantern", "lantern-oil", "oil", "lanternfish", "candlestick", "wick"] {
                _ = try await registry.publish(name, "1.0.0", by: root)
            }
            func names(_ text: String) async throws -> [String] {
                try await registry.catalog.search(SearchQuery(text: text), for: .anonymous).hits.map(\.project.name.key)
            }
            #expect(try await names("lantern").first == "lantern")
            #expect(Set(try await names("lantern")) == ["lantern", "lantern-oil", "lanternfish"])
            #expect(Set(try await names("LAN")) == ["lantern", "lantern-oil", "lanternfish"])
            #expect(try await names("oil lantern") == ["lantern-oil"], "all words must match")
            #expect(try await names("plain").count == 6, "keywords count")
            #expect(try await names("about wick").contains("wick"), "summaries count")
            #expect(try await names("candelstick") == ["candlestick"], "two letters swapped")
            #expect(try await names("candlstick") == ["candlestick"], "one letter missing")
            #expect(try await names("nothing-like-it").isEmpty)
            #expect(try await names("").isEmpty)
            for hostile in ["\"", "'", "*", "a AND", "NEAR(", "name:x", "!&|()", "%", "\\", "🦊", "--", "a:*&b"] {
                _ = try await names(hostile)
            }
        }
    }

    @Test("Pages, totals and reasons", arguments: TestBackend.allCases)
    func pages(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            for letter in "abcdefgh" { _ = try await registry.publish("lamp-\(letter)", "1.0.0", by: root) }
            let first = try await registry.catalog.search(SearchQuery(text: "lamp", limit: 5), for: .anonymous)
            let second = try await registry.catalog.search(
                SearchQuery(text: "lamp", limit: 5, offset: 5), for: .anonymous)
            #expect(first.total == 8 && second.total == 8)
            #expect(Set((first.hits + second.hits).map(\.project.name.key)).count == 8)
            #expect(first.hits.allSatisfy { $0.owner == "carol" && $0.matched == "the beginning of the name" })
            let elsewhere = SearchQuery(text: "lamp", ecosystem: EcosystemID(rawValue: "single"))
            #expect(try await registry.catalog.search(elsewhere, for: .anonymous).total == 0)
        }
    }

    @Test(
        "What was removed is not found, what was yanked neither once nothing else is left",
        arguments: TestBackend.allCases)
    func removed(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            _ = try await registry.publish("lantern", "1.0.0", by: root)
            try await registry.lifecycle.removeProject(EcosystemID(rawValue: "plain"), name: "lantern", by: root)
            #expect(try await registry.catalog.search(SearchQuery(text: "lantern"), for: .anonymous).total == 0)
        }
    }

    @Test("Only who may see a project finds it, from the moment on that this changes", arguments: TestBackend.allCases)
    func audience(backend: TestBackend) async throws {
        let plain = EcosystemID(rawValue: "plain")
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            let bob = try await registry.person("bob")
            _ = try await registry.publish("lantern", "1.0.0", by: root)
            func finders() async throws -> [String] {
                var found: [String] = []
                for (name, reader) in [
                    ("anybody", Reader.anonymous), ("bob", .principal(bob)), ("carol", .principal(root)),
                ] {
                    let page = try await registry.catalog.search(SearchQuery(text: "lantern"), for: reader)
                    #expect(page.total == page.hits.count)
                    if !page.hits.isEmpty { found.append(name) }
                }
                return found
            }
            #expect(try await finders() == ["anybody", "bob", "carol"])
            try await registry.lifecycle.setVisibility(plain, name: "lantern", .internal, by: root)
            #expect(try await finders() == ["bob", "carol"])
            try await registry.lifecycle.setVisibility(plain, name: "lantern", .private, by: root)
            #expect(try await finders() == ["carol"])
            try await registry.lifecycle.addMember(plain, name: "lantern", user: "bob", role: .maintainer, by: root)
            #expect(try await finders() == ["bob", "carol"])
            try await registry.lifecycle.removeMember(plain, name: "lantern", user: "bob", by: root)
            #expect(try await finders() == ["carol"])
            try await registry.lifecycle.setVisibility(plain, name: "lantern", .public, by: root)
            try await registry.lifecycle.setStatus(plain, name: "lantern", .quarantined, reason: nil, by: root)
            #expect(try await finders().isEmpty)
            try await registry.lifecycle.setStatus(plain, name: "lantern", .active, reason: nil, by: root)
            #expect(try await finders() == ["anybody", "bob", "carol"])
        }
    }

    @Test("Of more matches than are compared the best still come first", arguments: TestBackend.allCases)
    func many(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            func name(_ number: Int) -> String {
                "lamp-" + String(number, radix: 5).map { String(Array("abcde")[$0.wholeNumberValue ?? 0]) }.joined()
            }
            for number in 0..<130 { _ = try await registry.publish(name(number), "1.0.0", by: root) }
            _ = try await registry.publish("lamp", "1.0.0", by: root)
            let query = SearchQuery(text: "lamp", limit: 250)
            let page = try await registry.catalog.search(query, for: .anonymous)
            #expect(page.total == 131)
            #expect(page.hits.first?.project.name.key == "lamp")
            #expect(Set(page.hits.map(\.project.name.key)).count == 131)
        }
    }

    @Test("An index that a migration emptied is written anew", arguments: TestBackend.allCases)
    func rebuild(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let root = try await registry.person("carol", isAdministrator: true)
            for name in ["lantern", "wick"] { _ = try await registry.publish(name, "1.0.0", by: root) }
            let project = try await registry.history("lantern").project
            try await registry.driver.write { connection in
                try SearchIndex(connection).remove(projectID: project.id)
                _ = try SettingStore(connection).establish("search-rebuild", [])
            }
            let query = SearchQuery(text: "lantern")
            #expect(try await registry.catalog.search(query, for: .anonymous).hits.map(\.matched) != ["the name"])
            #expect(try await SearchRebuild(driver: registry.driver).run())
            #expect(try await registry.catalog.search(query, for: .anonymous).hits.map(\.matched) == ["the name"])
            #expect(try await !SearchRebuild(driver: registry.driver).run())
        }
    }
}
