import Accounts
import Foundation
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Tokens that people make", .timeLimit(.minutes(10)))
struct TokenTests {
    @Test("AUTHZ-1.1 A token has the scopes, the name and the end that were asked for", arguments: TestBackend.allCases)
    func create(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            var wish = TokenWish(name: "laptop", scopes: ["publish+yank:plain:Lamp", "read"])
            wish.networks = ["192.0.2.0/24", "2001:db8::/32"]
            let made = try await bench.tokens.create(
                wish, by: alice, authenticatedAt: bench.clock.now(), origin: nil)
            let principal = try await bench.principal(made.text)
            #expect(principal.scopes.map(\.description) == ["publish+yank:plain:lamp", "read"])
            #expect(principal.kind == .token && principal.factors == Factors([.password, .totp]))
            let listed = try #require(try await bench.tokens.list(of: alice).first)
            #expect(listed.name == "laptop" && listed.networks.map(\.description) == wish.networks)
            #expect(listed.expiresAt == bench.clock.now().advanced(bySeconds: 90 * 86_400))
            #expect(try await bench.told(alice) == ["token.created"])
            #expect(try await bench.events("token.created") == 1)
        }
    }

    @Test("AUTHN-3.2 Only a fresh session with a second factor makes tokens; no token does")
    func whoMakes() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let wish = TokenWish(name: "t", scopes: ["publish"])
            let now = bench.clock.now()
            func make(_ principal: Principal, at time: Timestamp) async throws {
                _ = try await bench.tokens.create(wish, by: principal, authenticatedAt: time, origin: nil)
            }
            let user = try #require(try await bench.registry.accounts.user(named: "alice"))
            await expectRefusal(.secondFactorRequired) {
                try await make(TrustBench.session(user, factors: Factors([.password])), at: now)
            }
            await expectRefusal(.reauthenticationRequired) {
                try await make(alice, at: now.advanced(bySeconds: -15 * 60))
            }
            let manage = try await bench.principal(try await bench.token(["manage"], for: alice))
            await expectRefusal(.forbidden) { try await make(manage, at: now) }
            let operatorToken = try await bench.registry.principal("alice")
            await expectRefusal(.forbidden) { try await make(operatorToken, at: now) }
        }
        var loose = AccountPolicy()
        loose.secondFactor = .optional
        try await withTrust(.sqlite, policy: loose) { bench in
            let user = try await bench.registry.accounts.createUser(
                name: "bob", email: "bob@example.org", isAdministrator: false)
            let session = TrustBench.session(user, factors: Factors([.password]))
            await expectRefusal(.addressUnconfirmed, "AUTHN-1.1 holds without second factors too") {
                _ = try await bench.token(["publish"], for: session)
            }
            let now = bench.clock.now()
            try await bench.registry.driver.write { connection in
                try TestStanding.enrol(user.id, [], at: now, on: connection)
            }
            _ = try await bench.token(["publish"], for: session)
        }
    }

    @Test("AUTHZ-1.1 What cannot be meant is refused")
    func nonsense() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            for scopes in [[], ["fly"], ["publish:nowhere"], ["publish:*:lamp"], Array(repeating: "read", count: 21)] {
                await expectRefusal(.badRequest, "\(scopes)") { _ = try await bench.token(scopes, for: alice) }
            }
            for pattern in ["la*p", "*mp", "lamp*", "a-*-b", "**", "-*"] {
                await expectRefusal(.nameInvalid, "\(pattern)") {
                    _ = try await bench.token(["publish:plain:\(pattern)"], for: alice)
                }
            }
            for days in [0, -1, 366] {
                await expectRefusal(.badRequest, "\(days)") {
                    _ = try await bench.token(["read"], for: alice) { $0.days = days }
                }
            }
            for network in ["", "300.1.1.1", "10.0.0.0/33", "example.org", "10.0.0.0/8 ::/0"] {
                await expectRefusal(.badRequest, "\(network)") {
                    _ = try await bench.token(["read"], for: alice) { $0.networks = [network] }
                }
            }
            await expectRefusal(.badRequest) { _ = try await bench.token(["read"], for: alice) { $0.name = " " } }
            for scope in ["publish:plain", "publish:plain:team-*", "publish+yank:plain:lamp", "publish"] {
                await expectRefusal(.badRequest, "\(scope)") {
                    _ = try await bench.token([scope], for: alice) { $0.isSingleUse = true }
                }
            }
        }
    }

    @Test(
        "AUTHZ-1.1 A token works from its networks alone, and a thief is told nothing", arguments: TestBackend.allCases)
    func networks(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let text = try await bench.token(["read"], for: alice) {
                $0.networks = ["198.51.100.0/24", "2001:db8:1::/48"]
            }
            for address in ["198.51.100.77", "2001:db8:1::9", "::ffff:198.51.100.1"] {
                #expect(try await bench.principal(text, from: address).userID == alice.userID)
            }
            var unknown: Problem?
            do { _ = try await bench.principal(TokenText.make(random: SystemRandomSource())) } catch let problem
                as Problem
            {
                unknown = problem
            }
            for address in ["198.51.101.77", "2001:db8:2::9", "", "no address", "198.51.100.0/24"] {
                do {
                    _ = try await bench.principal(text, from: address)
                    Issue.record("it works from '\(address)'")
                } catch let problem as Problem {
                    #expect(problem == unknown, "from '\(address)'")
                }
            }
            try await bench.registry.accounts.flushUses()
            let listed = try #require(try await bench.tokens.list(of: alice).first)
            #expect(listed.lastUsedNetwork == "198.51.100.0/24" || listed.lastUsedNetwork == "2001:db8:1::/48")
            #expect(listed.lastUsedAt == bench.clock.now())
        }
    }

    @Test(
        "AUTHZ-1.1 A token for one publish publishes once, also when many try at once", arguments: TestBackend.allCases)
    func singleUse(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            let text = try await bench.token(["publish:plain:lamp"], for: alice) { $0.isSingleUse = true }
            let once = try await bench.principal(text)
            await expectRefusal(.insufficientScope) { _ = try await bench.registry.publish("other", "1.0.0", by: once) }
            _ = try await bench.registry.publish("lamp", "2.0.0", by: once, isDryRun: true)
            _ = try await bench.registry.publish("lamp", "1.0.0", by: once)
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        (try? await bench.registry.publish("lamp", "3.\(index).0", by: once)) != nil
                    }
                }
                var count = 0
                for await isAccepted in group where isAccepted { count += 1 }
                return count
            }
            #expect(accepted == 1)
            #expect(try await bench.registry.history("lamp").releases.count == 2)
            await expectRefusal(.tokenInvalid) { _ = try await bench.registry.publish("lamp", "4.0.0", by: once) }
            bench.clock.advance(bySeconds: 301)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
        }
    }

    @Test("A token gives no more than its user may do now", arguments: TestBackend.allCases)
    func neverMore(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            let text = try await bench.token(["publish"], for: alice)
            _ = try await bench.registry.publish("lamp", "1.0.0", by: bench.principal(text))
            let owner = try await bench.principal(try await bench.token(["manage"], for: alice))
            for name in ["bob", "alice"] {
                _ = try? await bench.registry.lifecycle.addMember(
                    TrustBench.plain, name: "lamp", user: name, role: .owner, by: owner)
            }
            try await bench.registry.driver.write { connection in
                let project = try #require(
                    try ProjectStore(connection).find(ProjectCoordinates(ecosystem: TrustBench.plain, nameKey: "lamp")))
                try ProjectStore(connection).setMember(
                    project.id, userID: bob.userID, role: .owner, at: Timestamp(seconds: 1))
                _ = try ProjectStore(connection).removeMember(project.id, userID: alice.userID)
            }
            let principal = try await bench.principal(text)
            await expectRefusal(.notOwner) { _ = try await bench.registry.publish("lamp", "2.0.0", by: principal) }
            for state in [UserRecord.State.suspended, .deleted] {
                try await bench.registry.driver.write { connection in
                    _ = try connection.execute("UPDATE users SET state = \(state) WHERE id = \(alice.userID)")
                }
                await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            }
            try await bench.registry.driver.write { connection in
                _ = try connection.execute(
                    "UPDATE users SET state = \(UserRecord.State.active) WHERE id = \(alice.userID)")
            }
            _ = try await bench.principal(text)
        }
    }

    @Test("Owners are told seven days and one day before a token ends, once each", arguments: TestBackend.allCases)
    func expiry(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            _ = try await bench.token(["read"], for: alice) { $0.days = 30 }
            _ = try await bench.token(["read"], for: alice) { $0.days = 3 }
            let revoked = try await bench.tokens.create(
                TokenWish(name: "gone", scopes: ["read"], days: 30), by: alice, authenticatedAt: bench.clock.now(),
                origin: nil)
            try await bench.tokens.revoke(id: revoked.record.id, by: alice, reason: "lost", origin: nil)
            func notices() async throws -> Int { try await bench.told(alice).count { $0 == "token.expires" } }
            var seen: [Int] = []
            for day in 0..<31 {
                for _ in 0..<2 { _ = try await bench.tokens.noteExpiries() }
                if try await notices() != seen.count { seen.append(day) }
                bench.clock.advance(bySeconds: 86_400)
            }
            // The short one is told of on its second day, the long one on its 23rd and its 29th.
            #expect(seen == [2, 23, 29])
        }
    }

    @Test("A revoked token ends, with its reason; others' tokens cannot be ended", arguments: TestBackend.allCases)
    func revoke(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            let text = try await bench.token(["read"], for: alice)
            let token = try #require(try await bench.tokens.list(of: alice).first)
            await expectRefusal(.notFound) {
                try await bench.tokens.revoke(id: token.id, by: bob, reason: "mine now", origin: nil)
            }
            _ = try await bench.principal(text)
            try await bench.tokens.revoke(id: token.id, by: alice, reason: "laptop lost", origin: nil)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(text) }
            #expect(try await bench.tokens.list(of: alice).first?.revokedReason == "laptop lost")
            await expectRefusal(.notFound) {
                try await bench.tokens.revoke(id: token.id, by: alice, reason: "again", origin: nil)
            }
            let second = try await bench.token(["read"], for: alice)
            let count = try await bench.registry.driver.write { connection in
                try bench.tokens.revokeAll(userID: alice.userID, reason: "recovered", on: connection)
            }
            #expect(count == 1)
            await expectRefusal(.tokenInvalid) { _ = try await bench.principal(second) }
        }
    }

    @Test("A token that asks for a factor changes nothing without one", arguments: TestBackend.allCases)
    func asksFactor(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let text = try await bench.token(["publish+manage"], for: alice) { $0.asksFactor = true }
            var principal = try await bench.principal(text)
            await expectRefusal(.reauthenticationRequired) {
                _ = try await bench.registry.publish("lamp", "1.0.0", by: principal)
            }
            principal.freshFactors = Factors([.password])
            await expectRefusal(.reauthenticationRequired) {
                _ = try await bench.registry.publish("lamp", "1.0.0", by: principal)
            }
            principal.freshFactors = Factors([.totp])
            _ = try await bench.registry.publish("lamp", "1.0.0", by: principal)
            let plain = try await bench.principal(text)
            await expectRefusal(.reauthenticationRequired) {
                try await bench.registry.lifecycle.setVisibility(TrustBench.plain, name: "lamp", .private, by: plain)
            }
        }
    }
}
