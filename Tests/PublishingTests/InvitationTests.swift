import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Roles that are offered")
struct InvitationTests {
    /// A project of alice's, with bob and mallory beside her.
    private func with(
        _ backend: TestBackend,
        _ body: @escaping @Sendable (TestRegistry, Principal, Principal, Principal) async throws -> Void
    ) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let mallory = try await registry.signedIn("mallory")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            try await body(registry, alice, bob, mallory)
        }
    }

    private func invitation(_ registry: TestRegistry, _ person: Principal) async throws -> Int64 {
        try #require(try await registry.ownership.invitations.list(by: person).first).id
    }

    @Test(
        "AUTHZ-2.1 A role holds when it is accepted, and everybody concerned is told", arguments: TestBackend.allCases)
    func acceptance(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, bob, mallory in
            let invitations = registry.ownership.invitations
            guard
                case .offered(let until) = try await registry.lifecycle.addMember(
                    plain, name: "lamp", user: "bob", role: .maintainer, by: alice)
            else {
                Issue.record("it held at once")
                return
            }
            #expect(until == registry.clock.now().advanced(bySeconds: 14 * 86_400))
            await expectRefusal(.notOwner) { _ = try await registry.publish("lamp", "1.1.0", by: bob) }
            #expect(try await registry.notices(bob) == ["role.offered offered"])
            #expect(try await registry.notices(alice) == ["role.offered offered"])
            // Asking again tells nobody again.
            try await registry.lifecycle.addMember(plain, name: "lamp", user: "bob", role: .maintainer, by: alice)
            #expect(try await registry.notices(bob).count == 1)

            let id = try await invitation(registry, bob)
            await expectRefusal(.notFound, "somebody else's") { _ = try await invitations.accept(id, by: mallory) }
            await expectRefusal(.notFound) { try await invitations.decline(id, by: mallory) }
            await expectRefusal(.notFound) { try await invitations.cancel(id, by: mallory) }
            await expectRefusal(.operatorTokenRefused) {
                _ = try await invitations.accept(id, by: try await registry.principal("bob"))
            }
            await expectRefusal(.insufficientScope) {
                _ = try await invitations.accept(id, by: bob.withToken(scopes: ["publish"]))
            }
            _ = try await invitations.accept(id, by: bob)
            _ = try await registry.publish("lamp", "1.1.0", by: bob)
            await expectRefusal(.notFound, "once") { _ = try await invitations.accept(id, by: bob) }
            #expect(try await registry.notices(bob).last == "role.changed added")
            #expect(try await registry.notices(alice).last == "role.changed added")
            #expect(try await registry.notices(mallory).isEmpty)
            #expect(try await registry.eventKinds("lamp").contains("member.added"))

            // Less is at once, more is offered again.
            guard
                case .offered = try await registry.lifecycle.addMember(
                    plain, name: "lamp", user: "bob", role: .owner, by: alice)
            else {
                Issue.record("a maintainer became an owner unasked")
                return
            }
            _ = try await invitations.accept(try await invitation(registry, bob), by: bob)
            #expect(
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "bob", role: .maintainer, by: alice)
                    == .done)
            try await registry.lifecycle.removeMember(plain, name: "lamp", user: "bob", by: bob)
            #expect(try await registry.lifecycle.members(plain, name: "lamp", by: bob).map(\.userName) == ["alice"])
        }
    }

    @Test(
        "An invitation ends by time, by declining, by taking it back, and with its inviter's role",
        arguments: TestBackend.allCases)
    func endings(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, bob, mallory in
            let invitations = registry.ownership.invitations
            let lifecycle = registry.lifecycle
            func offer(_ role: Role, to user: String, by principal: Principal) async throws {
                try await lifecycle.addMember(plain, name: "lamp", user: user, role: role, by: principal)
            }
            try await offer(.owner, to: "bob", by: alice)
            let old = try await invitation(registry, bob)
            registry.clock.advance(bySeconds: 14 * 86_400)
            await expectRefusal(.notFound, "too late") { _ = try await invitations.accept(old, by: bob) }
            #expect(try await invitations.list(by: bob).isEmpty)
            #expect(try await invitations.expire() == 1)

            try await offer(.owner, to: "bob", by: alice)
            try await invitations.decline(try await invitation(registry, bob), by: bob)
            #expect(try await registry.notices(alice).last == "role.changed declined")

            try await offer(.owner, to: "bob", by: alice)
            let cancelled = try await invitation(registry, bob)
            try await lifecycle.removeMember(plain, name: "lamp", user: "bob", by: alice)
            await expectRefusal(.notFound, "taken back") { _ = try await invitations.accept(cancelled, by: bob) }

            // Who was an owner for a while leaves nobody behind.
            try await offer(.owner, to: "mallory", by: alice)
            _ = try await invitations.accept(try await invitation(registry, mallory), by: mallory)
            try await offer(.owner, to: "bob", by: mallory)
            let left = try await invitation(registry, bob)
            try await lifecycle.removeMember(plain, name: "lamp", user: "mallory", by: alice)
            await expectRefusal(.notFound) { _ = try await invitations.accept(left, by: bob) }

            try await offer(.owner, to: "mallory", by: alice)
            _ = try await invitations.accept(try await invitation(registry, mallory), by: mallory)
            try await offer(.maintainer, to: "bob", by: mallory)
            let demoted = try await invitation(registry, bob)
            try await offer(.maintainer, to: "mallory", by: alice)
            await expectRefusal(.conflict, "its inviter owns nothing any more") {
                _ = try await invitations.accept(demoted, by: bob)
            }
        }
    }

    @Test(
        "Invitation abuse: nobody answers another's, makes themselves more, or is pressed into a role",
        arguments: TestBackend.allCases)
    func abuse(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, bob, mallory in
            let invitations = registry.ownership.invitations
            func offer(_ role: Role, to user: String, by principal: Principal) async throws {
                try await registry.lifecycle.addMember(plain, name: "lamp", user: user, role: role, by: principal)
            }
            // A stranger and a maintainer invite nobody, themselves least of all.
            try await offer(.maintainer, to: "mallory", by: alice)
            await expectRefusal(.notOwner) { try await offer(.owner, to: "mallory", by: mallory) }
            _ = try await invitations.accept(try await invitation(registry, mallory), by: mallory)
            for user in ["mallory", "bob"] {
                await expectRefusal(.notOwner) { try await offer(.owner, to: user, by: mallory) }
            }
            // Who was offered less meanwhile gets less, and an address that was kept opens nothing.
            try await offer(.owner, to: "bob", by: alice)
            let kept = try await invitation(registry, bob)
            try await offer(.maintainer, to: "bob", by: alice)
            await expectRefusal(.notFound) { _ = try await invitations.accept(kept + 1, by: bob) }
            for answer in [kept, try await invitation(registry, bob)] {
                await expectRefusal(.notFound) { _ = try await invitations.accept(answer, by: mallory) }
            }
            _ = try await invitations.accept(try await invitation(registry, bob), by: bob)
            let roles = try await registry.lifecycle.members(plain, name: "lamp", by: alice)
            #expect(roles.first { $0.userName == "bob" }?.role == .maintainer)
            // An account that was broken into invites a helper; once it is suspended, the helper gets nothing.
            try await offer(.owner, to: "mallory", by: alice)
            _ = try await invitations.accept(try await invitation(registry, mallory), by: mallory)
            _ = try await registry.signedIn("helper")
            let helper = try await registry.signedIn("accomplice")
            try await offer(.owner, to: "accomplice", by: mallory)
            try await registry.driver.write { connection in
                _ = try connection.execute("UPDATE users SET state = 'suspended' WHERE id = \(mallory.userID)")
            }
            await expectRefusal(.conflict) {
                _ = try await invitations.accept(try await invitation(registry, helper), by: helper)
            }
            // Nobody has a role who did not take it, however often it is offered.
            for _ in 0..<3 { try await offer(.owner, to: "helper", by: alice) }
            #expect(
                try await !registry.lifecycle.members(plain, name: "lamp", by: alice).contains {
                    $0.userName == "helper"
                })
        }
    }

    @Test("Of accepting and taking back at once, one happens", arguments: TestBackend.allCases)
    func race(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, bob, _ in
            let invitations = registry.ownership.invitations
            for _ in 0..<5 {
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "bob", role: .owner, by: alice)
                let id = try await invitation(registry, bob)
                async let accepted = done { _ = try await invitations.accept(id, by: bob) }
                async let cancelled = done { try await invitations.cancel(id, by: alice) }
                async let again = done { _ = try await invitations.accept(id, by: bob) }
                let outcomes = try await [accepted, cancelled, again]
                #expect(outcomes.count { $0 } == 1)
                let isOwner = try await registry.lifecycle.members(plain, name: "lamp", by: alice).count == 2
                #expect(isOwner == (outcomes[0] || outcomes[2]))
                if isOwner { try await registry.lifecycle.removeMember(plain, name: "lamp", user: "bob", by: alice) }
            }
        }
    }

    private func done(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let problem as Problem where problem.code == .notFound {
            return false
        }
    }

    @Test("AUTHN-3.2 Without a second factor or a confirmed address no role is taken", arguments: TestBackend.allCases)
    func factors(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, _, _ in
            let invitations = registry.ownership.invitations
            let bare = try await registry.signedIn("bare", [.password])
            let unknown = try await registry.signedIn("unknown", isConfirmed: false)
            for name in ["bare", "unknown"] {
                try await registry.lifecycle.addMember(plain, name: "lamp", user: name, role: .maintainer, by: alice)
            }
            await expectRefusal(.secondFactorRequired) {
                _ = try await invitations.accept(try await invitation(registry, bare), by: bare)
            }
            await expectRefusal(.addressUnconfirmed) {
                _ = try await invitations.accept(try await invitation(registry, unknown), by: unknown)
            }
            // It has one now, and has to be signed in with it.
            try await registry.enrol(bare.userID, [.totp], isConfirmed: false)
            await expectRefusal(.secondFactorRequired) {
                _ = try await invitations.accept(try await invitation(registry, bare), by: bare)
            }
            _ = try await invitations.accept(
                try await invitation(registry, bare), by: bare.proving([.password, .totp]))
        }
    }

    @Test("The operator and administrators give roles at once", arguments: TestBackend.allCases)
    func atOnce(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, _, _ in
            let root = try await registry.signedIn("root1", isAdministrator: true)
            let token = try await registry.principal("alice")
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            for principal in [root, token, here] {
                #expect(
                    try await registry.lifecycle.addMember(
                        plain, name: "lamp", user: "bob", role: .owner, by: principal) == .done)
                try await registry.lifecycle.removeMember(plain, name: "lamp", user: "bob", by: alice)
            }
        }
    }

    @Test("Roles on namespaces are offered too", arguments: TestBackend.allCases)
    func namespaces(backend: TestBackend) async throws {
        try await with(backend) { registry, alice, bob, mallory in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let claim = try await namespaces.claim(scoped, name: "fire", by: alice)
            network.set("fire.org", ["hallmark-verification=\(claim.challenge)"])
            _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .maintainer, by: alice)
            await expectRefusal(.namespaceTaken) {
                _ = try await registry.publish("fire-a", "1.0.0", by: bob, ecosystem: "shared")
            }
            _ = try await registry.ownership.invitations.accept(try await invitation(registry, bob), by: bob)
            _ = try await registry.publish("fire-a", "1.0.0", by: bob, ecosystem: "shared")
            await expectRefusal(.notOwner) {
                try await namespaces.addMember(scoped, name: "fire", user: "mallory", role: .owner, by: bob)
            }
            try await namespaces.removeMember(scoped, name: "fire", user: "bob", by: bob)
            await expectRefusal(.namespaceTaken) {
                _ = try await registry.publish("fire-b", "1.0.0", by: bob, ecosystem: "shared")
            }
            _ = mallory
        }
    }

    @Test("One person's invitations that wait are bounded")
    func bounded() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.signedIn("alice")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            for number in 0..<200 {
                let user = try await registry.accounts.createUser(
                    name: "user\(number)", email: "u@example.org", isAdministrator: false)
                try await registry.lifecycle.addMember(
                    plain, name: "lamp", user: user.name, role: .maintainer, by: alice)
            }
            _ = try await registry.person("onemore")
            await expectRefusal(.conflict) {
                try await registry.lifecycle.addMember(plain, name: "lamp", user: "onemore", role: .owner, by: alice)
            }
        }
    }
}
