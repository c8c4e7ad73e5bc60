import HallmarkTesting
import RegistryModel
import Testing

@Suite("Scopes of tokens")
struct TokenScopeTests {
    private let forge = EcosystemID(rawValue: "forge")
    private let anvil = EcosystemID(rawValue: "anvil")

    @Test(
        "Text form",
        arguments: [
            ("read", "read"), ("publish+yank", "publish+yank"),
            ("manage+yank+publish+read", "read+publish+yank+manage"),
            ("read+read", "read"), ("read:*", "read"), ("publish:forge", "publish:forge"),
            ("publish:forge:*", "publish:forge:*"),
            ("publish:forge:@team/*", "publish:forge:@team/*"), ("yank:*:lamp-*", "yank:*:lamp-*"),
            ("read:forge:a:b", "read:forge:a:b"),
        ])
    func text(written: String, printed: String) throws {
        let scope = try #require(TokenScope(written))
        #expect(scope.description == printed)
        #expect(TokenScope(printed) == scope)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", ":", "+", "write", "Read", "read ", " read", "read+", "+read", "read++yank", "read,yank", "read:",
            "read:forge:", "read::x",
            "*", "*:forge", "read:Forge", "read:for ge", "read:f*", "read:forge:a b", "read:forge:x publish",
            "read:forge:a\nb",
            "read:forge:a\u{0}", "read:forge:a\tb", "read:forge:\u{7F}",
        ])
    func refused(text: String) {
        #expect(TokenScope(text) == nil)
    }

    @Test("What is parsed prints as something that parses to the same", arguments: 0..<4)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = ["read", "publish", "yank", "manage", "+", ":", "*", "forge", "a", " ", "@", "/", "é", ""]
        var parsed = 0
        for _ in 0..<4000 {
            let text = (0..<Int.random(in: 1...7, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            guard let scope = TokenScope(text) else { continue }
            parsed += 1
            #expect(TokenScope(scope.description) == scope)
            #expect(!scope.actions.isEmpty)
            #expect(!scope.description.contains(" "), "scopes are stored separated by spaces")
        }
        #expect(parsed > 100)
    }

    @Test("Actions and ecosystems")
    func allows() throws {
        let scope = try #require(TokenScope("publish+yank:forge"))
        #expect(scope.allows(.publish, ecosystem: forge, nameKey: "lamp"))
        #expect(scope.allows(.yank, ecosystem: forge, nameKey: nil))
        #expect(!scope.allows(.publish, ecosystem: anvil, nameKey: "lamp"))
        #expect(!scope.allows(.read, ecosystem: forge, nameKey: "lamp"))
        #expect(!scope.allows(.manage, ecosystem: forge, nameKey: "lamp"))
        let narrow = try #require(TokenScope("publish:forge:*"))
        #expect(!narrow.allows(.publish, ecosystem: forge, nameKey: nil), "a pattern is about projects")
        #expect(narrow.allows(.publish, ecosystem: forge, nameKey: ""))
        #expect(!TokenScope(actions: []).allows(.read, ecosystem: forge, nameKey: nil))
    }

    @Test("Patterns against a naive matcher", arguments: 0..<8)
    func patterns(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var matched = 0
        for _ in 0..<3000 {
            func draw(_ letters: [Character], _ most: Int) -> String {
                String(
                    (0..<Int.random(in: 0...most, using: &generator)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &generator)]
                    })
            }
            let pattern = draw(["a", "b", "*", "*", "é"], 7)
            let text = draw(["a", "b", "b", "é"], 8)
            let scope = TokenScope(actions: [.read], ecosystem: forge, pattern: pattern)
            let expected = Self.matches(pattern[...], text[...])
            matched += expected ? 1 : 0
            #expect(scope.allows(.read, ecosystem: forge, nameKey: text) == expected, "\(pattern) on \(text)")
        }
        #expect(matched > 100)
    }

    @Test("A pattern of many stars is not slow", .timeLimit(.minutes(10)))
    func stars() {
        let pattern = String(repeating: "a*", count: 2000) + "b"
        let scope = TokenScope(actions: [.read], ecosystem: nil, pattern: pattern)
        #expect(!scope.allows(.read, ecosystem: forge, nameKey: String(repeating: "a", count: 20_000)))
    }

    @Test("A principal without scopes may what its user may; with some, only what one of them covers")
    func principal() throws {
        func principal(_ scopes: [String]) throws -> Principal {
            Principal(
                userID: 1, userName: "alice", isAdministrator: false, kind: .token, tokenID: 1,
                scopes: try scopes.map { try #require(TokenScope($0)) })
        }
        #expect(try principal([]).mayUse(.manage, ecosystem: forge, nameKey: nil))
        let two = try principal(["read", "publish:forge:lamp"])
        #expect(two.mayUse(.read, ecosystem: anvil, nameKey: "x"))
        #expect(two.mayUse(.publish, ecosystem: forge, nameKey: "lamp"))
        #expect(!two.mayUse(.publish, ecosystem: forge, nameKey: "lamps"))
        #expect(!two.mayUse(.yank, ecosystem: forge, nameKey: "lamp"))
    }

    /// The definition of `*`, written out.
    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first != "*" { return text.first == first && matches(pattern.dropFirst(), text.dropFirst()) }
        return matches(pattern.dropFirst(), text) || !text.isEmpty && matches(pattern, text.dropFirst())
    }
}
