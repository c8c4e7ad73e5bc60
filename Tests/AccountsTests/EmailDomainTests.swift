import Accounts
import Blobs
import HallmarkTesting
import Logging
import Outbound
import Persistence
import RegistryModel
import Testing

@Suite("AUTHN-2.1 Abandoned domains", .timeLimit(.minutes(10)))
struct EmailDomainTests {
    /// Real lookups against a name server and a registry of this test.
    struct World: Sendable {
        let desk: MailDesk
        let names: NameServer
        let services: TestServices
        let domains: EmailDomains

        /// What the registry answers for a domain.
        func register(_ domain: String, at time: String?) {
            let body: JSONValue = [
                "objectClassName": "domain", "ldhName": .string(domain.uppercased() + "."),
                "events": .array(time.map { [["eventAction": "registration", "eventDate": .string($0)]] } ?? []),
                "entities": [
                    [
                        "roles": ["registrar"],
                        "vcardArray": [
                            "vcard", [["version", [], "text", "4.0"], ["fn", [], "text", "Registrar Inc."]],
                        ],
                    ]
                ],
            ]
            services.set(
                "https://rdap.example/domain/\(domain)", .success(ServiceAnswer(status: 200, body: body.bytes())))
        }

        func confirmed(_ userID: Int64) async throws -> [String] {
            try await desk.driver.read { try NoticeStore($0).confirmedAddresses(userID: userID) }
        }

        func state(_ domain: String) async throws -> EmailDomain? {
            try await desk.driver.read { try EmailDomainStore($0).find(domain) }
        }

        func confirm(_ userID: Int64) async throws {
            let now = desk.clock.now()
            try await desk.driver.write {
                try $0.execute("UPDATE user_emails SET verified_at = \(now) WHERE user_id = \(userID)")
            }
        }
    }

    private func with(
        _ backend: TestBackend, _ body: @escaping @Sendable (World) async throws -> Void
    ) async throws {
        try await withMailDesk(backend) { desk in
            var zone = NameZone("zone.example")
            zone.set("kept.zone.example", exchangers: ["mail.kept.zone.example"])
            zone.set("plain.zone.example", addresses: [[192, 0, 2, 1]])
            zone.set("six.zone.example", addresses: [[UInt8](repeating: 0x20, count: 16)])
            zone.set("null.zone.example", exchangers: [""])
            zone.set("empty.zone.example", ["only a text"])
            let names = try await NameServer(zone)
            let pool = BlockingPool(name: "asking", threads: 4, capacity: 64)
            let settings = UnboundResolver.Settings(upstream: .server("127.0.0.1@\(names.port)"))
            let services = TestServices()
            let domains = EmailDomains(
                core: desk.core, routes: UnboundResolver(settings: settings, pool: pool),
                registrations: RDAPClient(fetcher: services, address: "https://rdap.example"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await body(World(desk: desk, names: names, services: services, domains: domains))
            try await names.stop()
            try await pool.shutdown()
        }
    }

    private let day: Int64 = 86_400

    @Test(
        "A domain to which no mail can go for two weeks takes its addresses' confirmation",
        arguments: TestBackend.available)
    func gone(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account(
                "ada", addresses: ["ada@gone.zone.example", "ada@kept.zone.example"])
            let bob = try await world.desk.account("bob", addresses: ["bob@null.zone.example"])
            let eve = try await world.desk.account(
                "eve", addresses: ["eve@plain.zone.example", "eve@six.zone.example"])
            let first = try await world.domains.checkDue()
            #expect(first.checked == 5)
            #expect(first.failing == 2)
            #expect(try await world.state("gone.zone.example")?.lastError == "mail leads to: nonexistent")
            #expect(try await world.state("null.zone.example")?.lastError == "mail leads to: refusing")
            #expect(try await world.state("kept.zone.example")?.state == .ok)
            for _ in 0..<13 {
                world.desk.clock.advance(bySeconds: day)
                #expect(try await world.domains.checkDue().checked == 2)
            }
            #expect(try await world.confirmed(ada).count == 2)
            world.desk.clock.advance(bySeconds: day)
            let last = try await world.domains.checkDue()
            #expect(last.abandoned == 2)
            #expect(last.addresses == 2)
            #expect(try await world.confirmed(ada) == ["ada@kept.zone.example"])
            #expect(try await world.confirmed(bob).isEmpty)
            #expect(try await world.confirmed(eve).count == 2)
            let standing = try await world.desk.driver.read {
                try NoticeStore($0).confirmedAddresses(userID: bob).isEmpty
            }
            #expect(standing)
            // Ada is told at the address that still counts, and nobody at the other.
            let mailer = TestMailer()
            _ = try await world.desk.queue(mailer).drain()
            #expect(mailer.sent.map(\.recipient) == ["ada@kept.zone.example"])
            #expect(mailer.sent.map(\.kind) == ["address.abandoned"])
        }
    }

    @Test("The event names the domain and no address", arguments: TestBackend.available)
    func event(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.desk.account("ada", addresses: ["ada@gone.zone.example"])
            _ = try await world.domains.checkDue()
            world.desk.clock.advance(bySeconds: 14 * day)
            _ = try await world.domains.checkDue()
            let bodies = try await world.desk.driver.read { connection in
                try connection.query("SELECT body FROM events WHERE kind = 'email-domain.abandoned'").map {
                    String(decoding: try $0.bytes("body"), as: UTF8.self)
                }
            }
            #expect(bodies.count == 1)
            #expect(bodies.first?.contains("gone.zone.example") == true)
            #expect(bodies.first?.contains("ada") == false)
        }
    }

