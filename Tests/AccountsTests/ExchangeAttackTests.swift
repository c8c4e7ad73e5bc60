import Accounts
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Attacks on trusted publishing", .timeLimit(.minutes(10)))
struct ExchangeAttackTests {
    /// A project with a publisher, used once so that the ids are pinned.
    private func prepare(_ bench: TrustBench, environment: String = "") async throws -> Principal {
        let alice = try await bench.person("alice")
        let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
        _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
        _ = try await bench.publishers.add(
            TrustBench.plain, name: "lamp", TrustBench.githubWish(environment: environment), by: alice)
        _ = try await bench.exchange(try bench.githubToken())
        return alice
    }

    @Test("Replay: an identity token is accepted once", arguments: TestBackend.allCases)
    func replay(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            _ = try await prepare(bench)
            let token = try bench.githubToken()
            _ = try await bench.exchange(token)
            await expectRefusal(.identityTokenUsed) { _ = try await bench.exchange(token) }
            await expectRefusal(.identityTokenUsed) { _ = try await bench.exchange(token, project: "lamp") }
            // Also in the seconds in which an expired token would still pass, and also after the house was tidied.
            bench.clock.advance(bySeconds: 325)
            _ = try await bench.trust.expire()
            await expectRefusal(.identityTokenUsed) { _ = try await bench.exchange(token) }
            bench.clock.advance(bySeconds: 60)
            _ = try await bench.trust.expire()
            await expectRefusal(.identityTokenInvalid) { _ = try await bench.exchange(token) }
        }
    }

    @Test("Replay: of many at once, on two nodes, one is accepted", arguments: TestBackend.allCases)
    func races(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            _ = try await prepare(bench)
            let token = try bench.githubToken()
            let outcomes = await withTaskGroup(of: String.self) { group in
                for index in 0..<12 {
                    let node = index.isMultiple(of: 2) ? bench.trust : bench.otherNode
                    group.addTask {
                        do {
                            _ = try await node.exchange(
                                token, ecosystem: TrustBench.plain, project: nil, audience: TrustBench.audience)
                            return "accepted"
                        } catch let problem as Problem {
                            return problem.code.rawValue
                        } catch { return "\(error)" }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["accepted": 1, "identity-token-used": 11])
        }
    }

    @Test("Issuer confusion: the same claims of another issuer speak for nobody")
    func issuerConfusion() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await prepare(bench)
            // Its ES256 key is its own; its RSA key may be another issuer's, as TestIssuer says.
            let evil = TestIssuer(url: "https://evil.example")
            func forged(_ changes: [(String, JSONValue?)] = []) throws -> String {
                try bench.githubToken(changes, issuer: evil, algorithm: .es256)
            }
            await expectRefusal(.identityTokenInvalid) { _ = try await bench.exchange(try forged()) }
            // An issuer that is trusted, for its own publishers alone.
            await expectRefusal(.publisherUnknown) {
                _ = try await bench.exchange(
                    try bench.githubToken(
                        [
                            ("project_path", "octo-org/octo-repo"), ("namespace_id", "65"), ("project_id", "74"),
                            ("ref_path", "refs/tags/v1"),
                            ("ci_config_ref_uri", "gitlab.com/octo-org/octo-repo//release.yml@refs/tags/v1"),
                        ], issuer: bench.gitlab))
            }
            // One that says it is GitHub, signed by its own key.
            await expectRefusal(.identityTokenInvalid) {
                _ = try await bench.exchange(try forged([("iss", .string(bench.github.url))]))
            }
            let root = try await bench.person("chief", isAdministrator: true)
            _ = try await bench.trust.addIssuer(
                name: "ours", issuer: "https://evil.example", provider: "github", claims: [:], by: root)
            #expect(try await bench.publishers.list(TrustBench.plain, name: "lamp", by: alice).count == 1)
            bench.services.set(
                "https://evil.example/.well-known/openid-configuration",
                .success(ServiceAnswer(status: 404, body: [])))
            await expectRefusal(.unavailable) { _ = try await bench.exchange(try forged()) }
            // One that is trusted by now, of the same provider, and can be asked: its claims are true, its publisher is not.
            let second = TestIssuer(url: "https://second.example")
            bench.services.add(second)
            _ = try await bench.trust.addIssuer(
                name: "second", issuer: second.url, provider: "github", claims: [:], by: root)
            await expectRefusal(.publisherUnknown) {
                _ = try await bench.exchange(try bench.githubToken(issuer: second))
            }
        }
    }

    @Test("Algorithm confusion: none, HMAC with the public key, and keys that the token brings along")
    func algorithms() async throws {
        try await withTrust(.sqlite) { bench in
            _ = try await prepare(bench)
            let good = try bench.githubToken()
            let parts = good.split(separator: ".").map(String.init)
            func text(_ json: String) -> String { Base64URL.encode(Array(json.utf8)) }
            for header in [
                #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"HS256","kid":"key-0-RS256"}"#,
                #"{"alg":"RS512","kid":"key-0-RS256"}"#,
                #"{"alg":"ES256","kid":"key-0-RS256"}"#, #"{"alg":"RS256","kid":"no such key"}"#,
            ] {
                for signature in [parts[2], ""] {
                    await expectRefusal(.identityTokenInvalid, "\(header)") {
                        _ = try await bench.exchange("\(text(header)).\(parts[1]).\(signature)")
                    }
                }
            }
            let evil = TestIssuer(url: bench.github.url)
            for field in ["jwk", "jku", "x5u"] {
                let value: JSONValue = field == "jwk" ? evil.signer(.es256).publicJWK : "https://evil.example/keys"
                for kid in ["other", .string(evil.signer(.es256).id)] as [JSONValue] {
                    await expectRefusal(.identityTokenInvalid, "\(field) \(kid)") {
                        _ = try await bench.exchange(
                            try bench.githubToken(
                                issuer: evil, algorithm: .es256, header: [(field, value), ("kid", kid)]))
                    }
                }
            }
            _ = try await bench.exchange(try bench.githubToken(algorithm: .es256))
        }
    }

    @Test("Audience: a token for another registry, another route, or a list of audiences is refused")
    func audiences() async throws {
        try await withTrust(.sqlite) { bench in
            _ = try await prepare(bench)
            for audience in [
                "pypi", "crates.io", "npm:registry.npmjs.org", "registry.example:8443", "REGISTRY.EXAMPLE", "",
            ] {
                await expectRefusal(.identityTokenInvalid, "\(audience)") {
                    _ = try await bench.exchange(try bench.githubToken(audience: audience))
                }
            }
            await expectRefusal(.identityTokenInvalid) {
                _ = try await bench.exchange(
                    try bench.githubToken([("aud", [.string(TrustBench.audience), "pypi"])]))
            }
            await expectRefusal(.identityTokenInvalid) {
                _ = try await bench.exchange(
                    try bench.githubToken(audience: TrustBench.audience), audience: "npm:registry.example")
            }
        }
    }

    @Test(
        "Resurrection: the same names with other ids publish nothing, until an owner says so",
        arguments: TestBackend.allCases)
    func resurrection(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await prepare(bench)
            for changes in [
                [("repository_owner_id", "66")], [("repository_id", "75")],
                [("repository_owner_id", "66"), ("repository_id", "75")],
                [("repository_owner_id", nil)], [("repository_id", nil)],
            ] as [[(String, JSONValue?)]] {
                let isMissing = changes.contains { $0.1 == nil }
                await expectRefusal(isMissing ? .identityTokenInvalid : .publisherUnknown, "\(changes)") {
                    _ = try await bench.exchange(try bench.githubToken(changes))
                }
            }
            _ = try await bench.exchange(try bench.githubToken())
            let old = try #require(try await bench.publishers.list(TrustBench.plain, name: "lamp", by: alice).first)
            try await bench.publishers.remove(TrustBench.plain, name: "lamp", id: old.id, by: alice)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "lamp", TrustBench.githubWish(["repository_owner_id": "66"]), by: alice)
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
            _ = try await bench.exchange(try bench.githubToken([("repository_owner_id", "66")]))
        }
    }

    @Test("Forks: the workflow of a forked repository publishes nothing")
    func fork() async throws {
        try await withTrust(.sqlite) { bench in
            _ = try await prepare(bench)
            for changes in [
                [
                    ("repository", "mallory/octo-repo"), ("repository_owner", "mallory"), ("repository_id", "999"),
                    ("repository_owner_id", "666"),
                    ("workflow_ref", "mallory/octo-repo/.github/workflows/release.yml@refs/tags/v1"),
                    ("job_workflow_ref", "mallory/octo-repo/.github/workflows/release.yml@refs/tags/v1"),
                ],
                // One that only calls the upstream's reusable workflow.
                [
                    ("repository", "mallory/octo-repo"), ("repository_owner", "mallory"), ("repository_id", "999"),
                    ("repository_owner_id", "666"),
                ],
                [("workflow_ref", "mallory/octo-repo/.github/workflows/release.yml@refs/tags/v1")],
                [("repository_owner", "mallory")],
            ] as [[(String, JSONValue?)]] {
                await expectRefusal(.publisherUnknown, "\(changes)") {
                    _ = try await bench.exchange(try bench.githubToken(changes))
                }
            }
        }
    }

    @Test("Events that run a stranger's code in the repository's name are refused")
    func events() async throws {
        try await withTrust(.sqlite) { bench in
            _ = try await prepare(bench)
            for event in ["pull_request_target", "workflow_run"] {
                await expectRefusal(.publisherUnknown, "\(event)") {
                    _ = try await bench.exchange(try bench.githubToken([("event_name", .string(event))]))
                }
            }
            _ = try await bench.exchange(try bench.githubToken([("event_name", "workflow_dispatch")]))
        }
    }

    @Test("Removed publisher: its live tokens end at once", arguments: TestBackend.allCases)
    func removed(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await prepare(bench)
            let text = try await bench.exchange(try bench.githubToken()).text
            let machine = try await bench.principal(text)
            let publisher = try #require(
                try await bench.publishers.list(TrustBench.plain, name: "lamp", by: alice).first)
            try await bench.publishers.remove(TrustBench.plain, name: "lamp", id: publisher.id, by: alice)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            // A request that was let in before it was removed publishes nothing either.
            await expectRefusal(.notOwner) { _ = try await bench.registry.publish("lamp", "2.0.0", by: machine) }
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
            #expect(try await bench.told(alice).last == "trusted-publisher.removed")
        }
    }

    @Test("A suspended account's publishers are suspended with it; a closed one's are the project's")
    func suspended() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await prepare(bench)
            let text = try await bench.exchange(try bench.githubToken()).text
            func set(_ state: UserRecord.State) async throws {
                try await bench.registry.driver.write { connection in
                    _ = try connection.execute("UPDATE users SET state = \(state) WHERE id = \(alice.userID)")
                }
            }
            try await set(.suspended)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
            try await set(.deleted)
            _ = try await bench.registry.publish("lamp", "2.0.0", by: bench.principal(text))
            _ = try await bench.exchange(try bench.githubToken())
        }
    }

    @Test("A token that is burned is over; no other token can be burned")
    func burn() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await prepare(bench)
            let text = try await bench.exchange(try bench.githubToken()).text
            let own = try await bench.token(["read"], for: alice)
            for _ in 0..<2 { try await bench.trust.burn(text) }
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            for nothing in [own, "", "hlmk_x", TokenText.make(random: SystemRandomSource())] {
                try await bench.trust.burn(nothing)
            }
            _ = try await bench.principal(own)
        }
    }
}
