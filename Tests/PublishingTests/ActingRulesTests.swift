import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

/// What each kind of credential is good for.
@Suite("NPM-1 Factors where they count")
struct ActingRulesTests {
    @Test(
        "AUTHN-3.2 AUTHN-1.1 No confirmed address or no second factor: no publish, no yank, no namespace",
        arguments: TestBackend.allCases)
    func factors(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let unknown = try await registry.signedIn("unknown", isConfirmed: false)
            let bare = try await registry.signedIn("bare", [.password])
            for (person, code) in [(unknown, .addressUnconfirmed), (bare, .secondFactorRequired)]
                as [(Principal, Problem.Code)]
            {
                // The operator vouches for the first release.
                _ = try await registry.publish(
                    person.userName, "1.0.0", by: try await registry.principal(person.userName))
                for principal in [person, person.withToken()] {
                    await expectRefusal(code, "before the body") {
                        _ = try await registry.publishing.open(UploadHead(ecosystem: plain), by: principal)
                    }
                    await expectRefusal(code, "with the name in the address") {
                        _ = try await registry.publishing.open(
                            UploadHead(ecosystem: plain, name: "new"), by: principal)
                    }
                    await expectRefusal(code) {
                        try await registry.lifecycle.yank(
                            plain, name: person.userName, version: "1.0.0", reason: nil, by: principal)
                    }
                    await expectRefusal(code) {
                        try await registry.lifecycle.setVisibility(
                            plain, name: person.userName, .private, by: principal)
                    }
                    await expectRefusal(code) {
                        _ = try await namespaces.claim(scoped, name: "fire", by: principal)
                    }
                    await expectRefusal(code) {
                        _ = try await registry.ownership.organizations.create(name: "acme", title: "", by: principal)
                    }
                    _ = try await registry.history(person.userName, for: .principal(principal))
                }
                #expect(try await registry.history(person.userName).releases.map(\.publisherKind) == [.operatorToken])
            }
        }
    }

    @Test(
        "A second factor that was taken away counts no more, and the commit asks again", arguments: TestBackend.allCases
    )
    func removed(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let (submission, grant) = try await registry.submission("lamp", "1.0.0", by: alice)
            try await registry.driver.write { connection in
                _ = try connection.execute("DELETE FROM totp_factors WHERE user_id = \(alice.userID)")
            }
            await expectRefusal(.secondFactorRequired) {
                _ = try await registry.publishing.publish(submission, with: grant)
            }
        }
    }

    @Test("Single sign-on counts as a second factor where its issuer says so", arguments: TestBackend.allCases)
    func singleSignOn(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let vouched = try await registry.signedIn("vouched", [.singleSignOn, .issuerFactor])
            _ = try await registry.publish("lamp", "1.0.0", by: vouched)
            _ = try await registry.publish("lamp", "1.1.0", by: vouched.withToken())
            let plainly = try await registry.signedIn("plainly", [.singleSignOn])
            await expectRefusal(.secondFactorRequired) { _ = try await registry.publish("wick", "1.0.0", by: plainly) }
            await expectRefusal(.secondFactorRequired) {
                _ = try await registry.publish("wick", "1.0.0", by: plainly.withToken())
            }
        }
    }

    @Test(
        "A policy can do without second factors, but not without confirmed addresses", arguments: TestBackend.allCases)
    func optional(backend: TestBackend) async throws {
        var policy = AccountPolicy()
        policy.secondFactor = .optional
        policy.criticalProjectsResistPhishing = false
        try await withRegistry(backend, policy: policy) { registry in
            let bare = try await registry.signedIn("bare", [.password])
            let unknown = try await registry.signedIn("unknown", [.password], isConfirmed: false)
            _ = try await registry.publish("lamp", "1.0.0", by: bare)
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            try await registry.ownership.critical.mark(plain, name: "lamp", atOnce: true, by: here)
            _ = try await registry.publish("lamp", "1.1.0", by: bare)
            await expectRefusal(.addressUnconfirmed) { _ = try await registry.publish("wick", "1.0.0", by: unknown) }
        }
    }

    @Test(
        "AUTHN-3.3 A critical project takes what cannot be phished, and trusted publishers",
        arguments: TestBackend.allCases)
    func critical(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice", [.password, .totp, .webauthn])
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            try await registry.ownership.critical.mark(plain, name: "lamp", by: here)
            let weak = alice.proving([.password, .totp])
            let operatorToken = try await registry.principal("alice")
            // During the grace period nothing changes.
            _ = try await registry.publish("lamp", "1.0.1", by: weak)
            _ = try await registry.publish("lamp", "1.0.2", by: operatorToken)
            registry.clock.advance(bySeconds: 15 * 86_400)
            let fresh = try await registry.principal("alice")

            func attempt(_ principal: Principal, _ version: String) async throws {
                _ = try await registry.publish("lamp", version, by: principal)
            }
            await expectRefusal(.operatorTokenRefused) { try await attempt(fresh, "2.0.0") }
            for principal in [weak, weak.withToken(), alice.withToken([.password])] {
                await expectRefusal(.phishingResistanceRequired) { try await attempt(principal, "2.0.0") }
                await expectRefusal(.phishingResistanceRequired) {
                    try await registry.lifecycle.addMember(
                        plain, name: "lamp", user: "alice", role: .owner, by: principal)
                }
                await expectRefusal(.phishingResistanceRequired) {
                    try await registry.lifecycle.yank(
                        plain, name: "lamp", version: "1.0.0", reason: nil, by: principal)
                }
            }
            try await attempt(alice, "2.0.0")
            try await attempt(alice.withToken(), "2.1.0")
            try await attempt(try await registry.trusted(alice, "lamp"), "2.2.0")
            // The key is gone: its tokens are no better than others.
            try await registry.driver.write { connection in
                _ = try connection.execute("DELETE FROM webauthn_credentials WHERE user_id = \(alice.userID)")
            }
            await expectRefusal(.phishingResistanceRequired) { try await attempt(alice.withToken(), "2.3.0") }
        }
    }

    @Test("A project can refuse long-lived tokens", arguments: TestBackend.allCases)
    func tokenPolicy(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            await expectRefusal(.notOwner) {
                try await registry.lifecycle.setTokenPolicy(plain, name: "lamp", .trusted, by: bob)
            }
            try await registry.lifecycle.setTokenPolicy(plain, name: "lamp", .trusted, by: alice)
            for principal in [alice.withToken(), try await registry.principal("alice")] {
                await expectRefusal(.longLivedTokenRefused) {
                    _ = try await registry.publish("lamp", "1.1.0", by: principal)
                }
                await expectRefusal(.longLivedTokenRefused) {
                    try await registry.lifecycle.deprecate(
                        plain, name: "lamp", messages: ["1.0.0": "old"], by: principal)
                }
            }
            _ = try await registry.publish("lamp", "1.1.0", by: alice)
            _ = try await registry.publish("lamp", "1.2.0", by: registry.trusted(alice, "lamp"))
            try await registry.lifecycle.yank(
                plain, name: "lamp", version: "1.1.0", reason: nil, by: alice.withToken())
        }
    }

    @Test(
        "Moderators yank and quarantine, and change no people; auditors change nothing", arguments: TestBackend.allCases
    )
    func moderators(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let moderator = try await registry.signedIn("mona", isModerator: true)
            let auditor = try await registry.signedIn("walter", isAuditor: true)
            let lifecycle = registry.lifecycle
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            try await lifecycle.setVisibility(plain, name: "lamp", .private, by: alice)
            _ = try await registry.history("lamp", for: .principal(moderator))
            _ = try await registry.history("lamp", for: .principal(auditor))
            try await lifecycle.yank(plain, name: "lamp", version: "1.0.0", reason: "bad", by: moderator)
            try await lifecycle.setStatus(plain, name: "lamp", .quarantined, reason: "bad", by: moderator)
            await expectRefusal(.forbidden, "an owner does not take it out") {
                try await lifecycle.setStatus(plain, name: "lamp", .active, reason: nil, by: alice)
            }
            try await lifecycle.setStatus(plain, name: "lamp", .active, reason: nil, by: moderator)
            await expectRefusal(.notOwner) {
                try await lifecycle.setStatus(plain, name: "lamp", .archived, reason: nil, by: moderator)
            }
            await expectRefusal(.notOwner) {
                try await lifecycle.addMember(plain, name: "lamp", user: "mona", role: .owner, by: moderator)
            }
            await expectRefusal(.notOwner) {
                try await lifecycle.remove(plain, name: "lamp", version: "1.0.0", by: moderator)
            }
            await expectRefusal(.notOwner) { _ = try await registry.publish("lamp", "1.1.0", by: moderator) }
            for act in [
                { try await lifecycle.yank(plain, name: "lamp", version: "1.0.0", reason: nil, by: auditor) },
                { try await lifecycle.setStatus(plain, name: "lamp", .quarantined, reason: nil, by: auditor) },
                { try await lifecycle.addMember(plain, name: "lamp", user: "walter", role: .owner, by: auditor) },
                { _ = try await registry.publish("lamp", "1.1.0", by: auditor) },
            ] as [() async throws -> Void] {
                await expectRefusal(.notOwner) { try await act() }
            }
            await expectRefusal(.secondFactorRequired, "a moderator needs a factor too") {
                try await lifecycle.yank(
                    plain, name: "lamp", version: "1.0.0", reason: nil, by: moderator.proving([.password]))
            }
        }
    }
}
