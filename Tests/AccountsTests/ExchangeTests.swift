import Accounts
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Trusted publishing", .timeLimit(.minutes(10)))
struct ExchangeTests {
    @Test(
        "PYPI-1 A workflow publishes its project with a token of 15 minutes, and nothing else",
        arguments: TestBackend.allCases)
    func publish(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            for name in ["lamp", "vault"] { _ = try await bench.registry.publish(name, "1.0.0", by: owner) }
            let added = try await bench.publishers.add(
                TrustBench.plain, name: "Lamp", TrustBench.githubWish(), by: alice)
            #expect(try await bench.told(alice).contains("trusted-publisher.added"))
            let exchanged = try await bench.exchange(try bench.githubToken())
            #expect(exchanged.projects == ["lamp"])
            #expect(exchanged.expiresAt == bench.clock.now().advanced(bySeconds: 900))
            let machine = try await bench.principal(exchanged.text)
            #expect(machine.kind == .trustedPublisher && machine.userName == "github:octo-org/octo-repo")
            #expect(machine.scopes.map(\.description) == ["publish:plain:lamp"] && !machine.isAdministrator)
            _ = try await bench.registry.publish("lamp", "2.0.0", by: machine)
            let history = try await bench.registry.history("lamp")
            let release = try #require(history.releases.last)
            #expect(release.publisherKind == .trustedPublisher && release.publisher == "alice")
            #expect(release.publisherClaims?["sha"] == "0123456789abcdef0123456789abcdef01234567")
            #expect(release.publisherClaims?["run_id"] == "1234567890")
            #expect(
                release.publisherClaims?["workflow_ref"]?.stringValue?.hasSuffix("release.yml@refs/tags/v1") == true)
            let kinds = try await bench.registry.eventKinds("lamp")
            #expect(kinds.contains("trusted-publisher.added") && kinds.contains("trusted-publisher.used"))
            for name in ["vault", "new"] {
                await expectRefusal(.insufficientScope) {
                    _ = try await bench.registry.publish(name, "2.0.0", by: machine)
                }
            }
            await expectRefusal(.insufficientScope) {
                _ = try await bench.publishers.list(TrustBench.plain, name: "lamp", by: machine)
            }
            await expectRefusal(.insufficientScope) {
                try await bench.registry.lifecycle.setVisibility(TrustBench.plain, name: "lamp", .private, by: machine)
            }
            #expect(try await bench.tokens.list(of: alice).count == 1)
            bench.clock.advance(bySeconds: 900)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(exchanged.text) }
            #expect(added.pinned.isEmpty)
            let listed = try await bench.publishers.list(TrustBench.plain, name: "lamp", by: alice)
            #expect(listed.map(\.pinned) == [["repository_id": "74", "repository_owner_id": "65"]])
        }
    }

    @Test("PYPI-1 A pending publisher creates its project, which is then its adder's", arguments: TestBackend.allCases)
    func pending(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            _ = try await bench.publishers.addPending(
                TrustBench.plain, name: "lamp", TrustBench.githubWish(), by: alice)
            await expectRefusal(.notFound) { _ = try await bench.registry.history("lamp") }
            let exchanged = try await bench.exchange(try bench.githubToken())
            let machine = try await bench.principal(exchanged.text)
            _ = try await bench.registry.publish("lamp", "1.0.0", by: machine)
            _ = try await bench.registry.publish("lamp", "1.1.0", by: machine)
            let history = try await bench.registry.history("lamp")
            #expect(history.members.map(\.userName) == ["alice"] && history.releases.count == 2)
            #expect(try await bench.publishers.pending(by: alice).isEmpty)
            #expect(try await bench.publishers.list(TrustBench.plain, name: "lamp", by: alice).count == 1)
            let second = try await bench.exchange(try bench.githubToken())
            _ = try await bench.registry.publish("lamp", "2.0.0", by: bench.principal(second.text))
        }
    }

    @Test(
        "PYPI-1 A pending publisher reserves nothing, and goes when the project appears",
        arguments: TestBackend.allCases)
    func pendingIsNoReservation(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            _ = try await bench.publishers.addPending(
                TrustBench.plain, name: "lamp", TrustBench.githubWish(), by: alice)
            let early = try await bench.principal(try await bench.exchange(try bench.githubToken()).text)
            let other = try await bench.principal(try await bench.token(["publish"], for: bob))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: other)
            // The token was given before the project appeared, and is not good for it.
            await expectRefusal(.notOwner) { _ = try await bench.registry.publish("lamp", "2.0.0", by: early) }
            await expectRefusal(.pendingPublisherInvalid) { _ = try await bench.exchange(try bench.githubToken()) }
            #expect(try await bench.publishers.pending(by: alice).isEmpty)
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
        }
    }

    @Test("PYPI-1 A pending publisher holds for 30 days, and nobody has more than twenty")
    func pendingLimits() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let names = ["a", "b", "c", "d"].flatMap { first in ["v", "w", "x", "y", "z"].map { "\(first)\($0)" } }
            for name in names {
                _ = try await bench.publishers.addPending(
                    TrustBench.plain, name: "project\(name)", TrustBench.githubWish(), by: alice)
            }
            await expectRefusal(.publisherLimit) {
                _ = try await bench.publishers.addPending(
                    TrustBench.plain, name: "onemore", TrustBench.githubWish(), by: alice)
            }
            await expectRefusal(.conflict) {
                _ = try await bench.publishers.addPending(
                    TrustBench.plain, name: "projectav", TrustBench.githubWish(), by: alice)
            }
            bench.clock.advance(bySeconds: 30 * 86_400)
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
            #expect(try await bench.publishers.pending(by: alice).isEmpty)
            #expect(try await bench.trust.expire() == 20)
            #expect(try await bench.trust.expire() == 0)
        }
    }

    @Test(
        "PYPI-1 One token for all projects of a repository, each published for its own owner",
        arguments: TestBackend.allCases)
    func several(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            for (person, name) in [(alice, "lamp"), (bob, "shade")] {
                let token = try await bench.principal(try await bench.token(["publish"], for: person))
                _ = try await bench.registry.publish(name, "1.0.0", by: token)
                _ = try await bench.publishers.add(TrustBench.plain, name: name, TrustBench.githubWish(), by: person)
            }
            let exchanged = try await bench.exchange(try bench.githubToken())
            #expect(exchanged.projects == ["lamp", "shade"])
            let machine = try await bench.principal(exchanged.text)
            for (name, owner) in [("lamp", "alice"), ("shade", "bob")] {
                _ = try await bench.registry.publish(name, "2.0.0", by: machine)
                #expect(try await bench.registry.history(name).releases.last?.publisher == owner)
            }
            let one = try await bench.exchange(try bench.githubToken(), project: "shade")
            #expect(one.projects == ["shade"])
        }
    }

    @Test("Environments: the one that is named first, then any; and owners are told where none is")
    func environments() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "lamp", TrustBench.githubWish(environment: "Release"), by: alice)
            await expectRefusal(.publisherUnknown) { _ = try await bench.exchange(try bench.githubToken()) }
            await expectRefusal(.publisherUnknown) {
                _ = try await bench.exchange(try bench.githubToken([("environment", "staging")]))
            }
            _ = try await bench.exchange(try bench.githubToken([("environment", "RELEASE")]))
            #expect(!(try await bench.told(alice).contains("trusted-publisher.without-environment")))
            _ = try await bench.publishers.add(TrustBench.plain, name: "lamp", TrustBench.githubWish(), by: alice)
            for _ in 0..<2 { _ = try await bench.exchange(try bench.githubToken([("environment", "staging")])) }
            #expect(try await bench.told(alice).count { $0 == "trusted-publisher.without-environment" } == 1)
        }
    }

    @Test("The workflow's file is compared: the caller's, or the called one where that is what the owner chose")
    func workflows() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            for name in ["lamp", "called", "elsewhere"] {
                _ = try await bench.registry.publish(name, "1.0.0", by: owner)
            }
            _ = try await bench.publishers.add(TrustBench.plain, name: "lamp", TrustBench.githubWish(), by: alice)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "called", TrustBench.githubWish(["workflow_claim": "called"]), by: alice)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "elsewhere",
                TrustBench.githubWish(["workflow_claim": "called", "workflow_repository": "octo-org/automation"]),
                by: alice)
            func projects(_ caller: String, _ called: String) async throws -> [String] {
                do {
                    return try await bench.exchange(
                        try bench.githubToken([
                            ("workflow_ref", .string(caller)), ("job_workflow_ref", .string(called)),
                        ])
                    ).projects
                } catch let problem as Problem where problem.code == .publisherUnknown {
                    return []
                }
            }
            let own = "octo-org/octo-repo/.github/workflows/"
            let other = "octo-org/automation/.github/workflows/"
            #expect(try await projects("\(own)release.yml@refs/tags/v1", "\(own)build.yml@refs/tags/v1") == ["lamp"])
            #expect(try await projects("\(own)build.yml@refs/tags/v1", "\(own)release.yml@refs/tags/v1") == ["called"])
            #expect(try await projects("\(own)build.yml@refs/tags/v1", "\(own)release.yml@refs/heads/x") == [])
            #expect(
                try await projects("\(own)build.yml@refs/tags/v1", "\(other)release.yml@refs/heads/x") == ["elsewhere"])
            #expect(try await projects("\(other)release.yml@refs/tags/v1", "\(other)x.yml@refs/tags/v1") == [])
            #expect(try await projects("\(own)release.yml", "\(own)release.yml") == [])
        }
    }

    @Test("GitLab, Google Cloud and ActiveState, each by its own claims")
    func providers() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            for name in ["lamp", "shade", "wick"] { _ = try await bench.registry.publish(name, "1.0.0", by: owner) }
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "lamp",
                TrustedPublisherWish(
                    provider: "gitlab", environment: "Prod",
                    settings: ["namespace": "my-group/sub", "project": "my-project", "workflow": ".gitlab-ci.yml"]),
                by: alice)
            func gitlab(_ changes: [(String, JSONValue?)]) async throws -> [String] {
                let claims: [(String, JSONValue?)] = [
                    ("project_path", "my-group/sub/my-project"), ("namespace_id", "72"), ("project_id", "20"),
                    ("ref_path", "refs/heads/main"), ("sha", "714a"), ("environment", "Prod"),
                    ("ci_config_ref_uri", "gitlab.com/my-group/sub/my-project//.gitlab-ci.yml@refs/heads/main"),
                ]
                let token = try bench.gitlab.token(
                    audience: TrustBench.audience,
                    subject: "project_path:my-group/sub/my-project:ref_type:branch:ref:main", at: bench.clock.now(),
                    claims: claims + changes)
                do {
                    return try await bench.exchange(token).projects
                } catch let problem as Problem where problem.code == .publisherUnknown {
                    return []
                }
            }
            #expect(try await gitlab([]) == ["lamp"])
            #expect(try await gitlab([("environment", "prod")]) == [])
            #expect(try await gitlab([("namespace_id", "73")]) == [])
            #expect(try await gitlab([("project_id", "21")]) == [])
            for place in [
                "gitlab.com/my-group/sub/my-project//other.yml@refs/heads/main",
                "gitlab.com/my-group/sub/my-project//.gitlab-ci.yml@refs/heads/evil",
                "evil.example/my-group/sub/my-project//.gitlab-ci.yml@refs/heads/main",
                "gitlab.com/other/my-project//.gitlab-ci.yml@refs/heads/main",
            ] {
                #expect(try await gitlab([("ci_config_ref_uri", .string(place))]) == [], "\(place)")
            }
            #expect(try await gitlab([("sub", "project_path:other/my-project:ref_type:branch:ref:main")]) == [])
        }
    }

    @Test("What an owner says is checked before it is kept")
    func settings() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            func add(_ wish: TrustedPublisherWish, by principal: Principal) async throws {
                _ = try await bench.publishers.add(TrustBench.plain, name: "lamp", wish, by: principal)
            }
            for more in [
                ["workflow": "release.txt"], ["workflow": "a/release.yml"], ["workflow": ".yml"], ["owner": "-octo"],
                ["owner": "octo/org"], ["repository": ""], ["repository": ".."], ["workflow_claim": "both"],
                ["workflow_repository": "octo-org/automation"], ["nonsense": "x"], ["repository_owner_id": "x"],
            ] {
                await expectRefusal(.badRequest, "\(more)") { try await add(TrustBench.githubWish(more), by: alice) }
            }
            for environment in [" prod", "prod ", "pr'od", "pr,od", "a\\b", String(repeating: "x", count: 256)] {
                await expectRefusal(.badRequest, "\(environment)") {
                    try await add(TrustBench.githubWish(environment: environment), by: alice)
                }
            }
            await expectRefusal(.badRequest) {
                try await add(TrustedPublisherWish(provider: "nobody", settings: [:]), by: alice)
            }
            await expectRefusal(.badRequest) {
                try await add(
                    TrustedPublisherWish(
                        provider: "github", issuer: "https://gitlab.com", settings: TrustBench.githubWish().settings),
                    by: alice)
            }
            await expectRefusal(.notOwner) { try await add(TrustBench.githubWish(), by: bob) }
            try await add(TrustBench.githubWish(), by: alice)
            await expectRefusal(.conflict) { try await add(TrustBench.githubWish(), by: alice) }
        }
    }

    @Test("An issuer of one organization speaks for no other's projects")
    func boundIssuers() async throws {
        try await withTrust(.sqlite) { bench in
            let root = try await bench.person("chief", isAdministrator: true)
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            _ = try await bench.registry.lifecycle.ownership.organizations.create(
                name: "acme", title: "Acme", by: alice)
            let issuer = TestIssuer(url: "https://ghes.example")
            bench.services.add(issuer)
            _ = try await bench.trust.addIssuer(
                name: "ours", issuer: issuer.url, provider: "github", claims: [:], organization: "acme", by: root)
            let wish = TrustedPublisherWish(
                provider: "github", issuer: issuer.url, settings: TrustBench.githubWish().settings)
            await expectRefusal(.forbidden) {
                _ = try await bench.publishers.add(TrustBench.plain, name: "lamp", wish, by: alice)
            }
            await expectRefusal(.forbidden) {
                _ = try await bench.publishers.addPending(TrustBench.plain, name: "shade", wish, by: alice)
            }
            func own(_ name: String?) async throws {
                try await bench.registry.driver.write { connection in
                    let project = try #require(
                        try ProjectStore(connection).find(
                            ProjectCoordinates(ecosystem: TrustBench.plain, nameKey: "lamp")))
                    let organization = try name.map {
                        try #require(try OrganizationStore(connection).find(nameKey: $0))
                    }
                    try ProjectStore(connection).setOrganization(project.id, organization?.id)
                }
            }
            try await own("acme")
            _ = try await bench.publishers.add(TrustBench.plain, name: "lamp", wish, by: alice)
            _ = try await bench.exchange(try bench.githubToken(issuer: issuer))
            try await own(nil)
            await expectRefusal(.publisherUnknown) {
                _ = try await bench.exchange(try bench.githubToken(issuer: issuer))
            }
        }
    }

    @Test("An issuer of an administrator's needs a claim that nobody else can get")
    func customIssuers() async throws {
        try await withTrust(.sqlite) { bench in
            let root = try await bench.person("chief", isAdministrator: true)
            let alice = try await bench.person("alice")
            let url = "https://gitlab.com"
            func add(_ issuer: String, _ claims: [String: String], by principal: Principal) async throws {
                _ = try await bench.trust.addIssuer(
                    name: "builder", issuer: issuer, provider: "custom", claims: claims, by: principal)
            }
            for claims in [[:], ["sub": "id"], ["pipeline": "match"], ["jti": "id"], ["project": "id", "x": "maybe"]] {
                await expectRefusal(.badRequest, "\(claims)") { try await add("https://ci.example", claims, by: root) }
            }
            await expectRefusal(.conflict) { try await add(url, ["project": "id"], by: root) }
            for issuer in ["http://ci.example", "ci.example", "https://ci.example?x=1", "https://u@ci.example"] {
                await expectRefusal(.badRequest, "\(issuer)") { try await add(issuer, ["project": "id"], by: root) }
            }
            await expectRefusal(.forbidden) { try await add("https://ci.example", ["project": "id"], by: alice) }
            try await add("https://ci.example", ["project": "id", "trigger": "!fork"], by: root)
            await expectRefusal(.conflict) { try await add("https://ci.example", ["project": "id"], by: root) }
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "lamp",
                TrustedPublisherWish(
                    provider: "custom", issuer: "https://ci.example", settings: ["sub": "repo:lamp"]), by: alice)
            try await bench.trust.removeIssuer(name: "builder", by: root)
            #expect(try await bench.trust.issuers().isEmpty)
        }
    }
}
