import HallmarkTesting
import RegistryModel
import Testing

@testable import Ecosystems

@Suite("Composer's lists")
struct ComposerListTests {
    @Test(
        "Patterns",
        arguments: [
            ("hm/*", "hm/tiny", true), ("hm/*", "hmm/tiny", false), ("*", "a/b", true), ("a/b", "a/b", true),
            ("a/b", "a/bc", false), ("*tiny", "hm/tiny", true), ("h*/t*y", "hm/tiny", true),
            ("h*/t*yy", "hm/tiny", false),
            ("HM/*", "hm/tiny", true), ("*a*a*", "a/b", false), ("*a*a*", "a/ba", true), ("", "a/b", false),
            ("a*a", "a", false),
        ])
    func patterns(pattern: String, name: String, matches: Bool) throws {
        #expect(try #require(ComposerPattern(pattern)).matches(name) == matches)
    }

    @Test("Patterns of any length take time in proportion to the name")
    func hostilePattern() throws {
        #expect(ComposerPattern(String(repeating: "*a", count: 300)) == nil)
        let pattern = try #require(ComposerPattern(String(repeating: "*a", count: 200)))
        #expect(!pattern.matches(String(repeating: "a", count: 199)))
        #expect(pattern.matches(String(repeating: "a", count: 200)))
    }

    @Test("Vendors are named one by one, and by their beginnings where there are too many", arguments: [2, 5, 6, 100])
    func vendors(limit: Int) async throws {
        let names = [
            "a/x", "ab-c/x", "ab.d/x", "ab/x", "ab/y", "ab0/x", "abc/z", "b/x", "bcd/a", "bcde/b", "c0/a", "c1/b",
        ].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let vendors = Set(names.map { ComposerNames.vendor($0) })
        var asked = 0
        let patterns = try await ComposerVendors.patterns(atMost: limit) { after in
            asked += 1
            return names.first { after ?? "" < $0 }
        }
        #expect(asked <= 2 * names.count + 3)
        for name in names {
            #expect(try patterns.contains { try #require(ComposerPattern($0)).matches(name) }, "\(name): \(patterns)")
        }
        if limit >= vendors.count {
            #expect(Set(patterns) == Set(vendors.map { $0 + "/*" }))
        } else {
            #expect(patterns.allSatisfy { $0.hasSuffix("*") && !$0.contains("/") && $0.utf8.count <= 3 }, "\(patterns)")
        }
        #expect(Set(patterns).count == patterns.count)
    }

    @Test("Pages hold exactly the names that match, whatever the page's size", arguments: [1, 2, 3, 100])
    func pages(size: Int) async throws {
        var random = SeededGenerator(seed: 17)
        let letters = ["a", "b", "ab", "a-b", "a.b", "b0", "0", "zz"]
        func pick() -> String { letters.randomElement(using: &random) ?? "a" }
        let names = Set((0..<60).map { _ in "\(pick())/\(pick())\(pick())" }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        for filters in [[], ["a/*"], ["a/*", "a/a*"], ["ab/bb"], ["*b"], ["zz/*"], ["0/*"], ["none/*"], ["a-b/zz*"]] {
            let patterns = try filters.map { try #require(ComposerPattern($0)) }
            let pages = ComposerNamePages(hidden: ["x/hidden", "a/hidden"], filters: patterns, size: size) { after in
                Array(names.filter { after ?? "" < $0 }.prefix(size))
            }
            var bytes: [UInt8] = []
            while let piece = try await pages.next() { bytes += piece }
            let found = try #require(try JSONValue.parse(bytes)["packageNames"]?.arrayValue).compactMap(\.stringValue)
            let expected = (names + ["x/hidden", "a/hidden"]).filter { name in patterns.allSatisfy { $0.matches(name) }
            }
            #expect(found == expected, "\(filters)")
        }
    }

    @Test("The packages of a form, however they are written")
    func form() throws {
        let form =
            "packages%5B0%5D=hm%2Ftiny&packages[]=Acme/Lamp&packages%5B1%5D=hm%2Ftiny&x=a/b&packages[=..%2Fx&&=&packages[]"
        #expect(try ComposerSecurity.packages(form) == ["acme/lamp", "hm/tiny"])
        let many = (0...5000).map { "packages[]=a/b\($0)" }.joined(separator: "&")
        #expect(throws: Problem.self) { try ComposerSecurity.packages(many) }
    }
}
