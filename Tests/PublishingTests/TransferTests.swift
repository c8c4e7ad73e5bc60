import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("PACKAGIST-2 Transfers of projects")
struct TransferTests {
    @Test("Both sides agree; who gave it keeps no role, and everybody is told", arguments: TestBackend.allCases)
    func consent(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let transfers = registry.ownership.transfers
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let mallory = try await registry.signedIn("mallory")
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            await expectRefusal(.notOwner, "not theirs to give") {
                _ = try await transfers.offer(plain, name: "lamp", to: "mallory", by: mallory)
            }
            await expectRefusal(.userUnknown) {
                _ = try await transfers.offer(plain, name: "lamp", to: "nobody", by: alice)
            }
            await expectRefusal(.notFound, "nothing is offered") {
                _ = try await transfers.accept(plain, name: "lamp", by: bob)
            }
            _ = try await transfers.offer(plain, name: "lamp", to: "bob", by: alice)
            #expect(try await registry.lifecycle.members(plain, name: "lamp", by: bob).map(\.userName) == ["alice"])
            #expect(try await transfers.list(by: bob).map(\.label) == ["plain lamp"])
            #expect(try await transfers.find(plain, name: "lamp", by: bob)?.to == "bob")
            await expectRefusal(.notOwner) { _ = try await transfers.find(plain, name: "lamp", by: mallory) }
            await expectRefusal(.notFound) { _ = try await transfers.accept(plain, name: "lamp", by: mallory) }
            await expectRefusal(.operatorTokenRefused) {
                _ = try await transfers.accept(plain, name: "lamp", by: try await registry.principal("bob"))
            }
            let accepted = try await transfers.accept(plain, name: "lamp", by: bob)
            #expect(accepted.effectiveAt == registry.clock.now(), "nothing depends on it, so nothing waits")
            #expect(try await registry.lifecycle.members(plain, name: "lamp", by: bob).map(\.userName) == ["bob"])
            await expectRefusal(.notOwner) { _ = try await registry.publish("lamp", "1.1.0", by: alice) }
            _ = try await registry.publish("lamp", "1.1.0", by: bob)
            for person in [alice, bob] {
                #expect(try await registry.notices(person).contains("transfer.completed"))
            }
            #expect(try await registry.eventKinds("lamp").contains("project.transferred"))
            #expect(try await transfers.list(by: bob).isEmpty)
        }
    }

    @Test(
        "An offer ends by time, by declining, by taking it back, and with the giver's role",
        arguments: TestBackend.allCases)
    func endings(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let transfers = registry.ownership.transfers
            let alice = try await registry.signedIn("alice")
            let bob = try await registry.signedIn("bob")
            let carol = try await registry.signedIn("carol")
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            func offer() async throws {
                _ = try await transfers.offer(plain, name: "lamp", to: "bob", by: alice)
            }
            func accept() async throws { _ = try await transfers.accept(plain, name: "lamp", by: bob) }
            try await offer()
            registry.clock.advance(bySeconds: 14 * 86_400)
            await expectRefusal(.notFound, "too late") { try await accept() }
            try await offer()
            try await transfers.end(plain, name: "lamp", by: bob)
            await expectRefusal(.notFound, "declined") { try await accept() }
            try await offer()
            try await transfers.end(plain, name: "lamp", by: alice)
            await expectRefusal(.notFound, "taken back") { try await accept() }
            await expectRefusal(.notFound) { try await transfers.end(plain, name: "lamp", by: alice) }
            try await offer()
            await expectRefusal(.notOwner, "nobody else's") {
                try await transfers.end(plain, name: "lamp", by: carol)
            }
            try await registry.lifecycle.addMember(plain, name: "lamp", user: "carol", role: .owner, by: here)
            try await registry.lifecycle.removeMember(plain, name: "lamp", user: "alice", by: here)
            await expectRefusal(.conflict, "alice gives what she has not") { try await accept() }
            #expect(try await transfers.completeDue() == 0)
        }
    }

    @Test("A critical project waits, and either side can end it meanwhile", arguments: TestBackend.allCases)
    func waiting(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let transfers = registry.ownership.transfers
            let strong: Set<Factor> = [.password, .webauthn]
            let alice = try await registry.signedIn("alice", strong)
            let bob = try await registry.signedIn("bob", strong)
            let weak = bob.proving([.password, .totp])
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            try await registry.ownership.critical.mark(plain, name: "lamp", atOnce: true, by: here)
            for isTakenBack in [true, false] {
                _ = try await transfers.offer(plain, name: "lamp", to: "bob", by: alice)
                await expectRefusal(.phishingResistanceRequired) {
                    _ = try await transfers.accept(plain, name: "lamp", by: weak)
                }
                let accepted = try await transfers.accept(plain, name: "lamp", by: bob)
                let effective = try #require(accepted.effectiveAt)
                #expect(effective == registry.clock.now().advanced(bySeconds: 7 * 86_400))
                #expect(try await transfers.accept(plain, name: "lamp", by: bob) == accepted, "twice is once")
                #expect(try await transfers.completeDue() == 0)
                registry.clock.advance(bySeconds: 7 * 86_400 - 1)
                #expect(try await transfers.completeDue() == 0, "not a second early")
                if isTakenBack { try await transfers.end(plain, name: "lamp", by: alice) }
                registry.clock.advance(bySeconds: 1)
                #expect(try await transfers.completeDue() == (isTakenBack ? 0 : 1))
                let owner = isTakenBack ? "alice" : "bob"
                #expect(try await registry.lifecycle.members(plain, name: "lamp", by: bob).map(\.userName) == [owner])
            }
        }
    }

    @Test(
        "A transfer that waits lapses with its giver's role, and nobody takes what another organization owns",
        arguments: TestBackend.allCases)
    func organizations(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let transfers = registry.ownership.transfers
            let strong: Set<Factor> = [.passkey]
            let alice = try await registry.signedIn("alice", strong)
            let bob = try await registry.signedIn("bob", strong)
            let root = try await registry.signedIn("root1", strong, isAdministrator: true)
            _ = try await registry.ownership.organizations.create(name: "acme", title: "", by: alice)
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            _ = try await transfers.offer(plain, name: "lamp", to: "acme", by: alice)
            await expectRefusal(.notFound, "not an owner of it") {
                _ = try await transfers.accept(plain, name: "lamp", by: bob)
            }
            _ = try await transfers.accept(plain, name: "lamp", by: alice)
            // An owner of the project alone gives away nothing of the organization's.
            try await registry.lifecycle.addMember(plain, name: "lamp", user: "bob", role: .owner, by: root)
            await expectRefusal(.notOwner) { _ = try await transfers.offer(plain, name: "lamp", to: "bob", by: bob) }
            try await registry.ownership.critical.mark(plain, name: "lamp", by: root)
            _ = try await transfers.offer(plain, name: "lamp", to: "bob", by: alice)
            _ = try await transfers.accept(plain, name: "lamp", by: bob)
            try await registry.ownership.organizations.setMember("acme", user: "root1", role: .owner, by: root)
            try await registry.ownership.organizations.removeMember("acme", user: "alice", by: root)
            registry.clock.advance(bySeconds: 8 * 86_400)
            #expect(try await transfers.completeDue() == 0)
            #expect(try await registry.history("lamp").organization == "acme")
            #expect(try await registry.notices(bob).last == "transfer.ended")
            await expectRefusal(.conflict, "what an organization owns keeps it alive") {
                try await registry.ownership.organizations.delete("acme", by: root)
            }
        }
    }
}
