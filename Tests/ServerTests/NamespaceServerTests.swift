import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite(
    "Namespaces, from the claim to the page", .enabled(if: SamplePackage.isAvailable, "needs python3"),
    .timeLimit(.minutes(10)))
struct NamespaceServerTests {
    private static let path = "/api/v1/namespaces"

    /// Runs `body` with a server that asks a name server and a code host of the test.
    private func with(
        _ zone: NameZone, _ body: (LiveServer, NameServer, PageServer) async throws -> Void
    ) async throws {
        let names = try await NameServer(zone)
        let pages = try await PageServer()
        let anchor = FileManager.default.temporaryDirectory.appending(path: "hallmark-anchor-\(UUID().uuidString)")
        try Data(zone.trustAnchor.utf8).write(to: anchor)
        defer { try? FileManager.default.removeItem(at: anchor) }
        let options = ServerProcess.Options(environment: [
            "HALLMARK_DNS_RESOLVER": "127.0.0.1@\(names.port)",
            "HALLMARK_DNS_TRUST_ANCHOR": anchor.path(percentEncoded: false),
            "HALLMARK_CODE_HOSTS": "code.example http://127.0.0.1:\(pages.port)/{owner}/{repository} example.code",
            "HALLMARK_PRIVATE_CODE_HOSTS": "true",
        ])
        try await withLiveServer(options) { try await body($0, names, pages) }
        try await names.stop()
        try await pages.stop()
    }

    private func claim(_ server: LiveServer, _ name: String, token: String) async throws -> JSONValue {
        let answer = try await server.call(
            "POST", Self.path, token: token, json: ["ecosystem": "npm", "name": .string(name)])
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json()
    }

    @Test("MAVEN-2 A signed record verifies a scope; strangers stay out; members, offers and pages follow")
    func records() async throws {
        try await with(NameZone("acme.example", signing: .signed)) { server, names, _ in
            let alice = try await server.person("alice")
            let bob = try await server.person("bob")
            let claim = try await claim(server, "acme", token: alice)
            #expect(claim["state"] == "claimed" && claim["name"] == "@acme")
            let record = try #require(claim["record"]?.stringValue)
            let place = Self.path + "/npm/@acme"
            #expect(try await server.call("GET", place).json()["state"] == "unclaimed")
            #expect(try await server.call("GET", place, token: bob).json()["claim"] == nil, "a claim is private")
            #expect(try await server.call("GET", place, token: alice).json()["claim"]?["record"] == .string(record))

            names.change { $0.set("acme.example", ["other", record]) }
            let wish: JSONValue = ["method": "dns", "domain": "acme.example"]
            let verified = try await server.call("POST", place + "/verification", token: alice, json: wish)
            #expect(verified.status == 200, "\(verified.text)")
            #expect(try verified.json()["dnssec"] == "secure")
            let state = try await server.call("GET", place).json()
            #expect(state["state"] == "verified" && state["namespace"]?["owner"] == "alice")
            #expect(state["namespace"]?["key"] == nil, "the key is the owner's")

            try await server.publish(.make("npm", "@acme/lamp"), token: alice)
            let refused = try await server.send(.make("npm", "@acme/mine"), token: bob)
            #expect(refused.status == 403 && refused.text.contains("alice"), "\(refused.text)")
            let page = try await server.call("GET", "/p/npm/@acme/lamp").text
            #expect(page.contains("namespace @acme verified") && page.contains("acme.example"))

            #expect(
                try await server.call("PUT", place + "/members/bob", token: alice, json: ["role": "maintainer"]).status
                    == 200)
            try await server.publish(.make("npm", "@acme/lamp", "1.1.0"), token: bob)
            #expect(try await server.call("PUT", place + "/offer", token: bob, json: ["user": "bob"]).status == 403)
            #expect(try await server.call("PUT", place + "/offer", token: alice, json: ["user": "bob"]).status == 204)
            let offers = try await server.call("GET", Self.path, token: bob).json()["offers"]
            #expect(offers?.arrayValue?.first?["from"] == "alice")
            try await transfer(server, place, from: alice, to: bob)
        }
    }

    /// Accepts, takes back, and accepts what was offered to bob.
    private func transfer(_ server: LiveServer, _ place: String, from alice: String, to bob: String) async throws {
        let accepted = try await server.call("POST", place + "/offer/acceptance", token: bob)
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(try accepted.json()["effective"]?.stringValue != nil)
        let state = try await server.call("GET", place).json()
        #expect(state["namespace"]?["owner"] == "alice" && state["offer"]?["to"] == "bob")
        let page = try await server.call("GET", "/p/npm/@acme/lamp").text
        #expect(page.contains("namespace @acme goes to bob on"))
        let shown = try await server.process.admin(["namespace", "show", "npm", "@acme"]).checked().output
        #expect(shown.contains("goes to bob on"), "\(shown)")
        try await server.process.admin(["namespace", "end-transfer", "npm", "@acme"]).checked()
        #expect(try await server.call("GET", place).json()["offer"] == nil)
        #expect(try await server.call("POST", place + "/offer/acceptance", token: bob).status == 404)
    }

    @Test("A forged record proves nothing, and says so")
    func forged() async throws {
        try await with(NameZone("acme.example", signing: .forged)) { server, names, _ in
            let alice = try await server.person("alice")
            let record = try await claim(server, "@acme", token: alice)["record"]?.stringValue ?? ""
            names.change { $0.set("acme.example", [record]) }
            let answer = try await server.call(
                "POST", Self.path + "/npm/@acme/verification", token: alice,
                json: ["method": "dns", "domain": "acme.example"])
            #expect(answer.status == 409 && answer.text.contains("not authentic"), "\(answer.text)")
        }
    }

    @Test("A repository verifies; the operator assigns, shows, lists and revokes")
    func repositories() async throws {
        try await with(NameZone("acme.example")) { server, _, pages in
            let alice = try await server.person("alice")
            _ = try await server.person("bob")
            let key = try #require(try await claim(server, "@beam", token: alice)["key"]?.stringValue)
            pages.set("/beam/\(key)", status: 200)
            let verified = try await server.call(
                "POST", Self.path + "/npm/@beam/verification", token: alice, json: ["method": "repository"])
            #expect(verified.status == 200, "\(verified.text)")
            #expect(try verified.json()["method"] == "repository")

            func admin(_ words: String...) async throws -> CommandResult {
                try await server.process.admin(["namespace"] + words)
            }
            #expect(try await admin("assign", "npm", "@beam", "--owner", "bob").status == 1, "alice has it")
            #expect(try await admin("show", "npm", "beam").checked().output.contains("verified\talice"))
            try await admin("assign", "npm", "@acme", "--owner", "bob").checked()
            let list = try await admin("list", "npm", "--json").checked().output
            #expect(list.split(separator: "\n").count == 2 && list.contains(#""state":"assigned""#), "\(list)")
            try await admin("revoke", "npm", "@beam").checked()
            #expect(try await server.call("GET", Self.path + "/npm/@beam").json()["state"] == "unclaimed")
            #expect(try await admin("check").checked().output.contains("0 lapsed"))

            try await server.publish(.make("npm", "@first/lamp"), token: alice)
            #expect(try await server.call("GET", "/p/npm/@first/lamp").text.contains("namespace not verified"))
        }
    }
}
