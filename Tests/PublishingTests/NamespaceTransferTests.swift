import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Transfers of namespaces")
struct NamespaceTransferTests {
    private let scoped = EcosystemID(rawValue: "scoped")
    private static let formats = [PlainFormat(), PlainFormat(id: "scoped", namespaceKind: .scope)]
    private static let day: Int64 = 86_400

    /// Runs `body` with a namespace of alice's, offered to bob and accepted by him.
    private func withAccepted(
        _ backend: TestBackend, policy: AccountPolicy = AccountPolicy(),
        _ body: @Sendable (TestRegistry, Namespaces, Principal, Principal) async throws -> Void
    ) async throws {
        try await withRegistry(backend, policy: policy, formats: Self.formats) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await namespaces.assign(scoped, name: "fire", owner: "alice", by: operatorItself)
            try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            _ = try await namespaces.accept(scoped, name: "fire", by: bob)
            try await body(registry, namespaces, alice, bob)
        }
    }

    private func kinds(_ registry: TestRegistry, of principal: Principal) async throws -> [String] {
        try await registry.driver.read { connection in
            try connection.query("SELECT kind FROM account_history WHERE user_id = \(principal.userID) ORDER BY id")
                .map { try $0.text("kind") }
        }
    }

    private func events(_ registry: TestRegistry) async throws -> [String] {
        try await registry.driver.read { connection in
            try connection.query("SELECT kind FROM events WHERE kind LIKE 'namespace.%' ORDER BY id")
                .map { try $0.text("kind") }
        }
    }

    @Test("PACKAGIST-2 An accepted namespace changes hands after the wait alone", arguments: TestBackend.allCases)
    func wait(backend: TestBackend) async throws {
        try await withAccepted(backend) { registry, namespaces, alice, bob in
            let again = try await namespaces.accept(scoped, name: "fire", by: bob)
            registry.clock.advance(bySeconds: 7 * Self.day - 60)
            #expect(try await namespaces.completeTransfers() == 0)
            let waiting = try await namespaces.state(scoped, name: "fire", for: nil)
            #expect(waiting.effective?.owner == "alice" && waiting.offer?.to == "bob", "everybody may know")
            #expect(waiting.offer?.effectiveAt == again.offer.effectiveAt, "accepting again does not begin anew")
            await expectRefusal(.conflict, "it is promised") {
                try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            }
            _ = try await registry.publish("fire-place", "1.0.0", by: alice, ecosystem: "scoped")
            #expect(try await namespaces.offers(to: bob).count == 1, "its days to answer do not end it")

            registry.clock.advance(bySeconds: 60)
            #expect(try await namespaces.completeTransfers() == 1)
            #expect(try await namespaces.completeTransfers() == 0)
            let moved = try await namespaces.state(scoped, name: "fire", for: bob)
            #expect(moved.effective?.owner == "bob" && moved.role == .owner && moved.offer == nil)
            await expectRefusal(.notFound, "too late") {
                try await namespaces.endOffer(scoped, name: "fire", by: alice)
            }
            let told = ["transfer.offered", "transfer.accepted", "transfer.completed"]
            #expect(try await kinds(registry, of: alice) == told)
            #expect(try await kinds(registry, of: bob) == told)
            #expect(
                try await events(registry).suffix(3) == [
                    "namespace.offered", "namespace.transfer-accepted", "namespace.transferred",
                ])
        }
    }

    @Test(
        "PACKAGIST-2 Until then the giver, an administrator and the receiver can end it",
        arguments: TestBackend.allCases)
    func takeBack(backend: TestBackend) async throws {
        try await withAccepted(backend) { registry, namespaces, alice, bob in
            let mallory = try await registry.person("mallory")
            let administrator = try await registry.person("chief", isAdministrator: true)
            await expectRefusal(.notFound) { try await namespaces.endOffer(scoped, name: "fire", by: mallory) }
            for principal in [alice, administrator, bob] {
                try await namespaces.endOffer(scoped, name: "fire", by: principal)
                registry.clock.advance(bySeconds: 8 * Self.day)
                #expect(try await namespaces.completeTransfers() == 0)
                #expect(try await namespaces.state(scoped, name: "fire", for: nil).effective?.owner == "alice")
                try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
                _ = try await namespaces.accept(scoped, name: "fire", by: bob)
            }
            #expect(try await kinds(registry, of: alice).count { $0 == "transfer.ended" } == 3)
            #expect(try await events(registry).count { $0 == "namespace.offer-cancelled" } == 2)
            #expect(try await events(registry).count { $0 == "namespace.offer-declined" } == 1)
        }
    }

    @Test("Without a waiting time it changes hands at once; what is no longer the giver's does not change hands")
    func edges() async throws {
        var policy = AccountPolicy()
        policy.transferWaitSeconds = 0
        try await withAccepted(.sqlite, policy: policy) { _, namespaces, _, _ in
            let owner = try await namespaces.state(scoped, name: "fire", for: nil).effective?.owner
            #expect(owner == "bob")
        }
        try await withAccepted(.sqlite) { registry, namespaces, _, bob in
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await namespaces.revoke(scoped, name: "fire", by: operatorItself)
            _ = try await namespaces.assign(scoped, name: "fire", owner: "alice", by: operatorItself)
            registry.clock.advance(bySeconds: 8 * Self.day)
            #expect(try await namespaces.completeTransfers() == 0, "what was revoked is promised to nobody")
            #expect(try await namespaces.offers(to: bob).isEmpty)
        }
    }
}
