import Accounts
import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Hand-offs to a browser (RFC 8628)", .timeLimit(.minutes(10)))
struct DeviceGrantTests {
    private static func begin(_ bench: TrustBench, _ kind: DeviceGrant.Kind = .token) async throws
        -> DeviceGrants.Started
    {
        try await bench.grants.begin(kind, client: "a client", scopes: ["publish:plain"], visitor: TrustBench.visitor)
    }

    private static func allow(_ bench: TrustBench, _ started: DeviceGrants.Started, _ person: Principal) async throws {
        try await bench.grants.allow(
            userCode: started.grant.userCode, by: person, authenticatedAt: bench.clock.now(), origin: nil)
    }

    @Test("A client gets one token when somebody allows it", arguments: TestBackend.allCases)
    func token(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let started = try await Self.begin(bench)
            guard case .pending(5) = try await bench.grants.poll(started.deviceCode, kind: .token) else {
                Issue.record("it is not pending")
                return
            }
            let spelled = started.grant.userCode.lowercased().replacing("-", with: " ")
            let shown = try await bench.grants.pending(userCode: spelled, by: alice, visitor: TrustBench.visitor)
            #expect(shown.client == "a client" && shown.network == "192.0.2.0/24")
            #expect(shown.scopes.map(\.description) == ["publish:plain"])
            try await Self.allow(bench, started, alice)
            #expect(try await bench.told(alice).last == "device.allowed")
            let outcomes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        guard case .token(let text, _) = try? await bench.grants.poll(started.deviceCode, kind: .token)
                        else { return nil }
                        return text
                    }
                }
                return await group.reduce(into: [String]()) { if let text = $1 { $0.append(text) } }
            }
            #expect(outcomes.count == 1)
            let principal = try await bench.principal(try #require(outcomes.first))
            #expect(principal.userID == alice.userID && principal.factors == alice.factors && !principal.asksFactor)
            #expect(principal.scopes.map(\.description) == ["publish:plain"])
            await expectRefusal(.notFound) {
                _ = try await bench.grants.pending(
                    userCode: started.grant.userCode, by: alice, visitor: TrustBench.visitor)
            }
        }
    }

    @Test("Denied, over, unknown, and of another kind")
    func ends() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let denied = try await Self.begin(bench)
            try await bench.grants.deny(userCode: denied.grant.userCode, by: alice)
            guard case .denied = try await bench.grants.poll(denied.deviceCode, kind: .token) else {
                Issue.record("it is not denied")
                return
            }
            await expectRefusal(.notFound) { try await Self.allow(bench, denied, alice) }
            let late = try await Self.begin(bench)
            guard case .expired = try await bench.grants.poll(late.deviceCode, kind: .npmLogin) else {
                Issue.record("another kind is answered")
                return
            }
            try await Self.allow(bench, late, alice)
            bench.clock.advance(bySeconds: 600)
            for code in [late.deviceCode, "", "x", String(repeating: "A", count: 43)] {
                guard case .expired = try await bench.grants.poll(code, kind: .token) else {
                    Issue.record("'\(code)' is not over")
                    return
                }
            }
            let unseen = try await Self.begin(bench)
            bench.clock.advance(bySeconds: 601)
            await expectRefusal(.notFound) { try await Self.allow(bench, unseen, alice) }
            bench.clock.advance(bySeconds: 7200)
            #expect(try await bench.grants.expire() == 3)
        }
    }

    @Test("A client that asks too often is slowed down more and more; npm is only told to wait")
    func slowDown() async throws {
        try await withTrust(.sqlite) { bench in
            let started = try await Self.begin(bench)
            var answers: [String] = []
            for seconds in [0, 1, 9, 15, 14, 20] as [Int64] {
                bench.clock.advance(bySeconds: seconds)
                switch try await bench.grants.poll(started.deviceCode, kind: .token) {
                case .pending(let interval): answers.append("pending \(interval)")
                case .slowDown(let interval): answers.append("slow \(interval)")
                default: answers.append("other")
                }
            }
            #expect(answers == ["pending 5", "slow 10", "slow 15", "pending 15", "slow 20", "pending 20"])
            let patient = try await Self.begin(bench, .npmLogin)
            for _ in 0..<5 {
                guard case .pending = try await bench.grants.poll(patient.deviceCode, kind: .npmLogin, isPatient: true)
                else {
                    Issue.record("npm is slowed down")
                    return
                }
            }
        }
    }

    @Test("AUTHN-3.2 Allowing needs what making a token needs")
    func whoAllows() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            let started = try await Self.begin(bench)
            let user = try #require(try await bench.registry.accounts.user(named: "alice"))
            await expectRefusal(.secondFactorRequired) {
                try await Self.allow(bench, started, TrustBench.session(user, factors: Factors([.password])))
            }
            await expectRefusal(.reauthenticationRequired) {
                try await bench.grants.allow(
                    userCode: started.grant.userCode, by: alice,
                    authenticatedAt: bench.clock.now().advanced(bySeconds: -3600), origin: nil)
            }
            let token = try await bench.principal(try await bench.token(["manage"], for: alice))
            await expectRefusal(.forbidden) { try await Self.allow(bench, started, token) }
            guard case .pending = try await bench.grants.poll(started.deviceCode, kind: .token) else {
                Issue.record("it was allowed")
                return
            }
        }
    }

    @Test("Guessing codes and beginning hand-offs are limited")
    func limits() async throws {
        try await withTrust(.sqlite) { bench in
            let alice = try await bench.person("alice")
            var refusals: [Problem.Code: Int] = [:]
            for _ in 0..<60 {
                do {
                    _ = try await bench.grants.pending(userCode: "BCDF-GHJK", by: alice, visitor: TrustBench.visitor)
                } catch let problem as Problem { refusals[problem.code, default: 0] += 1 }
            }
            #expect(refusals[.tooManyAttempts, default: 0] > 0 && refusals[.notFound, default: 0] > 0)
            for _ in 0..<60 { _ = try await Self.begin(bench) }
            await expectRefusal(.tooManyAttempts) { _ = try await Self.begin(bench) }
            _ = try await bench.grants.begin(
                .token, client: "elsewhere", scopes: ["read"], visitor: Visitor(address: "198.51.100.1"))
        }
    }

    @Test("NPM-1 A proof of a factor is for one token and for minutes", arguments: TestBackend.allCases)
    func challenge(backend: TestBackend) async throws {
        try await withTrust(backend) { bench in
            let alice = try await bench.person("alice")
            let bob = try await bench.person("bob")
            let token = try await bench.principal(try await bench.token(["publish"], for: alice))
            let other = try await bench.principal(try await bench.token(["publish"], for: alice))
            let started = try await bench.grants.challenge(
                token, client: "npm", details: ["command": "publish"], visitor: TrustBench.visitor)
            func prove(_ principal: Principal) async throws -> Factors {
                try await bench.grants.prove(started.deviceCode, principal: principal, visitor: TrustBench.visitor)
            }
            await expectRefusal(.codeInvalid) { _ = try await prove(token) }
            await expectRefusal(.notFound) { try await Self.allow(bench, started, bob) }
            try await Self.allow(bench, started, alice)
            guard case .proof = try await bench.grants.poll(started.deviceCode, kind: .npmChallenge) else {
                Issue.record("there is no proof")
                return
            }
            #expect(try await prove(token) == alice.factors)
            await expectRefusal(.codeInvalid) { _ = try await prove(other) }
            await expectRefusal(.codeInvalid) {
                _ = try await bench.grants.prove("123456", principal: token, visitor: TrustBench.visitor)
            }
            bench.clock.advance(bySeconds: 300)
            await expectRefusal(.codeInvalid) { _ = try await prove(token) }
        }
    }
}
