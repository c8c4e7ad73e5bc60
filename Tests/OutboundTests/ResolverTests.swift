import Blobs
import Foundation
import HallmarkTesting
import Outbound
import RegistryModel
import Testing

@Suite("Asking name servers", .timeLimit(.minutes(10)))
struct ResolverTests {
    /// Runs `body` with a name server for a zone and a resolver that asks it.
    private func with(
        _ signing: NameZone.Signing, anchored: Bool = true,
        _ body: (NameServer, UnboundResolver) async throws -> Void
    ) async throws {
        var zone = NameZone("lantern.example", signing: signing)
        let long = String(repeating: "0123456789", count: 60)
        zone.set("lantern.example", ["hallmark-verification=key", long])
        zone.set("deep.down.lantern.example", ["here"])
        let anchor = FileManager.default.temporaryDirectory.appending(path: "hallmark-anchor-\(UUID().uuidString)")
        try Data(zone.trustAnchor.utf8).write(to: anchor)
        defer { try? FileManager.default.removeItem(at: anchor) }
        let server = try await NameServer(zone)
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 16)
        let path = anchor.path(percentEncoded: false)
        let settings = UnboundResolver.Settings(
            upstream: .server("127.0.0.1@\(server.port)"), trustAnchor: anchored ? path : nil, milliseconds: 60_000)
        try await body(server, UnboundResolver(settings: settings, pool: pool))
        try await server.stop()
        try await pool.shutdown()
    }

    @Test("Texts without signatures are insecure, and are put together")
    func insecure() async throws {
        try await with(.unsigned, anchored: false) { server, resolver in
            let answer = try await resolver.texts(of: "Lantern.example")
            #expect(!answer.isSecure)
            #expect(answer.texts.contains("hallmark-verification=key"))
            #expect(answer.texts.contains { $0.utf8.count == 600 })
            #expect(try await resolver.texts(of: "deep.down.lantern.example").texts == ["here"])
            await #expect(throws: DNSFault.absent) { try await resolver.texts(of: "none.lantern.example") }
            await #expect(throws: DNSFault.absent) { try await resolver.texts(of: "down.lantern.example") }
            await #expect(throws: DNSFault.absent) { try await resolver.texts(of: "not a name") }
            server.change { $0.set("none.lantern.example", ["now"]) }
            #expect(try await resolver.texts(of: "none.lantern.example").texts == ["now"], "nothing is kept")
        }
    }

    @Test("Signatures that lead to the trust anchor are secure")
    func secure() async throws {
        try await with(.signed) { _, resolver in
            let answer = try await resolver.texts(of: "lantern.example")
            #expect(answer.isSecure)
            #expect(answer.texts.count == 2)
        }
        try await with(.signed, anchored: false) { _, resolver in
            let answer = try await resolver.texts(of: "lantern.example")
            #expect(!answer.isSecure, "nothing to trace them to")
        }
    }

    @Test("Signatures that do not fit, or are missing, make an answer bogus", arguments: [true, false])
    func bogus(isForged: Bool) async throws {
        try await with(isForged ? .forged : .stripped) { _, resolver in
            do {
                let answer = try await resolver.texts(of: "lantern.example")
                Issue.record("\(answer)")
            } catch DNSFault.bogus(let reason) {
                #expect(!reason.isEmpty)
            }
        }
    }

    @Test("A server that does not answer is unreachable, in bounded time")
    func silent() async throws {
        let pool = BlockingPool(name: "asking", threads: 1, capacity: 4)
        let port = try FreePort.take()
        let settings = UnboundResolver.Settings(upstream: .server("127.0.0.1@\(port)"), milliseconds: 200)
        do {
            _ = try await UnboundResolver(settings: settings, pool: pool).texts(of: "lantern.example")
            Issue.record("answered")
        } catch DNSFault.unreachable {}
        for settings in [
            UnboundResolver.Settings(upstream: .server("nowhere")),
            UnboundResolver.Settings(upstream: .recursive, trustAnchor: "/nowhere/root.key"),
        ] {
            do {
                _ = try await UnboundResolver(settings: settings, pool: pool).texts(of: "lantern.example")
                Issue.record("answered")
            } catch DNSFault.unreachable {}
        }
        try await pool.shutdown()
    }
}
