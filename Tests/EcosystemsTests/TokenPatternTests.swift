import Ecosystems
import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Patterns of token scopes")
struct TokenPatternTests {
    private static func format(_ id: String) throws -> any PackageFormat {
        let signer = try NPMSigner(privateKey: [UInt8](repeating: 1, count: 32), createdAt: Timestamp(seconds: 0))
        return try #require(Ecosystems.formats(signer: signer).first { $0.ecosystem.rawValue == id })
    }

    /// The projects among some that a pattern covers.
    private static func covered(_ id: String, _ text: String, of names: [String]) throws -> [String] {
        let format = try format(id)
        let scopes = try format.tokenPatterns(text).map {
            TokenScope(actions: [.publish], ecosystem: format.ecosystem, pattern: $0)
        }
        return try names.filter { name in
            let key = try #require(format.lookupKey(name))
            return scopes.contains { $0.allows(.publish, ecosystem: format.ecosystem, nameKey: key) }
        }
    }

    @Test(
        "AUTHZ-1.1 A namespace's pattern covers exactly what its ecosystem calls that namespace",
        arguments: [
            ("npm", "@acme/*", ["@acme/lamp", "@acme/a.b"], ["@acme-evil/lamp", "@acm/e", "acme", "lamp"]),
            ("swift", "mona.*", ["mona.LinkedList", "Mona.Other"], ["monalisa.List", "mon.a"]),
            ("composer", "acme/*", ["acme/lamp"], ["acme-evil/lamp", "acm/e"]),
            (
                "maven", "org.example.*",
                ["org.example:lamp", "org.example.sub:lamp", "org.example.sub.deep:a.b"],
                ["org.examples:lamp", "org:example.lamp", "com.org.example:lamp", "org:lamp"]
            ),
            ("maven", "org.example:*", ["org.example:lamp"], ["org.example.sub:lamp", "org.examples:lamp"]),
            ("pypi", "acme-*", ["acme", "acme-lamp", "Acme_Lamp", "acme.lamp"], ["acmelamp", "acm-e", "lamp-acme"]),
            ("cargo", "acme-*", ["acme", "acme-lamp", "acme_lamp"], ["acmelamp", "lamp-acme"]),
        ])
    func namespaces(id: String, pattern: String, inside: [String], outside: [String]) throws {
        #expect(try Self.covered(id, pattern, of: inside + outside) == inside)
        // And it agrees with what the format itself calls the namespace.
        let format = try Self.format(id)
        guard pattern != "org.example:*" else { return }
        let key = try format.namespace(String(pattern.dropLast(2))).key
        for name in inside + outside {
            let keys = format.namespaceKeys(of: try #require(format.lookupKey(name)))
            #expect(keys.contains(key) == inside.contains(name), "\(name)")
        }
    }

    @Test(
        "AUTHZ-1.1 A name covers one project, in whatever spelling",
        arguments: [
            ("npm", "@acme/lamp", ["@acme/lamp"], ["@acme/lamp2", "lamp"]),
            ("pypi", "Acme.Lamp", ["acme-lamp", "ACME_lamp"], ["acme-lamps"]),
            ("maven", "org.example:lamp", ["org.example:lamp"], ["org.example:lamps", "org.example.lamp:lamp"]),
            ("swift", "mona.LinkedList", ["Mona.linkedlist"], ["mona.List"]),
        ])
    func names(id: String, name: String, inside: [String], outside: [String]) throws {
        #expect(try Self.covered(id, name, of: inside + outside) == inside)
    }

    @Test(
        "AUTHZ-1.1 Everything else with a star is refused",
        arguments: [
            ("npm", ["*/lamp", "@*/lamp", "@acme*", "lamp*", "acme/*/x", "@acme/l*", "**"]),
            ("swift", ["mona*", "*.List", "mona/*", "mona.L*"]), ("composer", ["acme*", "acme.*", "*/lamp"]),
            ("maven", ["org.example*", "*:lamp", "org.*:lamp", "org.example/*"]),
            ("pypi", ["acme*", "*-lamp", "acme/*", "-*"]), ("cargo", ["acme*", "*", "acme/*"]),
        ])
    func refused(id: String, patterns: [String]) throws {
        let format = try Self.format(id)
        for pattern in patterns {
            #expect(throws: Problem.self, "\(pattern)") { try format.tokenPatterns(pattern) }
        }
    }
}