    @Test("A domain that comes back in time is as it was", arguments: TestBackend.available)
    func comesBack(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada", addresses: ["ada@late.zone.example"])
            #expect(try await world.domains.checkDue().failing == 1)
            world.desk.clock.advance(bySeconds: 10 * day)
            #expect(try await world.domains.checkDue().failing == 1)
            world.names.change { $0.set("late.zone.example", exchangers: ["mail.late.zone.example"]) }
            world.desk.clock.advance(bySeconds: day)
            #expect(try await world.domains.checkDue().failing == 0)
            // The next failure counts from its own beginning.
            world.names.change { $0.remove("late.zone.example") }
            world.desk.clock.advance(bySeconds: 30 * day)
            #expect(try await world.domains.checkDue().failing == 1)
            world.desk.clock.advance(bySeconds: 13 * day)
            _ = try await world.domains.checkDue()
            #expect(try await world.confirmed(ada) == ["ada@late.zone.example"])
        }
    }

    @Test("A name server that does not answer says nothing", arguments: TestBackend.available)
    func unreachable(backend: TestBackend) async throws {
        try await with(backend) { world in
            // Another zone: the server refuses to answer for it.
            let ada = try await world.desk.account("ada", addresses: ["ada@elsewhere.example"])
            for _ in 0..<3 {
                _ = try await world.domains.checkDue()
                world.desk.clock.advance(bySeconds: 20 * day)
            }
            #expect(try await world.confirmed(ada) == ["ada@elsewhere.example"])
            let row = try #require(try await world.state("elsewhere.example"))
            #expect(row.state == .ok)
            #expect(row.lastError?.hasPrefix("the domain name system could not be asked") == true)
        }
    }

    @Test(
        "A domain that was registered after an address was confirmed has a new owner", arguments: TestBackend.available)
    func resurrected(backend: TestBackend) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada", addresses: ["ada@kept.zone.example"])
            world.register("kept.zone.example", at: "2019-03-04T05:06:07Z")
            _ = try await world.domains.checkDue()
            #expect(try await world.state("kept.zone.example")?.registrar == "Registrar Inc.")
            #expect(try await world.confirmed(ada) == ["ada@kept.zone.example"])
            // It lapsed and was registered again, all between two checks, and takes mail as before.
            world.register("kept.zone.example", at: "2026-01-20T00:00:00+02:00")
            world.desk.clock.advance(bySeconds: 30 * day)
            #expect(try await world.domains.checkDue().addresses == 1)
            #expect(try await world.confirmed(ada).isEmpty)
            #expect(try await world.state("kept.zone.example")?.state == .abandoned)
            // Whoever confirms an address there now is whoever has the domain now.
            try await world.confirm(ada)
            world.desk.clock.advance(bySeconds: day)
            #expect(try await world.domains.checkDue().addresses == 0)
            #expect(try await world.confirmed(ada) == ["ada@kept.zone.example"])
            #expect(try await world.state("kept.zone.example")?.state == .ok)
        }
    }

    @Test("The domain above is asked where the domain itself is not registered", arguments: TestBackend.available)
    func subdomain(backend: TestBackend) async throws {
        try await with(backend) { world in
            world.names.change { $0.set("mail.kept.zone.example", exchangers: ["a.kept.zone.example"]) }
            let ada = try await world.desk.account("ada", addresses: ["ada@mail.kept.zone.example"])
            world.services.set(
                "https://rdap.example/domain/mail.kept.zone.example", .success(ServiceAnswer(status: 404, body: [])))
            world.register("kept.zone.example", at: "2026-02-01T00:00:00Z")
            _ = try await world.domains.checkDue()
            #expect(try await world.confirmed(ada) == ["ada@mail.kept.zone.example"])
            world.desk.clock.advance(bySeconds: 40 * day)
            #expect(try await world.domains.checkDue().addresses == 1)
        }
    }

    @Test(
        "What a registry answers that cannot be read changes nothing", arguments: TestBackend.available,
        [
            "<html>", "{}",
            #"{"ldhName":"other.zone.example","events":[{"eventAction":"registration","eventDate":"2026-01-20T00:00:00Z"}]}"#,
            #"{"ldhName":"kept.zone.example","events":[{"eventAction":"registration","eventDate":"yesterday"}]}"#,
            #"{"ldhName":"kept.zone.example","events":[{"eventAction":"registration","eventDate":"9998-01-01T00:00:00Z"}]}"#,
            #"{"ldhName":"kept.zone.example","ldhName":"kept.zone.example"}"#,
        ])
    func unreadable(backend: TestBackend, body: String) async throws {
        try await with(backend) { world in
            let ada = try await world.desk.account("ada", addresses: ["ada@kept.zone.example"])
            world.services.set(
                "https://rdap.example/domain/kept.zone.example",
                .success(ServiceAnswer(status: 200, body: Array(body.utf8))))
            world.desk.clock.advance(bySeconds: 40 * day)
            _ = try await world.domains.checkDue()
            #expect(try await world.confirmed(ada) == ["ada@kept.zone.example"])
        }
    }

    @Test("Administrators see and reset domains, auditors see them", arguments: TestBackend.available)
    func administration(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.desk.account("ada", addresses: ["ada@gone.zone.example", "ada@kept.zone.example"])
            _ = try await world.domains.checkDue()
            func principal(administrator: Bool, auditor: Bool) -> Principal {
                Principal(
                    userID: 1, userName: "x", isAdministrator: administrator, kind: .token, tokenID: 1, scopes: [],
                    isAuditor: auditor)
            }
            let administrator = principal(administrator: true, auditor: false)
            let auditor = principal(administrator: false, auditor: true)
            let nobody = principal(administrator: false, auditor: false)
            #expect(
                try await world.domains.list(by: auditor).map(\.domain) == ["gone.zone.example", "kept.zone.example"])
            #expect(
                try await world.domains.list(state: .failing, by: administrator).map(\.domain) == ["gone.zone.example"])
            #expect(
                try await world.domains.list(after: "gone.zone.example", by: auditor).map(\.domain) == [
                    "kept.zone.example"
                ])
            await expectRefusal(.forbidden) { _ = try await world.domains.list(by: nobody) }
            for principal in [auditor, nobody] {
                await expectRefusal(.forbidden) {
                    _ = try await world.domains.reset("gone.zone.example", by: principal)
                }
                await expectRefusal(.forbidden) {
                    _ = try await world.domains.check("gone.zone.example", by: principal)
                }
            }
            await expectRefusal(.notFound) { _ = try await world.domains.reset("none.zone.example", by: administrator) }
            #expect(try await world.domains.reset("gone.zone.example", by: administrator).state == .ok)
            #expect(try await world.domains.check("gone.zone.example", by: administrator).state == .failing)
        }
    }

    @Test("Two nodes look at each domain once", arguments: TestBackend.available)
    func nodes(backend: TestBackend) async throws {
        try await with(backend) { world in
            try await world.desk.account("ada", addresses: (0..<12).map { "ada@d\($0).zone.example" })
            async let one = world.domains.checkDue()
            async let two = world.domains.checkDue()
            let rounds = try await [one, two]
            #expect(rounds.map(\.checked).reduce(0, +) == 12)
        }
    }
}
