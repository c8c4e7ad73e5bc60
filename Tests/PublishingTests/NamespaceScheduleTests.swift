import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Proofs that are looked for again")
struct NamespaceScheduleTests {
    private let scoped = EcosystemID(rawValue: "scoped")
    private static let formats = [PlainFormat(id: "scoped", namespaceKind: .scope)]
    private static let day: Int64 = 86_400

    @Test("A proof that goes is marked, comes back, and ends the namespace after the grace period")
    func lapse() async throws {
        try await withRegistry(.sqlite, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let namespaces = registry.namespaces(network)
            let alice = try await registry.person("alice")
            let bob = try await registry.person("bob")
            let claim = try await namespaces.claim(scoped, name: "fire", by: alice)
            let record = ["hallmark-verification=\(claim.challenge)"]
            network.set("fire.org", record)
            _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            func state() async throws -> Namespace? {
                try await namespaces.list(by: alice).first
            }
            registry.clock.advance(bySeconds: 6 * Self.day)
            #expect(try await namespaces.checkDue().total == 0, "weekly")
            registry.clock.advance(bySeconds: Self.day)
            #expect(try await namespaces.checkDue() == .init(proven: 1))

            network.set("fire.org", ["something else"])
            registry.clock.advance(bySeconds: 7 * Self.day)
            #expect(try await namespaces.checkDue() == .init(failing: 1))
            var namespace = try #require(try await state())
            #expect(namespace.state == .verified && namespace.failingSince != nil)
            #expect(namespace.lastError?.contains("fire.org") == true)
            network.set("fire.org", record)
            registry.clock.advance(bySeconds: Self.day)
            #expect(try await namespaces.checkDue() == .init(proven: 1), "looked for every day")
            namespace = try #require(try await state())
            #expect(namespace.failingSince == nil && namespace.lastError == nil)

            network.fail("fire.org")
            registry.clock.advance(bySeconds: 7 * Self.day)
            var failures = 0
            while try await state()?.state == .verified {
                let round = try await namespaces.checkDue()
                failures += round.failing
                if round.lapsed == 0 { registry.clock.advance(bySeconds: Self.day) }
            }
            #expect(failures == 14)
            await expectRefusal(.namespaceUnproven, "what lapsed has no members to change") {
                try await namespaces.addMember(scoped, name: "fire", user: "bob", role: .owner, by: alice)
            }
            // After that it is anybody's who proves it.
            let other = try await namespaces.claim(scoped, name: "fire", by: bob)
            network.set("fire.org", ["hallmark-verification=\(other.challenge)"])
            let taken = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: bob)
            #expect(taken.state == .verified)
            await expectRefusal(.namespaceTaken) {
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
            }
            #expect(
                try await Self.events(registry) == [
                    "private namespace.claimed", "public namespace.verified", "private namespace.failing",
                    "private namespace.recovered", "private namespace.failing", "public namespace.lapsed",
                    "private namespace.claimed", "public namespace.verified",
                ])
        }
    }

    @Test("A network that is down, and answers that are forged, take nothing away for two months")
    func unreachable() async throws {
        for fault in [DNSFault.unreachable("no answer"), .bogus("signature expired")] {
            try await withRegistry(.sqlite, formats: Self.formats) { registry in
                let network = FakeNetwork()
                let namespaces = registry.namespaces(network)
                let alice = try await registry.person("alice")
                let claim = try await namespaces.claim(scoped, name: "fire", by: alice)
                network.set("fire.org", ["hallmark-verification=\(claim.challenge)"])
                _ = try await namespaces.verify(scoped, name: "fire", .dns(domain: "fire.org"), by: alice)
                network.fail("fire.org", fault)
                registry.clock.advance(bySeconds: 7 * Self.day)
                for _ in 0..<60 {
                    #expect(try await namespaces.checkDue() == .init(failing: 1))
                    registry.clock.advance(bySeconds: Self.day)
                }
                #expect(try await namespaces.checkDue() == .init(lapsed: 1))
            }
        }
    }

    @Test("A repository proves it, as long as it is there and the host is configured")
    func repositories() async throws {
        try await withRegistry(.sqlite, formats: Self.formats) { registry in
            let network = FakeNetwork()
            let alice = try await registry.person("alice")
            let host = try #require(CodeHost("code.example https://code.example/{owner}/{repository}"))
            let namespaces = registry.namespaces(network, hosts: [host])
            let claim = try await namespaces.claim(scoped, name: "fire", by: alice)
            let address = "https://code.example/fire/\(claim.challenge)"
            #expect(try namespaces.places(for: claim).repositories == [address])
            for status in [Result<Int, FetchFault>.success(404), .success(302), .success(500), .failure(.refused("x"))]
            {
                network.page(address, status)
                await expectRefusal(.namespaceUnproven) {
                    _ = try await namespaces.verify(scoped, name: "fire", .repository(host: nil), by: alice)
                }
                registry.clock.advance(bySeconds: 60)
            }
            await expectRefusal(.badRequest) {
                _ = try await namespaces.verify(scoped, name: "fire", .repository(host: "other.example"), by: alice)
            }
            registry.clock.advance(bySeconds: 60)
            network.page(address, .success(200))
            let verified = try await namespaces.verify(scoped, name: "fire", .repository(host: nil), by: alice)
            #expect(verified.target == address && verified.method == "repository" && verified.dnssec == nil)
            registry.clock.advance(bySeconds: 7 * Self.day)
            #expect(try await namespaces.checkDue() == .init(proven: 1))
            registry.clock.advance(bySeconds: 7 * Self.day)
            let asked = network.asked.count
            #expect(try await registry.namespaces(network, hosts: []).checkDue() == .init(failing: 1))
            #expect(network.asked.count == asked, "a host that is not configured is not asked")
        }
    }

    /// The visibility and kind of all events about namespaces, oldest first.
    private static func events(_ registry: TestRegistry) async throws -> [String] {
        try await registry.driver.read { connection in
            try connection.query("SELECT kind, visibility FROM events ORDER BY at, id").map {
                "\(try $0.text("visibility")) \(try $0.text("kind"))"
            }
        }.filter { $0.contains("namespace.") }
    }
}
