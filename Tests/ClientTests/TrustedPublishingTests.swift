import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

/// A CI service like GitHub Actions on the loopback address: an issuer, and the address at which a job asks for its tokens.
private struct TestCI: Sendable {
    let issuer: TestIssuer
    /// What a job of it sees.
    let variables: [String: String]

    static func start() async throws -> TestCI {
        let issuer = try await TestIssuer.start()
        issuer.extend { [issuer] request in
            guard request.path == "/actions", request.fields["authorization"]?.lowercased() == "bearer job" else {
                return nil
            }
            guard let token = try? Self.token(issuer, audience: request.query["audience"] ?? "") else { return nil }
            return TestHTTPAnswer(
                fields: ["Content-Type": "application/json"], body: (["value": .string(token)] as JSONValue).bytes())
        }
        return TestCI(
            issuer: issuer,
            variables: [
                "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_REPOSITORY": "octo-org/octo-repo",
                "ACTIONS_ID_TOKEN_REQUEST_URL": "\(issuer.url)/actions?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job",
            ])
    }

    static func token(_ issuer: TestIssuer, audience: String) throws -> String {
        let workflow = "octo-org/octo-repo/.github/workflows/release.yml@refs/tags/v1"
        return try issuer.token(
            audience: audience, subject: "repo:octo-org/octo-repo:ref:refs/tags/v1", at: SystemTime.now,
            claims: [
                ("repository", "octo-org/octo-repo"), ("repository_owner", "octo-org"), ("repository_owner_id", "65"),
                ("repository_id", "74"), ("ref", "refs/tags/v1"), ("sha", "0123456789abcdef0123456789abcdef01234567"),
                ("run_id", "1234567890"), ("event_name", "push"), ("workflow_ref", .string(workflow)),
                ("job_workflow_ref", .string(workflow)), ("repository_visibility", "private"),
            ])
    }

    func token(for audience: String) throws -> String { try Self.token(issuer, audience: audience) }
}

