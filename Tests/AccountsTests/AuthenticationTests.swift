import Accounts
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Who offers a credential", .timeLimit(.minutes(10)))
struct AuthenticationTests {
    private func token(
        _ registry: TestRegistry, _ user: String, seconds: Int64 = 3600, scopes: [String] = []
    ) async throws -> String {
        try await registry.accounts.createOperatorToken(
            userName: user, scopes: try scopes.map { try #require(TokenScope($0)) }, lifetimeSeconds: seconds)
    }

    @Test("A live token is its user's", arguments: TestBackend.allCases)
    func live(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.accounts.createUser(
                name: "Alice", email: "alice@example.org", isAdministrator: true)
            let secret = try await token(registry, "alice", scopes: ["read", "publish+yank:plain:lamp-*"])
            for userName in [nil, "__token__", "Alice", "alice", "ALICE"] {
                let found = try await registry.accounts.authenticate(Credential(secret: secret, userName: userName))
                #expect(found.userID == alice.id && found.userName == "Alice" && found.isAdministrator)
                #expect(found.kind == .operatorToken)
                #expect(found.scopes == [TokenScope("read"), TokenScope("publish+yank:plain:lamp-*")])
                #expect(found.tokenID != nil)
            }
        }
    }

    @Test("Everything else is refused in the same words", arguments: TestBackend.allCases)
    func refused(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            for name in ["alice", "bob"] {
                _ = try await registry.accounts.createUser(
                    name: name, email: "\(name)@example.org", isAdministrator: false)
            }
            let live = try await token(registry, "alice")
            let revoked = try await token(registry, "alice")
            try await registry.accounts.revoke(Credential(secret: revoked))
            let short = try await token(registry, "alice", seconds: 10)
            registry.clock.advance(bySeconds: 10)
            let wrong = [
                Credential(secret: TokenText.make(random: SystemRandomSource())), Credential(secret: ""),
                Credential(secret: "hlmk_"), Credential(secret: String(live.dropLast())),
                Credential(secret: live + " "),
                Credential(secret: live.uppercased()), Credential(secret: "secret", userName: "alice"),
                Credential(secret: live, userName: "bob"), Credential(secret: live, userName: "nobody"),
                Credential(secret: live, userName: ""), Credential(secret: live, userName: "__TOKEN__"),
                Credential(secret: revoked), Credential(secret: short), Credential(secret: live + "\u{0}"),
                Credential(secret: String(repeating: "x", count: 100_000)),
            ]
            var answers: Set<Problem> = []
            for credential in wrong {
                await expectRefusal(.tokenInvalid) {
                    do {
                        _ = try await registry.accounts.authenticate(credential)
                    } catch let problem as Problem {
                        answers.insert(problem)
                        throw problem
                    }
                }
            }
            #expect(answers.count == 1, "an answer must not tell which of these it was")
            _ = try await registry.accounts.authenticate(Credential(secret: live))
        }
    }

    @Test("A token lives until its last second and not in the next", arguments: TestBackend.allCases)
    func expiry(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let secret = try await token(registry, "alice", seconds: 60)
            registry.clock.advance(bySeconds: 59)
            _ = try await registry.accounts.authenticate(Credential(secret: secret))
            #expect(try await registry.accounts.tokens(of: alice).count == 2)
            registry.clock.advance(bySeconds: 1)
            await expectRefusal(.tokenInvalid) {
                _ = try await registry.accounts.authenticate(Credential(secret: secret))
            }
            #expect(try await registry.accounts.tokens(of: alice).count == 1)
        }
    }

    @Test("A stored scope that cannot be read allows nothing, rather than everything", arguments: TestBackend.allCases)
    func unreadableScope(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            _ = try await registry.accounts.createUser(name: "alice", email: "a@example.org", isAdministrator: false)
            let secret = try await token(registry, "alice", scopes: ["read:plain"])
            try await registry.driver.write { connection in
                _ = try connection.execute("UPDATE tokens SET scopes = \("admire:plain")")
            }
            let principal = try await registry.accounts.authenticate(Credential(secret: secret))
            let plain = EcosystemID(rawValue: "plain")
            for action in Action.allCases {
                #expect(!principal.mayUse(action, ecosystem: plain, nameKey: "lamp"))
                #expect(!principal.mayUse(action, ecosystem: plain, nameKey: nil))
            }
        }
    }

    @Test("When a token was used is written at the next flush, and never set back", arguments: TestBackend.allCases)
    func lastUse(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            func lastUse() async throws -> Timestamp? {
                try await registry.accounts.tokens(of: alice).first?.lastUsedAt
            }
            #expect(try await lastUse() == nil)
            try await registry.accounts.flushUses()
            let first = registry.clock.now()
            #expect(try await lastUse() == first)

            registry.clock.advance(bySeconds: 5)
            let secret = try await token(registry, "alice")
            for _ in 0..<3 { _ = try await registry.accounts.authenticate(Credential(secret: secret)) }
            try await registry.accounts.flushUses()
            let tokens = try await registry.accounts.tokens(of: alice)
            #expect(tokens.map(\.lastUsedAt) == [first, registry.clock.now()])

            let late = TokenUses()
            late.record(tokenID: tokens[1].id, at: first)
            try await late.flush(to: registry.driver)
            #expect(try await registry.accounts.tokens(of: alice).last?.lastUsedAt == registry.clock.now())
        }
    }

    @Test("Uses that could not be written are kept for the next flush, with newer ones on top")
    func keptUses() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            try await registry.accounts.flushUses()
            let id = try #require(try await registry.accounts.tokens(of: alice).first?.id)
            let uses = TokenUses()
            uses.record(tokenID: id, at: registry.clock.now().advanced(bySeconds: 1))
            await #expect(throws: SQLFault.busy) { try await uses.flush(to: BrokenDriver(fault: .busy)) }
            uses.record(tokenID: id, at: registry.clock.now().advanced(bySeconds: 2))
            await #expect(throws: SQLFault.busy) { try await uses.flush(to: BrokenDriver(fault: .busy)) }
            try await uses.flush(to: registry.driver)
            #expect(
                try await registry.accounts.tokens(of: alice).first?.lastUsedAt
                    == registry.clock.now().advanced(bySeconds: 2))
            // Nothing is left, so nothing is written.
            try await uses.flush(to: BrokenDriver(fault: .busy))
        }
    }
}
