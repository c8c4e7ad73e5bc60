import Accounts
import Blobs
import HallmarkTesting
import Outbound
import Persistence
import Publishing
import RegistryModel
import Testing

/// A project is held to the very repository it came from, not only to its address (PACKAGIST-2).
@Suite("Numbers of source repositories", .timeLimit(.minutes(5)))
struct SourceIdentityTests {
    private static let shared = EcosystemID(rawValue: "shared")
    private static let pin = SourcePin(key: "code.example/acme/lamp", address: "https://code.example/acme/lamp")

    @Test("PACKAGIST-2 Each host is asked in its own way, and its answer is read")
    func hosts() throws {
        func api(_ text: String) throws -> CodeHostAPI { try #require(CodeHostAPI(text)) }
        func page(_ status: Int, _ body: String) -> FetchedPage { FetchedPage(status: status, body: Array(body.utf8)) }
        let github = try api("code.example github https://api.example/")
        #expect(github.address(of: Self.pin) == "https://api.example/repos/acme/lamp")
        #expect(github.read(page(200, #"{"id": 7, "name": "lamp"}"#)) == .found("7"))
        let moved = #"{"message": "Moved Permanently", "url": "https://api.example/repositories/7"}"#
        #expect(github.read(page(301, moved)) == .found("7"), "a rename changes no number")
        #expect(github.read(page(404, "")) == .absent)
        #expect(github.read(page(403, #"{"id": 8}"#)) == .unknown("'code.example' answers 403"), "asked too often")
        for body in ["", "[]", #"{"id": null}"#, #"{"id": ""}"#, #"{"id": 1.5}"#, #"{"id": 7"#] {
            guard case .unknown = github.read(page(200, body)) else {
                Issue.record("\(body)")
                continue
            }
        }
        let gitlab = try api("code.example gitlab https://code.example")
        #expect(gitlab.address(of: Self.pin) == "https://code.example/api/v4/projects/acme%2Flamp")
        let deep = SourcePin(key: "code.example/acme/tools/lamp", address: "")
        #expect(gitlab.address(of: deep) == "https://code.example/api/v4/projects/acme%2Ftools%2Flamp")
        #expect(github.address(of: deep) == nil)
        let gitea = try api("code.example gitea http://127.0.0.1:80")
        #expect(gitea.address(of: Self.pin) == "http://127.0.0.1:80/api/v1/repos/acme/lamp")
        let bitbucket = try api("code.example bitbucket https://api.example")
        #expect(bitbucket.address(of: Self.pin) == "https://api.example/2.0/repositories/acme/lamp")
        #expect(bitbucket.read(page(200, #"{"uuid": "{a-b}", "id": 1}"#)) == .found("{a-b}"))
        let wrong = ["acme/../lamp", "acme/..", "acme/a%2fb", ""].map { "code.example/\($0)" }
        for key in wrong + ["other.example/a/b"] {
            #expect(gitlab.address(of: SourcePin(key: key, address: "")) == nil, "\(key)")
        }
        for text in ["code.example svn https://x.example", "code.example gitea", "code.example gitea ftp://x"] {
            #expect(CodeHostAPI(text) == nil, "\(text)")
        }
        #expect(CodeHostAPI.standard.count == 4)
    }

    /// Runs `body` with a code host on this machine.
    private func with(
        _ backend: TestBackend,
        _ body: @Sendable (TestRegistry, PageServer, SourceIdentities, Principal) async throws -> Void
    ) async throws {
        let server = try await PageServer()
        let pool = BlockingPool(name: "asking", threads: 1, capacity: 8)
        let api = try #require(CodeHostAPI("code.example gitea http://127.0.0.1:\(server.port)"))
        try await withRegistry(backend) { registry in
            let sources = SourceIdentities(
                core: registry.core, hosts: [api],
                pages: PublicPageFetcher(allowsPrivate: true, pool: pool, milliseconds: 500))
            try await body(registry, server, sources, try await registry.person("alice"))
        }
        try await server.stop()
        try await pool.shutdown()
    }

    private func set(_ server: PageServer, id: Int?) {
        let body = id.map { #"{"id": \#($0)}"# }
        server.set(
            "/api/v1/repos/acme/lamp",
            body.map { "HTTP/1.1 200 Fine\r\nContent-Length: \($0.utf8.count)\r\n\r\n\($0)" })
    }

    private func publish(
        _ registry: TestRegistry, _ sources: SourceIdentities, _ version: String, by principal: Principal,
        isDryRun: Bool = false
    ) async throws {
        let (submission, grant) = try await registry.submission(
            "lamp", version, by: principal, dependencies: ["https://code.example/acme/lamp"], ecosystem: "shared",
            isDryRun: isDryRun)
        let pipeline = PublishingPipeline(core: registry.core, verifiers: [sources])
        _ = try await pipeline.publish(submission, with: grant)
    }

    private func source(_ registry: TestRegistry) async throws -> HeldSource {
        let history = try await registry.catalog.history(Self.shared, name: "lamp", for: .anonymous)
        return try #require(try await registry.catalog.source(of: history.project))
    }

    private func kinds(_ registry: TestRegistry) async throws -> [String] {
        let history = try await registry.catalog.history(Self.shared, name: "lamp", for: .anonymous)
        return try await registry.catalog.events(history.project, limit: 100).map(\.kind)
    }

    @Test(
        "PACKAGIST-2 A release is refused when another repository has the address, until an owner confirms it",
        arguments: TestBackend.allCases)
    func release(backend: TestBackend) async throws {
        try await with(backend) { registry, server, sources, alice in
            set(server, id: 7)
            try await publish(registry, sources, "1.0.0", by: alice)
            #expect(try await source(registry).repositoryID == nil && server.asked.isEmpty, "no publisher waits for it")
            #expect(try await sources.checkDue() == (1, 0))
            #expect(try await source(registry).repositoryID == "7")
            try await publish(registry, sources, "1.1.0", by: alice)
            #expect(server.asked.count == 1, "the answer is young")

            registry.clock.advance(bySeconds: 3600)
            try await publish(registry, sources, "1.2.0", by: alice)
            #expect(server.asked.count == 2)
            // A host that is down, or does not know the repository now, stops nobody.
            for answer in [nil, ""] as [String?] {
                registry.clock.advance(bySeconds: 3600)
                server.set("/api/v1/repos/acme/lamp", answer)
                try await publish(registry, sources, answer == nil ? "1.3.0" : "1.4.0", by: alice)
            }
            registry.clock.advance(bySeconds: 3600)
            set(server, id: 8)
            await expectRefusal(.sourceMismatch, "a dry run keeps nothing") {
                try await publish(registry, sources, "1.5.0", by: alice, isDryRun: true)
            }
            #expect(try await source(registry).isFrozen == false)
            await expectRefusal(.sourceMismatch) { try await publish(registry, sources, "1.5.0", by: alice) }
            let frozen = try await source(registry)
            #expect(frozen.isFrozen && frozen.repositoryID == "7" && frozen.foundID == "8")
            await expectRefusal(.sourceMismatch, "by whichever way") {
                _ = try await registry.publish("lamp", "1.5.0", by: alice, ecosystem: "shared")
            }
            #expect(try await kinds(registry).count { $0 == "project.frozen" } == 1)
            let told = try await registry.driver.read { connection in
                try connection.query("SELECT kind FROM account_history WHERE user_id = \(alice.userID)").count
            }
            #expect(told == 1)

            try await registry.lifecycle.setSource(
                Self.shared, name: "lamp", address: "https://code.example/acme/lamp", by: alice)
            try await publish(registry, sources, "1.5.0", by: alice)
            #expect(try await sources.checkDue() == (1, 0))
            #expect(try await source(registry).repositoryID == "8")
        }
    }

    @Test("PACKAGIST-2 The schedule notices it too, and asks again as time passes", arguments: TestBackend.allCases)
    func schedule(backend: TestBackend) async throws {
        try await with(backend) { registry, server, sources, alice in
            try await publish(registry, sources, "1.0.0", by: alice)
            #expect(try await sources.checkDue() == (1, 0), "nothing is there yet")
            #expect(try await sources.checkDue() == (0, 0))
            set(server, id: 7)
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await sources.checkDue() == (1, 0))
            #expect(try await kinds(registry).contains("project.source-identified"))
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await sources.checkDue() == (0, 0), "what is known is asked for again after a week")
            set(server, id: 8)
            registry.clock.advance(bySeconds: 6 * 86_400)
            #expect(try await sources.checkDue() == (1, 1))
            #expect(try await source(registry).isFrozen)
            await expectRefusal(.sourceMismatch) { try await publish(registry, sources, "1.1.0", by: alice) }
            registry.clock.advance(bySeconds: 30 * 86_400)
            #expect(try await sources.checkDue() == (0, 0), "what is frozen waits for its owner")
        }
    }
}