@Suite("PYPI-1 Trusted publishing by the real clients", .serialized, .secureServer)
struct TrustedPublishingTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Trusts the service, and lets its workflow publish a project that is there.
    private func trust(_ ci: TestCI, _ ecosystem: String, _ name: String, token: String) async throws {
        let issuer = "ci-\(UInt32.random(in: 0...UInt32.max))"
        let added = try await server.admin([
            "issuer", "add", issuer, "--issuer", ci.issuer.url, "--provider", "github",
        ])
        #expect(added.succeeded || added.says("already"), "\(added)")
        let wish: JSONValue = [
            "provider": "github", "issuer": .string(ci.issuer.url),
            "settings": [
                "owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml", "repository_owner_id": "65",
            ],
        ]
        let encoded = name.replacing("/", with: "%2F").replacing(":", with: "%3A")
        let answer = try await Probe.send(
            "POST", "\(server.url)/api/v1/projects/\(ecosystem)/\(encoded)/trusted-publishers",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data", String(decoding: wish.bytes(), as: UTF8.self)])
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// What the API says of the newest release's credential.
    private func credential(_ ecosystem: String, _ name: String) async throws -> String {
        let encoded = name.replacing("/", with: "%2F").replacing(":", with: "%3A")
        let answer = try await Probe.get("\(server.url)/api/v1/projects/\(ecosystem)/\(encoded)")
        let releases = try JSONValue.parse(Array(answer.body))["releases"]?.arrayValue ?? []
        return releases.last?["credential"]?.stringValue ?? ""
    }

    /// Publishes with uv as a job of the service would.
    private func uvPublish(_ ci: TestCI, _ file: String) async throws -> CommandResult {
        try await home.run(
            .uv,
            ["publish", "--trusted-publishing", "always", "--publish-url", "\(server.secureURL)/pypi/legacy/", file],
            with: ci.variables.merging(["SSL_CERT_FILE": server.authorityFile]) { $1 })
    }

    /// How many tokens of trusted publishers an account has, and how many of them still live.
    private func minted(for name: String) async throws -> [Int64] {
        try await server.withDatabase { driver in
            try await driver.read { connection in
                let user = try #require(try UserStore(connection).find(nameKey: name))
                let row = try connection.first(
                    """
                    SELECT COUNT(*) AS made, COUNT(CASE WHEN revoked_at IS NULL THEN 1 END) AS live
                    FROM tokens WHERE user_id = \(user.id) AND kind = 'trusted-publisher'
                    """)
                return [try row?.int("made") ?? 0, try row?.int("live") ?? 0]
            }
        }
    }

    @Test(
        "uv: audience, exchange, upload, and the token ended", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func uv() async throws {
        let ci = try await TestCI.start()
        let token = try await server.publisher("trusted-py")
        let first = try await home.wheel("trusted-lamp", "1.0")
        try await home.twine(server, token: token, files: [first]).checked()
        try await trust(ci, "pypi", "trusted-lamp", token: token)
        let second = try await home.wheel("trusted-lamp", "2.0")
        let result = try await uvPublish(ci, second)
        #expect(result.succeeded, "\(result)")
        #expect(try await credential("pypi", "trusted-lamp") == "trusted-publisher")
        #expect(try await minted(for: "trusted-py") == [1, 0], "uv burns what it was given: PEP 807")
        try await ci.issuer.stop()
    }

    @Test(
        "uv: a pending publisher makes its project at the first publish, and publishes on",
        .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func pending() async throws {
        let ci = try await TestCI.start()
        let token = try await server.ownPerson("pending-py")
        let added = try await server.admin([
            "issuer", "add", "pending-ci", "--issuer", ci.issuer.url, "--provider", "github",
        ])
        #expect(added.succeeded, "\(added)")
        let wish: JSONValue = [
            "ecosystem": "pypi", "name": "pending-lamp", "provider": "github", "issuer": .string(ci.issuer.url),
            "settings": [
                "owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml", "repository_owner_id": "65",
            ],
        ]
        let answer = try await Probe.send(
            "POST", "\(server.url)/api/v1/trusted-publishers",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data", String(decoding: wish.bytes(), as: UTF8.self)])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try await Probe.get("\(server.url)/pypi/simple/pending-lamp/").status == 404, "nothing is reserved")
        for version in ["1.0", "1.1"] {
            let result = try await uvPublish(ci, try await home.wheel("pending-lamp", version))
            #expect(result.succeeded, "\(result)")
            #expect(try await credential("pypi", "pending-lamp") == "trusted-publisher")
        }
        // What the workflow made is its adder's, and no other name was made.
        let other = try await uvPublish(ci, try await home.wheel("other-lamp", "1.0"))
        #expect(!other.succeeded, "\(other)")
        #expect(try await minted(for: "pending-py")[1] <= 1)
        let own = try await home.twine(server, token: token, files: [try await home.wheel("pending-lamp", "1.2")])
        #expect(own.succeeded, "\(own)")
        try await ci.issuer.stop()
    }

    @Test("cargo: the token of rust-lang's action", .enabled(if: hasCargo, "needs cargo"))
    func cargo() async throws {
        let ci = try await TestCI.start()
        let token = try await server.publisher("trusted-crate")
        /// The index is read over http, and names the address over https to publish to.
        func publish() async throws -> CommandResult {
            try await home.run(
                .cargo, ["publish", "--allow-dirty", "--no-verify", "--registry", "hallmark"], in: "lamp",
                with: ["CARGO_HTTP_CAINFO": server.authorityFile])
        }
        try home.useCargo(server, token: token)
        try home.crate("trusted_lamp", "0.1.0", folder: "lamp")
        try await publish().checked()
        try await trust(ci, "cargo", "trusted_lamp", token: token)
        for (path, version) in [("", "0.2.0"), ("/cargo", "0.3.0")] {
            let jwt = try ci.token(for: "localhost:\(server.securePort)\(path)")
            let address = "\(server.url)\(path)/api/v1/trusted_publishing/tokens"
            func exchange() async throws -> Probe {
                try await Probe.send(
                    "POST", address, headers: ["Content-Type": "application/json"],
                    arguments: ["--data", "{\"jwt\":\"\(jwt)\"}"])
            }
            let answer = try await exchange()
            let minted = try #require(
                try JSONValue.parse(Array(answer.body))["token"]?.stringValue, "\(answer.text)")
            let again = try await exchange()
            #expect(again.status == 400 && again.text.contains("has been used"), "\(again.text)")
            try home.useCargo(server, token: minted)
            try home.crate("trusted_lamp", version, folder: "lamp")
            try await publish().checked()
            #expect(try await credential("cargo", "trusted_lamp") == "trusted-publisher")
            let ended = try await Probe.send("DELETE", address, headers: ["Authorization": "Bearer \(minted)"])
            #expect(ended.status == 204)
            try home.crate("trusted_lamp", "9.0.0", folder: "lamp")
            #expect(!(try await publish().succeeded))
        }
        try await ci.issuer.stop()
    }

    @Test("npm: by itself, where it sees a CI service", .enabled(if: hasNPM, "needs npm"))
    func npm() async throws {
        let npm = try #require(NPMVersion.available.last)
        try #require(npm.tool == .newestNPM, "only the newest npm knows trusted publishing")
        let ci = try await TestCI.start()
        let token = try await server.publisher("trusted-js")
        try home.useNPM(server, token: token)
        try await home.npmPublish(npm, "@trusted/lamp", "1.0.0").checked()
        try await trust(ci, "npm", "@trusted/lamp", token: token)
        let job = try ClientHome()
        try job.useNPM(server)
        try job.npmPackage("@trusted/lamp", "2.0.0", fields: "", value: "2", folder: "lamp")
        let result = try await job.npm(
            npm, ["publish", "--loglevel", "verbose"], in: "lamp",
            with: ci.variables.merging(["NPM_ID_TOKEN": try ci.token(for: "npm:localhost")]) { $1 })
        #expect(result.succeeded, "\(result)")
        #expect(try await credential("npm", "@trusted/lamp") == "trusted-publisher")
        try await ci.issuer.stop()
    }

    @Test(
        "hallmark publish --trusted, for an ecosystem whose client knows no exchange",
        .enabled(if: hasPython, "needs python3"))
    func hallmark() async throws {
        let ci = try await TestCI.start()
        let token = try await server.publisher("trusted-any")
        let first = try await home.wheel("trusted-any", "1.0")
        try await home.twine(server, token: token, files: [first]).checked()
        try await trust(ci, "pypi", "trusted-any", token: token)
        let second = try await home.wheel("trusted-any", "2.0", folder: "second")
        let job = try ClientHome()
        let refused = try await job.hallmark(server, ["publish", "--trusted", second], token: nil)
        #expect(!refused.succeeded && refused.says("id-token: write"), "\(refused)")
        let result = try await job.hallmark(
            server, ["publish", "--trusted", "--json", second], token: nil, with: ci.variables)
        #expect(result.succeeded, "\(result)")
        #expect(try await credential("pypi", "trusted-any") == "trusted-publisher")
        let third = try await home.wheel("trusted-any", "3.0", folder: "third")
        let named = try await job.hallmark(
            server, ["publish", "--id-token-variable", "MY_TOKEN", third], token: nil,
            with: ["MY_TOKEN": try ci.token(for: "localhost:\(server.securePort)")])
        #expect(named.succeeded, "\(named)")
        try await ci.issuer.stop()
    }
}
