import Accounts
import HallmarkTesting
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
}
