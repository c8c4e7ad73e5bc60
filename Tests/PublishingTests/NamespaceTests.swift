import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Namespaces")
struct NamespaceTests {
    private let scoped = EcosystemID(rawValue: "scoped")
    private let plain = EcosystemID(rawValue: "plain")
    private static let formats = [PlainFormat(), PlainFormat(id: "scoped", namespaceKind: .scope)]

    /// Claims a namespace and proves it by a record.
    private func verify(
        _ namespaces: Namespaces, _ network: FakeNetwork, _ name: String, in ecosystem: EcosystemID? = nil,
        by principal: Principal
    ) async throws {
        let claim = try await namespaces.claim(ecosystem ?? scoped, name: name, by: principal)
        network.set("\(name).org", ["unrelated", "hallmark-verification=\(claim.challenge)"])
        _ = try await namespaces.verify(ecosystem ?? scoped, name: name, .dns(domain: "\(name).org"), by: principal)
    }

    @Test("MAVEN-2 A claim gives no right and blocks nobody; a proof does both", arguments: TestBackend.allCases)
    func claim(backend: TestBackend) async throws {
        try await withRegistry(backend, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let claim = try await namespaces.claim(scoped, name: "Fire", by: alice)
            #expect(claim.state == .claimed && claim.key == "fire")
            #expect(try await namespaces.claim(scoped, name: "fire", by: alice).id == claim.id, "the same claim")
            let other = try await namespaces.claim(scoped, name: "fire", by: bob)
            #expect(other.challenge != claim.challenge)
            let old = try await registry.publish("fire-old", "1.0.0", by: bob, ecosystem: "scoped")

            await expectRefusal(.badRequest, "another name's domain") {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.github.io"), by: alice)
            }
            registry.clock.advance(bySeconds: 60)
            await expectRefusal(.namespaceUnproven) {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            }
            network.set("fire.org", ["hallmark-verification=\(claim.challenge)"], isSecure: true)
            await expectRefusal(.namespaceLimit, "a moment ago") {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            }
            registry.clock.advance(bySeconds: 60)
            await expectRefusal(.namespaceUnproven, "somebody else's key") {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: bob)
            }
            let verified = try await namespaces.verify(scoped, name: "fire", .dns(domain: "FIRE.org"), by: alice)
            #expect(verified.state == .verified && verified.dnssec == "secure" && verified.target == "fire.org")

            await expectRefusal(.namespaceTaken) {
                _ = try await registry.publish("fire-new", "1.0.0", by: bob, ecosystem: "scoped")
            }
            network.set("fire.net", ["hallmark-verification=\(other.challenge)"])
            registry.clock.advance(bySeconds: 60)
            await expectRefusal(.namespaceTaken, "verified by another first") {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.net"), by: bob)
            }
            let new = try await registry.publish("fire-new", "1.0.0", by: alice, ecosystem: "scoped")
            #expect(try await registry.catalog.namespace(of: new.project)?.isVerified == true)
            #expect(
                try await registry.catalog.namespace(of: old.project) == nil, "it says nothing about what was there")
            // What was there stays its owner's, and becomes nobody else's.
            _ = try await registry.publish("fire-old", "1.1.0", by: bob, ecosystem: "scoped")
            await expectRefusal(.notOwner) {
                _ = try await registry.publish("fire-old", "2.0.0", by: alice, ecosystem: "scoped")
            }
        }
    }

    @Test("Roles on a namespace reach what was created under it; its owner stays", arguments: TestBackend.allCases)
    func members(backend: TestBackend) async throws {
        try await withRegistry(backend, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let carol = try await registry.person("carol")
            _ = try await registry.publish("fire-carols", "1.0.0", by: carol, ecosystem: "scoped")
            _ = try await namespaces.claim(scoped, name: "fire", by: alice)
            await expectRefusal(.namespaceUnproven, "a claim has no members") {
                try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .maintainer, by: alice)
            }
            registry.clock.advance(bySeconds: 60)
            try await verify(namespaces, network, "fire", by: alice)
            _ = try await registry.publish("fire-place", "1.0.0", by: alice, ecosystem: "scoped")
            await expectRefusal(.notOwner) {
                try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .owner, by: bob)
            }
            try await namespaces.addMember(scoped, name: "fire", user: "BOB", role: .maintainer, by: alice)
            _ = try await registry.publish("fire-place", "1.1.0", by: bob, ecosystem: "scoped")
            _ = try await registry.publish("fire-side", "1.0.0", by: bob, ecosystem: "scoped")
            await expectRefusal(.notOwner, "a maintainer does not manage") {
                try await registry.lifecycle.setVisibility(scoped, name: "fire-place", .private, by: bob)
            }
            // Making somebody an owner takes nothing from that person.
            try await namespaces.addMember(scoped, name: "fire", user: "carol", role: .owner, by: alice)
            await expectRefusal(.notOwner) {
                _ = try await registry.publish("fire-carols", "1.1.0", by: alice, ecosystem: "scoped")
            }
            for role in [Role.maintainer, nil] {
                await expectRefusal(.lastOwner) {
                    guard let role else {
                        return try await namespaces.removeMember(scoped, name: "fire", user: "alice", by: carol)
                    }
                    try await namespaces.addMember(scoped, name: "fire", user: "alice", role: role, by: carol)
                }
            }
            try await namespaces.removeMember(scoped, name: "fire", user: "bob", by: carol)
            await expectRefusal(.notOwner) {
                _ = try await registry.publish("fire-place", "1.2.0", by: bob, ecosystem: "scoped")
            }
            #expect(
                try await namespaces.members(scoped, name: "fire", by: alice).map(\.userName).sorted() == [
                    "alice", "carol",
                ])
            await expectRefusal(.notOwner) { _ = try await namespaces.members(scoped, name: "fire", by: bob) }
        }
    }

    @Test("A transfer needs both sides", arguments: TestBackend.allCases)
    func transfer(backend: TestBackend) async throws {
        try await withRegistry(backend, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            try await verify(namespaces, network, "fire", by: alice)
            _ = try await registry.publish("fire-place", "1.0.0", by: alice, ecosystem: "scoped")
            _ = try await namespaces.claim(scoped, name: "fire", by: bob)
            await expectRefusal(.notFound) { _ = try await namespaces.accept(scoped, name: "fire", by: bob) }
            try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            #expect(try await namespaces.offers(to: bob).map(\.namespace.name) == ["fire"])
            try await namespaces.endOffer(scoped, name: "fire", by: bob)
            #expect(try await namespaces.offers(to: bob).isEmpty)
            try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            try await namespaces.endOffer(scoped, name: "fire", by: alice)
            await expectRefusal(.notFound) { _ = try await namespaces.accept(scoped, name: "fire", by: bob) }
            try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            registry.clock.advance(bySeconds: 14 * 86_400 + 1)
            await expectRefusal(.notFound, "too late") {
                _ = try await namespaces.accept(scoped, name: "fire", by: bob)
            }
            try await namespaces.offer(scoped, name: "fire", to: "bob", by: alice)
            await expectRefusal(.notFound) { _ = try await namespaces.accept(scoped, name: "fire", by: alice) }
            let principal = try await registry.principal("bob")
            let accepted = try await namespaces.accept(scoped, name: "fire", by: principal)
            #expect(accepted.namespace.owner == "alice" && accepted.offer.effectiveAt != nil)
            registry.clock.advance(bySeconds: 7 * 86_400)
            #expect(try await namespaces.completeTransfers() == 1)
            let taken = try #require(try await namespaces.state(scoped, name: "fire", for: nil).effective)
            #expect(taken.owner == "bob" && taken.state == .verified)
            #expect(try await namespaces.list(by: bob).map(\.id) == [taken.id], "his own claim is gone")
            _ = try await registry.publish("fire-place", "1.1.0", by: principal, ecosystem: "scoped")
            await expectRefusal(.namespaceTaken) {
                _ = try await registry.publish("fire-new", "1.0.0", by: alice, ecosystem: "scoped")
            }
        }
    }

    @Test("A namespace asks for staging of what was created under it")
    func staging() async throws {
        try await withRegistry(.sqlite, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("fire-old", "1.0.0", by: bob, ecosystem: "scoped")
            registry.clock.advance(bySeconds: 60)
            try await verify(namespaces, network, "fire", by: alice)
            try await namespaces.setStagingPolicy(scoped, name: "fire", .staged, by: alice)
            let receipt = try await registry.publish("fire-place", "1.0.0", by: alice, ecosystem: "scoped")
            #expect(receipt.staging != nil)
            #expect(try await registry.publish("fire-old", "1.1.0", by: bob, ecosystem: "scoped").staging == nil)
            try await namespaces.setStagingPolicy(scoped, name: "fire", nil, by: alice)
            #expect(try await registry.publish("fire-two", "1.0.0", by: alice, ecosystem: "scoped").staging == nil)
        }
    }

    @Test("A prefix is not proven where others have names in it; the operator can assign it")
    func prefixes() async throws {
        try await withRegistry(.sqlite, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
            _ = try await registry.publish("fire-place", "1.0.0", by: bob)
            _ = try await registry.publish("lamp", "1.0.0", by: bob)
            for name in ["fire", "lamp"] {
                await expectRefusal(.namespaceTaken, "\(name)") {
                    try await verify(namespaces, network, name, in: plain, by: alice)
                }
            }
            _ = try await registry.publish("wick-a", "1.0.0", by: alice)
            try await verify(namespaces, network, "wick", in: plain, by: alice)
            await expectRefusal(.namespaceTaken) { _ = try await registry.publish("wick-b", "1.0.0", by: bob) }
            _ = try await registry.publish("wicked", "1.0.0", by: bob)

            await expectRefusal(.forbidden) {
                _ = try await namespaces.assign(plain, name: "fire", owner: "alice", by: alice)
            }
            _ = try await namespaces.assign(plain, name: "fire", owner: "alice", by: operatorItself)
            await expectRefusal(.namespaceTaken) {
                _ = try await namespaces.assign(plain, name: "fire", owner: "bob", by: operatorItself)
            }
            _ = try await registry.publish("fire-place", "1.1.0", by: bob)
            await expectRefusal(.namespaceTaken) { _ = try await registry.publish("fire-b", "1.0.0", by: bob) }
            #expect(try await namespaces.all(plain, by: operatorItself).map(\.name) == ["fire", "lamp", "wick"])
            _ = try await namespaces.revoke(plain, name: "fire", by: operatorItself)
            _ = try await registry.publish("fire-b", "1.0.0", by: bob)
        }
    }

    @Test("What nobody claims is first come, or nobody's, as policy says", arguments: UnclaimedNamespaces.allCases)
    func unclaimed(policy: UnclaimedNamespaces) async throws {
        let limits = PublishLimits(unclaimedNamespaces: policy)
        try await withRegistry(.sqlite, limits: limits, formats: Self.formats) { registry in
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            _ = try await registry.publish("free-for-all", "1.0.0", by: bob)
            _ = try await registry.publish("free", "1.0.0", by: bob, ecosystem: "scoped")
            guard policy == .firstCome else {
                return await expectRefusal(.namespaceUnverified) {
                    _ = try await registry.publish("fire-a", "1.0.0", by: alice, ecosystem: "scoped")
                }
            }
            _ = try await registry.publish("fire-a", "1.0.0", by: alice, ecosystem: "scoped")
            await expectRefusal(.namespaceTaken, "others came first") {
                _ = try await registry.publish("fire-b", "1.0.0", by: bob, ecosystem: "scoped")
            }
            try await registry.lifecycle.addMember(scoped, name: "fire-a", user: "bob", role: .owner, by: alice)
            _ = try await registry.publish("fire-b", "1.0.0", by: bob, ecosystem: "scoped")
        }
    }

    @Test("Claims are bounded, and end when nobody proves them", arguments: TestBackend.allCases)
    func bounds(backend: TestBackend) async throws {
        try await withRegistry(backend, formats: Self.formats) { registry in
            let namespaces = registry.namespaces(FakeNetwork())
            let alice = try await registry.person("alice")
            for index in 0..<20 {
                let name = "fire" + String(repeating: "x", count: index)
                _ = try await namespaces.claim(scoped, name: name, by: alice)
            }
            await expectRefusal(.namespaceLimit) { _ = try await namespaces.claim(scoped, name: "more", by: alice) }
            try await namespaces.withdraw(scoped, name: "fire", by: alice)
            _ = try await namespaces.claim(scoped, name: "more", by: alice)
            await expectRefusal(.nameInvalid) { _ = try await namespaces.claim(scoped, name: "no name", by: alice) }
            #expect(try await namespaces.checkDue().total == 0)
            registry.clock.advance(bySeconds: 30 * 86_400)
            #expect(try await namespaces.checkDue().expired == 20)
            #expect(try await namespaces.list(by: alice).isEmpty)
        }
    }
}
