import Blobs
import Foundation
import HallmarkTesting
import Outbound
import RegistryModel
import Testing

@Suite("AUTHN-2.1 What is asked about domains", .timeLimit(.minutes(10)))
struct DomainTests {
    private func withResolver(
        _ zone: NameZone, anchor: String? = nil, _ body: (UnboundResolver) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "anchor").path(percentEncoded: false)
        if let anchor { try Data(anchor.utf8).write(to: URL(filePath: file)) }
        let server = try await NameServer(zone)
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 16)
        let settings = UnboundResolver.Settings(
            upstream: .server("127.0.0.1@\(server.port)"), trustAnchor: anchor == nil ? nil : file)
        try await body(UnboundResolver(settings: settings, pool: pool))
        try await server.stop()
        try await pool.shutdown()
    }

    private func zone(signing: NameZone.Signing = .unsigned) -> NameZone {
        var zone = NameZone("zone.example", signing: signing)
        zone.set("two.zone.example", exchangers: ["a.zone.example", "b.zone.example"])
        zone.set("null.zone.example", exchangers: [""])
        zone.set("four.zone.example", addresses: [[192, 0, 2, 1]])
        zone.set("six.zone.example", addresses: [[UInt8](repeating: 0x20, count: 16)])
        zone.set("text.zone.example", ["only a text"])
        return zone
    }

    @Test(
        "Where mail for a domain goes",
        arguments: [
            ("two.zone.example", MailRoute.exchangers), ("null.zone.example", .refusing),
            ("four.zone.example", .address),
            ("six.zone.example", .address), ("text.zone.example", .nowhere), ("none.zone.example", .nonexistent),
            ("..", .nonexistent),
        ])
    func routes(domain: String, route: MailRoute) async throws {
        try await withResolver(zone()) { resolver in
            let found = try await resolver.mailRoute(of: domain)
            #expect(found == route)
        }
    }

    @Test("Answers whose signatures do not hold, and servers that do not know, say nothing")
    func unknown() async throws {
        let forged = zone(signing: .forged)
        try await withResolver(forged, anchor: forged.trustAnchor) { resolver in
            await #expect(throws: DNSFault.self) { _ = try await resolver.mailRoute(of: "two.zone.example") }
        }
        try await withResolver(zone()) { resolver in
            await #expect(throws: DNSFault.self) { _ = try await resolver.mailRoute(of: "elsewhere.example") }
        }
        let signed = zone(signing: .signed)
        try await withResolver(signed, anchor: signed.trustAnchor) { resolver in
            let found = try await resolver.mailRoute(of: "two.zone.example")
            #expect(found == .exchangers)
        }
    }

    @Test("A registry is found through a redirect, over verified https")
    func registry() async throws {
        let authority = try TestAuthority()
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try authority.write(to: folder)
        let registry = try await TestHTTPServer(authority: authority) { request in
            let body = #"""
                {"objectClassName":"domain","ldhName":"KEPT.test","events":[
                {"eventAction":"registration","eventDate":"2001-02-03T04:05:06.7Z"},
                {"eventAction":"reregistration","eventDate":"2020-02-03T04:05:06+01:00"},
                {"eventAction":"expiration","eventDate":"2030-01-01T00:00:00Z"}],"entities":[{"roles":["abuse"]},
                {"roles":["registrar"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Registrar"]]]}]}
                """#
            return request.path == "/rdap/domain/kept.test"
                && request.fields["accept"] == "application/rdap+json"
                ? TestHTTPAnswer(body: Array(body.utf8)) : TestHTTPAnswer(404)
        }
        let bootstrap = try await TestHTTPServer(authority: authority) { request in
            TestHTTPAnswer(302, fields: ["Location": registry.url + "/rdap" + request.path])
        }
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 16)
        let file = folder.appending(path: "ca.pem").path(percentEncoded: false)
        let client = RDAPClient(fetcher: CurlFetcher(authorities: file, pool: pool), address: bootstrap.url)
        let found = try #require(try await client.registration(of: "mail.kept.test"))
        #expect(found.registeredAt == Timestamp(seconds: 1_580_699_106))
        #expect(found.expiresAt == Timestamp(seconds: 1_893_456_000))
        #expect(found.registrar == "Registrar")
        #expect(try await client.registration(of: "none.example") == nil)
        let stranger = RDAPClient(fetcher: CurlFetcher(pool: pool), address: bootstrap.url)
        await #expect(throws: FetchFault.self) { _ = try await stranger.registration(of: "kept.test") }
        try await bootstrap.stop()
        try await registry.stop()
        try await pool.shutdown()
    }

    @Test(
        "Times of RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64?(0)), ("2000-02-29T12:00:00.123Z", 951_825_600),
            ("2026-01-01t00:00:00z", 1_767_225_600), ("2026-01-01T01:00:00+01:00", 1_767_225_600),
            ("2025-12-31T19:00:00-05:00", 1_767_225_600), ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("2026-01-01", nil), ("2026-01-01T00:00:00", nil), ("2026-13-01T00:00:00Z", nil), ("", nil),
            ("2026-01-01 00:00:00Z", nil), ("2026-01-01T24:00:00Z", nil), ("x026-01-01T00:00:00Z", nil),
            ("2026-01-01T00:00:00+1:00", nil), ("2026-01-01T00:00:00.Zz", nil), ("1969-12-31T23:59:59Z", nil),
        ])
    func times(text: String, seconds: Int64?) {
        #expect(Timestamp(rfc3339: text)?.seconds == seconds)
    }
}
