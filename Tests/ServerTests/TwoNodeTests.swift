import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// Two servers of this build with nothing in common but a PostgreSQL, the blobs and the master key, as behind a balancer.
private struct TwoNodes: Sendable {
    let nodes: [LiveServer]
    let options: ServerProcess.Options

    /// A browser whose every request reaches the other node than the one before.
    func alternating() -> FormVisitor {
        var count = 0
        return FormVisitor { [nodes] line, headers, body in
            count += 1
            return try await Self.send(nodes[count % nodes.count], line, headers, body)
        }
    }

    /// A browser that reaches one node alone.
    func visitor(_ index: Int) -> FormVisitor {
        FormVisitor { [nodes] line, headers, body in try await Self.send(nodes[index], line, headers, body) }
    }

    private static func send(
        _ node: LiveServer, _ line: String, _ headers: [String], _ body: [UInt8]?
    ) async throws -> RawResponse {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        return try await node.call(words[0], words[1], headers: headers, body: body)
    }

    /// An account with a password, whose browser is signed in.
    func signUp(_ name: String, _ visitor: FormVisitor) async throws {
        let invited = try await nodes[0].process.admin(["user", "invite", "\(name)@example.org"]).checked()
        let link = try #require(invited.output.split(whereSeparator: \.isWhitespace).last)
        try await visitor.complete(signUp: String(link), as: name)
    }
}

@Suite(
    "Two nodes on one PostgreSQL", .serialized, .timeLimit(.minutes(15)),
    .enabled(if: TestBackend.postgres.isAvailable, "needs PostgreSQL"))
struct TwoNodeTests {
    private func withNodes(_ body: (TwoNodes) async throws -> Void) async throws {
        let home = try ClientHome()
        try await withTestDatabase(.postgres) { database in
            let options = ServerProcess.Options(
                arguments: ["--public-url", "http://registry.localhost:8080"],
                environment: [
                    "HALLMARK_DATABASE_URL": database.url, "HALLMARK_BLOBS_URL": "file:\(home.path("blobs"))",
                    "HALLMARK_MASTER_KEY_FILE": home.path("master"), "HALLMARK_ARGON_MEBIBYTES": "19",
                ])
            let left = try await ServerProcess(options)
            let right = try await ServerProcess(options)
            try await body(TwoNodes(nodes: [LiveServer(process: left), LiveServer(process: right)], options: options))
            try await left.stop()
            try await right.stop()
        }
    }

    @Test("Sessions: one that begins on a node is known to the other, and ends on both at once")
    func sessions() async throws {
        try await withNodes { pair in
            let ada = pair.alternating()
            try await pair.signUp("ada", ada)
            for index in 0..<2 {
                let visitor = pair.visitor(index)
                for (name, value) in ada.cookies { visitor.plant(name, value) }
                #expect(try await visitor.get("/account", following: false).status == 200)
            }
            // A form of one node is taken by the other, and a second browser signs in across both.
            let second = pair.alternating()
            #expect(try await second.signIn("ada").status == 303)
            let old = ada.cookies
            let out = try await ada.submit("/logout", of: try await ada.get("/logout"), [:])
            #expect(out.status == 303)
            for index in 0..<2 {
                let late = pair.visitor(index)
                for (name, value) in old { late.plant(name, value) }
                #expect(try await late.get("/account", following: false).status == 303)
            }
            #expect(try await second.get("/account", following: false).status == 200)
        }
    }

    @Test("Limits: failures on either node count on both, and a restart forgets none")
    func limits() async throws {
        try await withNodes { pair in
            try await pair.signUp("ada", pair.visitor(0))
            let guesser = pair.alternating()
            for number in 0..<5 {
                // Pages are read from one node and answered by the other; a browser of its own each time.
                let answer = try await guesser.signIn("ada", password: "wrong words number \(number) here")
                #expect(answer.status == 422 || answer.status == 401 || answer.status == 403, "\(answer.status)")
            }
            for index in 0..<2 {
                let answer = try await pair.visitor(index).signIn("ada")
                #expect(answer.status == 429, "node \(index): \(answer.status)")
            }
            let third = LiveServer(process: try await ServerProcess(pair.options))
            let late = TwoNodes(nodes: [third], options: pair.options)
            #expect(try await late.visitor(0).signIn("ada").status == 429)
            try await third.process.stop()
        }
    }

