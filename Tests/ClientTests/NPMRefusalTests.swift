import Foundation
import HallmarkTesting
import Testing

/// What a refused publisher reads: npm prints the `error` of the body.
@Suite("Refusals to npm", .serialized, .server, .enabled(if: hasNPM, "needs npm"))
struct NPMRefusalTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Sends a document that npm itself would not make.
    private func put(_ name: String, _ version: String, _ arguments: [String], token: String) async throws -> Probe {
        let words = [Checkout.script("npm_document.py"), home.path("document"), name, version] + arguments
        try await home.run(.python, words).checked()
        return try await Probe.send(
            "PUT", "\(server.url)/npm/\(name)",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data-binary", "@\(home.path("document"))"])
    }

    private func error(_ answer: Probe) -> String {
        ((answer.json as? [String: Any])?["error"] as? String ?? "").lowercased()
    }

    @Test("A token that nobody issued", arguments: NPMVersion.available)
    func wrongToken(npm: NPMVersion) async throws {
        try home.useNPM(server, token: "hlmk_000000000000000000000000000000000000")
        let refused = try await home.npmPublish(npm, "token-lamp-\(npm.mark)", "1.0.0")
        #expect(!refused.succeeded)
        #expect(refused.says("401") && refused.says("token"), "\(refused)")
    }

    @Test("Somebody else's package", arguments: NPMVersion.available)
    func otherOwner(npm: NPMVersion) async throws {
        let name = "taken-lamp-\(npm.mark)"
        try home.useNPM(server, token: try await server.publisher("npm-alice-\(npm.mark)"))
        try await home.npmPublish(npm, name, "1.0.0").checked()
        try home.useNPM(server, token: try await server.publisher("npm-mallory-\(npm.mark)"))
        for command in [["dist-tag", "add", "\(name)@1.0.0", "evil"], ["deprecate", name, "bad"]] {
            let refused = try await home.npm(npm, command)
            #expect(!refused.succeeded && refused.says("403"), "\(refused)")
        }
        let refused = try await home.npmPublish(npm, name, "1.0.1")
        #expect(!refused.succeeded)
        #expect(refused.says("403") && refused.says(name) && refused.says("owner"), "\(refused)")
    }

    @Test("A version that exists", arguments: NPMVersion.available)
    func existingVersion(npm: NPMVersion) async throws {
        let name = "repeated-lamp-\(npm.mark)"
        let token = try await server.publisher("npm-repeater-\(npm.mark)")
        try home.useNPM(server, token: token)
        try await home.npmPublish(npm, name, "1.0.0").checked()
        let refused = try await home.npmPublish(npm, name, "1.0.0", value: "2")
        #expect(!refused.succeeded)
        // The newest npm looks first and refuses by itself; the older one prints what the server says.
        #expect(refused.says("already exist") || refused.says("previously published"), "\(refused)")
        let answer = try await put(name, "1.0.0", [], token: token)
        #expect([403, 409].contains(answer.status), "\(answer.text)")
        #expect(error(answer).contains("already exist"), "\(answer.text)")
    }

    @Test("Tarballs that are none, leave their tree, have another digest or name another package")
    func badArchives() async throws {
        let token = try await server.publisher("npm-breaker")
        let cases: [(arguments: [String], says: String)] = [
            (["--fault", "integrity"], "integrity"),
            (["--fault", "traversal"], "outside.js"),
            (["--fault", "not-an-archive"], "archive"),
            (["--fault", "two-versions"], ""),
            (["--inside", "other-lamp"], "other-lamp"),
        ]
        for refused in cases {
            let answer = try await put("bad-lamp", "1.0.0", refused.arguments, token: token)
            #expect((400..<500).contains(answer.status), "\(refused.arguments): \(answer.status) \(answer.text)")
            #expect(!error(answer).isEmpty, "\(answer.text)")
            #expect(
                refused.says.isEmpty || error(answer).contains(refused.says), "\(refused.arguments): \(answer.text)")
        }
        #expect(try await Probe.get("\(server.url)/npm/bad-lamp").status == 404)
    }

    @Test("Names that no package may have")
    func badNames() async throws {
        let token = try await server.publisher("npm-squatter")
        for name in ["node_modules", "UPPER-Lamp", "http"] {
            let answer = try await put(name, "1.0.0", [], token: token)
            #expect((400..<500).contains(answer.status), "\(name): \(answer.status) \(answer.text)")
        }
    }

    @Test("Two publishes of one version at once: one wins")
    func race() async throws {
        let npm = try #require(NPMVersion.available.first)
        let token = try await server.publisher("npm-racer")
        let homes = [home, try ClientHome()]
        for home in homes { try home.useNPM(server, token: token) }
        async let left = homes[0].npmPublish(npm, "raced-lamp", "1.0.0", value: "left")
        async let right = homes[1].npmPublish(npm, "raced-lamp", "1.0.0", value: "right")
        let results = [try await left, try await right]
        #expect(results.filter(\.succeeded).count == 1, "\(results)")
        try home.npmProject("app")
        try await home.npm(npm, ["install", "raced-lamp"], in: "app").checked()
        let winner = results[0].succeeded ? "left" : "right"
        #expect(try await home.required("raced-lamp", by: npm, in: "app") == winner)
    }

    @Test("A publish that is cut off leaves nothing visible, and can be made again")
    func cutOff() async throws {
        let token = try await server.publisher("npm-cutter")
        let document = home.path("document")
        try await home.run(
            .python, [Checkout.script("npm_document.py"), document, "cut-lamp", "1.0.0", "--fill", "400000"]
        ).checked()
        for share in ["0.01", "0.5", "0.99"] {
            try await home.run(
                .python,
                [
                    Checkout.script("cut_off.py"), "\(server.port)", "PUT", "/npm/cut-lamp", document, share,
                    "Authorization: Bearer \(token)", "Content-Type: application/json",
                ]
            ).checked()
            #expect(try await Probe.get("\(server.url)/npm/cut-lamp").status == 404)
        }
        let answer = try await Probe.send(
            "PUT", "\(server.url)/npm/cut-lamp",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data-binary", "@\(document)"])
        #expect((200..<300).contains(answer.status), "\(answer.text)")
    }
}
