import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Operator tokens", .timeLimit(.minutes(10)))
struct OperatorTokenTests {
    @Test("From a second to 90 days, and 30 by default")
    func lifetime() async throws {
        #expect(Accounts.operatorTokenDefaultDays == 30)
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            func make(_ seconds: Int64) async throws {
                _ = try await registry.accounts.createOperatorToken(
                    userName: "alice", scopes: [], lifetimeSeconds: seconds)
            }
            for seconds in [0, -1, 90 * 86_400 + 1, .max, .min] as [Int64] {
                await expectRefusal(.badRequest, "\(seconds)") { try await make(seconds) }
            }
            #expect(try await registry.accounts.tokens(of: alice).count == 1)
            for seconds in [1, 90 * 86_400] as [Int64] {
                try await make(seconds)
                let expiry = registry.clock.now().advanced(bySeconds: seconds)
                #expect(try await registry.accounts.tokens(of: alice).contains { $0.expiresAt == expiry })
            }
        }
    }

    @Test("Only for a user that exists")
    func unknownUser() async throws {
        try await withRegistry(.sqlite) { registry in
            await expectRefusal(.userUnknown) {
                _ = try await registry.accounts.createOperatorToken(userName: "nobody", scopes: [], lifetimeSeconds: 60)
            }
        }
    }

    @Test(
        "The record says what it is and keeps no more than the beginning of the text", arguments: TestBackend.allCases)
    func record(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let scopes = ["read", "publish:plain:@team/*", "yank+manage:*:lamp"].compactMap(TokenScope.init)
            try #require(scopes.count == 3)
            registry.clock.advance(bySeconds: 1)
            let secret = try await registry.accounts.createOperatorToken(
                userName: "ALICE", scopes: scopes, lifetimeSeconds: 3600)
            let token = try #require(try await registry.accounts.tokens(of: alice).last)
            #expect(token.kind == .operatorToken && token.userID == alice.userID)
            #expect(token.scopes == scopes)
            #expect(token.hash == TokenText.hash(secret) && token.key == Hex.encode(token.hash))
            #expect(token.prefix == secret.prefix(9))
            #expect(token.createdAt == registry.clock.now() && token.lastUsedAt == nil && token.revokedAt == nil)
            let other = try await registry.person("bob")
            #expect(try await registry.accounts.tokens(of: other).count == 1)
        }
    }

    @Test("A policy ends them all, the old ones too", arguments: TestBackend.allCases)
    func policy(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            _ = try await registry.person("alice")
            let secret = try await registry.accounts.createOperatorToken(
                userName: "alice", scopes: [], lifetimeSeconds: 60)
            let strict = Accounts(
                driver: registry.driver, clock: registry.clock, random: SystemRandomSource(), ids: registry.core.ids,
                uses: TokenUses(), acceptsOperatorTokens: false)
            await expectRefusal(.tokenInvalid) { _ = try await strict.authenticate(Credential(secret: secret)) }
            await expectRefusal(.forbidden) {
                _ = try await strict.createOperatorToken(userName: "alice", scopes: [], lifetimeSeconds: 60)
            }
            try await registry.driver.write { connection in
                _ = try connection.execute("UPDATE tokens SET kind = \(Principal.Kind.token)")
            }
            #expect(try await strict.authenticate(Credential(secret: secret)).kind == .token)
        }
    }

    @Test("The operator's own command line is an administrator without a token")
    func commandLine() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            #expect(operatorItself.kind == .commandLine && operatorItself.isAdministrator)
            #expect(operatorItself.tokenID == nil && operatorItself.scopes.isEmpty)
            let asAlice = try await registry.accounts.commandLinePrincipal(as: "Alice")
            #expect(asAlice.userID == alice.userID && asAlice.kind == .commandLine)
            await expectRefusal(.userUnknown) { _ = try await registry.accounts.commandLinePrincipal(as: "nobody") }
        }
    }
}
