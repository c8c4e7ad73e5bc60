import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Revoking tokens", .timeLimit(.minutes(10)))
struct RevocationTests {
    @Test("By the whole key or by its first eight digits", arguments: TestBackend.allCases)
    func byKey(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            var secrets: [String] = []
            for _ in 0..<3 {
                secrets.append(
                    try await registry.accounts.createOperatorToken(userName: "alice", scopes: [], lifetimeSeconds: 60))
            }
            let keys = secrets.map { Hex.encode(TokenText.hash($0)) }
            for key in ["", "0", String(keys[0].prefix(7)), keys[0] + "0", keys[0].uppercased(), "hlmk_", secrets[0]] {
                // A key of digits alone is the same in upper case.
                guard key != keys[0] else { continue }
                await expectRefusal(.notFound, "\(key)") {
                    try await registry.accounts.revokeToken(key: key, by: alice)
                }
            }
            #expect(try await registry.accounts.tokens(of: alice).count == 4)
            try await registry.accounts.revokeToken(key: String(keys[0].prefix(8)), by: alice)
            try await registry.accounts.revokeToken(key: keys[1], by: alice)
            for (secret, isRevoked) in zip(secrets, [true, true, false]) {
                let principal = try? await registry.accounts.authenticate(Credential(secret: secret))
                #expect((principal == nil) == isRevoked)
            }
            #expect(try await registry.accounts.tokens(of: alice).count == 2)
            await expectRefusal(.notFound, "once is enough") {
                try await registry.accounts.revokeToken(key: keys[0], by: alice)
            }
        }
    }

    @Test(
        "Nobody revokes another's, and a beginning that two keys share names neither", arguments: TestBackend.allCases)
    func others(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let root = try await registry.person("carol", isAdministrator: true)
            let key = try #require(try await registry.accounts.tokens(of: alice).first?.key)
            await expectRefusal(.notFound) { try await registry.accounts.revokeToken(key: key, by: root) }

            let beginning = try #require(Hex.decode(String(key.prefix(8))))
            let twin = TokenRecord(
                id: registry.core.ids.next(), userID: alice.userID, hash: beginning + [UInt8](repeating: 7, count: 28),
                prefix: "hlmk_twin", kind: .token, scopes: [], createdAt: registry.clock.now(),
                expiresAt: registry.clock.now().advanced(bySeconds: 60), lastUsedAt: nil, revokedAt: nil)
            try await registry.driver.write { try TokenStore($0).insert(twin) }
            await expectRefusal(.notFound) {
                try await registry.accounts.revokeToken(key: String(key.prefix(8)), by: alice)
            }
            try await registry.accounts.revokeToken(key: String(twin.key.prefix(16)), by: alice)
            #expect(try await registry.accounts.tokens(of: alice).map(\.key) == [key])
        }
    }

    @Test("Logging out ends the token that asks, and only a live one can", arguments: TestBackend.allCases)
    func logout(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let secret = try await registry.accounts.createOperatorToken(
                userName: "alice", scopes: [], lifetimeSeconds: 60)
            try await registry.accounts.revoke(Credential(secret: secret, userName: "alice"))
            await expectRefusal(.tokenInvalid) { try await registry.accounts.revoke(Credential(secret: secret)) }
            #expect(try await registry.accounts.tokens(of: alice).count == 1)
        }
    }

    @Test("Revoked by two at once, it leaves one event", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let key = try #require(try await registry.accounts.tokens(of: alice).first?.key)
            await withTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask { try? await registry.accounts.revokeToken(key: key, by: alice) }
                }
            }
            let count = try await registry.driver.read { connection in
                try connection.first("SELECT COUNT(*) FROM events WHERE kind = \("token.revoked")")?.int(0)
            }
            #expect(count == 1)
        }
    }
}