    @Test(
        "jti: of many exchanges of one identity token on both nodes one is accepted, and what it gave ends on both",
        .enabled(if: SamplePackage.isAvailable, "needs python3"))
    func identityTokens() async throws {
        let issuer = try await TestIssuer.start()
        try await withNodes { pair in
            let owner = try await pair.nodes[0].person("owner")
            try await pair.nodes[0].publish(try await SamplePackage.make("pypi", "twin-lamp"), token: owner)
            try await trust(issuer, pair.nodes[1], owner)
            let jwt = try issuer.githubToken(audience: "registry.localhost:8080")
            let body = (["token": .string(jwt)] as JSONValue).bytes()
            let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for index in 0..<12 {
                    let node = pair.nodes[index % 2]
                    group.addTask {
                        try await node.call(
                            "POST", "/_/oidc/mint-token", headers: ["Content-Type: application/json"], body: body)
                    }
                }
                return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
            }
            let accepted = answers.filter { $0.status == 200 }
            #expect(accepted.count == 1, "\(answers.map(\.text))")
            for answer in answers where answer.status != 200 {
                #expect(answer.status == 422)
                #expect(try answer.json()["errors"]?.arrayValue?.first?["code"] == "invalid-reuse-token")
            }
            let token = try #require(try accepted.first?.json()["token"]?.stringValue)
            for (index, version) in ["1.1.0", "1.2.0"].enumerated() {
                let package = try await SamplePackage.make("pypi", "twin-lamp", version)
                try await pair.nodes[index].publish(package, token: token)
            }
            let burned = try await pair.nodes[1].call(
                "DELETE", "/api/v1/trusted_publishing/tokens", token: token)
            #expect(burned.status == 204, "\(burned.text)")
            for node in pair.nodes {
                let package = try await SamplePackage.make("pypi", "twin-lamp", "2.0.0")
                #expect(try await node.send(package, token: token).status == 401)
            }
        }
        try await issuer.stop()
    }

    /// Lets a workflow of the issuer's publish the project.
    private func trust(_ issuer: TestIssuer, _ node: LiveServer, _ owner: String) async throws {
        try await node.process.admin(["issuer", "add", "ci", "--issuer", issuer.url, "--provider", "github"]).checked()
        let added = try await node.call(
            "POST", "/api/v1/projects/pypi/twin-lamp/trusted-publishers", token: owner,
            json: [
                "provider": "github", "issuer": .string(issuer.url),
                "settings": [
                    "owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml",
                    "repository_owner_id": "65",
                ],
            ])
        try #require(added.status == 200, "\(added.text)")
    }
}

extension TestIssuer {
    /// What GitHub Actions would sign for a job of `octo-org/octo-repo` that was started by a tag; `changes` go over it.
    func githubToken(audience: String, _ changes: [(String, JSONValue?)] = []) throws -> String {
        let workflow: JSONValue = "octo-org/octo-repo/.github/workflows/release.yml@refs/tags/v1"
        let claims: [(String, JSONValue?)] = [
            ("repository", "octo-org/octo-repo"), ("repository_owner", "octo-org"), ("repository_owner_id", "65"),
            ("repository_id", "74"), ("ref", "refs/tags/v1"), ("sha", "0123456789abcdef0123456789abcdef01234567"),
            ("run_id", "1234567890"), ("event_name", "push"), ("workflow_ref", workflow),
            ("job_workflow_ref", workflow), ("repository_visibility", "private"),
        ]
        return try token(
            audience: audience, subject: "repo:octo-org/octo-repo:ref:refs/tags/v1", at: SystemTime.now,
            claims: claims + changes)
    }
}
