import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("What proves a namespace")
struct NamespaceProofTests {
    @Test("A groupId is proven at its own domain and at those around it, down to two labels")
    func domains() {
        let proof = NamespaceProof(.domain, key: "com.example.lib")
        #expect(proof.domains == ["lib.example.com", "example.com"])
        #expect(proof.isProven(at: "Example.COM"))
        for domain in ["com", "example.org", "other.example.com", "lib.example.com.", "evil-example.com", ""] {
            #expect(!proof.isProven(at: domain), "\(domain)")
        }
        #expect(!NamespaceProof(.domain, key: "com").isClaimable)
        #expect(NamespaceProof(.domain, key: "com..x").domains.isEmpty)
        #expect(NamespaceProof(.domain, key: "com.ex ample").domains.isEmpty)
    }

    @Test(
        "A word is proven by the whole label of a registered domain",
        arguments: [
            (NamespaceKind.scope, "acme", "acme.org", true), (.scope, "@acme", "ACME.dev", true),
            (.scope, "acme", "acme.co.uk", true), (.scope, "acme", "acme.com.au", true),
            (.scope, "acme", "acme.github.io", false), (.scope, "acme", "acme.example.org", false),
            (.scope, "acme", "www.acme.org", false), (.scope, "acme", "acme-inc.org", false),
            (.scope, "acme", "acme", false), (.scope, "acme", "org", false),
            (.scope, "ac_me", "ac-me.org", false), (.prefix, "ac_me", "ac-me.org", true),
            (.scope, "acme", "a.c.m.e", false), (.scope, "acme", "acme.co.com", false),
        ])
    func words(kind: NamespaceKind, key: String, domain: String, isProven: Bool) {
        #expect(NamespaceProof(kind, key: key).isProven(at: domain) == isProven)
        #expect(NamespaceProof(kind, key: key).domains.isEmpty)
    }

    @Test("An account proves a word that it is called, and a groupId that begins with its host's prefix")
    func accounts() throws {
        let host = try #require(CodeHost("code.example https://code.example/{owner}/{repository} example.code"))
        #expect(NamespaceProof(.scope, key: "@Acme").account(on: host) == "acme")
        #expect(NamespaceProof(.domain, key: "example.code.acme.lib").account(on: host) == "acme")
        #expect(NamespaceProof(.domain, key: "example.code").account(on: host) == nil)
        #expect(NamespaceProof(.domain, key: "example.codex.acme").account(on: host) == nil)
        #expect(NamespaceProof(.domain, key: "com.acme").account(on: host) == nil)
        for key in ["..", ".acme", "-acme", "ac/me", "ac%2fme", "ac?me", "ac me", ""] {
            #expect(NamespaceProof(.scope, key: key).account(on: host) == nil, "\(key)")
        }
        #expect(host.address(owner: "acme", repository: "key") == "https://code.example/acme/key")
        for text in ["", "a", "a b", "code.example https://code.example/{owner}", "x ftp://x/{owner}/{repository}"] {
            #expect(CodeHost(text) == nil, "\(text)")
        }
        #expect(CodeHost.standard.count == 4)
    }

    @Test("What proves a groupId proves everything inside, and nothing beside it")
    func inheritance() {
        var generator = SeededGenerator(seed: 20_261_122)
        let labels = ["com", "org", "acme", "lib", "a-b", "x1"]
        for _ in 0..<500 {
            let key = (0..<Int.random(in: 2...6, using: &generator)).map { _ in
                labels.randomElement(using: &generator) ?? "com"
            }
            let outer = NamespaceProof(.domain, key: key.joined(separator: "."))
            let inner = NamespaceProof(.domain, key: (key + ["inner"]).joined(separator: "."))
            #expect(outer.domains.count == key.count - 1)
            for domain in outer.domains { #expect(inner.isProven(at: domain)) }
            let nearest = "inner." + key.reversed().joined(separator: ".")
            #expect(inner.isProven(at: nearest) && !outer.isProven(at: nearest))
            for domain in outer.domains {
                #expect(
                    Array(domain.split(separator: ".").reversed()).map(String.init)
                        == Array(key.prefix(domain.split(separator: ".").count)))
            }
        }
    }

    @Test("A range of names holds what lies in a namespace and nothing else")
    func ranges() throws {
        var generator = SeededGenerator(seed: 7)
        let letters = Array("ab-._/:{~")
        for _ in 0..<2000 {
            let name = String(
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    letters.randomElement(using: &generator) ?? "a"
                })
            for separator in [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")] {
                let range = try #require(NameRange(inside: "ab", separator: separator))
                let isInside = Array(name.utf8).starts(with: Array("ab".utf8) + [separator])
                func precedes(_ left: String, _ right: String) -> Bool {
                    left.utf8.lexicographicallyPrecedes(right.utf8)
                }
                #expect((!precedes(name, range.lower) && precedes(name, range.upper)) == isInside, "\(name)")
            }
        }
    }
}
