import Blobs
import Foundation
import HallmarkTesting
import Outbound
import RegistryModel
import Testing

@Suite("Asking services", .timeLimit(.minutes(10)))
struct ServiceFetcherTests {
    private func with(
        authority: TestAuthority? = nil, trusted: TestAuthority? = nil,
        _ body: (TestHTTPServer, CurlFetcher) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hallmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try trusted?.write(to: folder)
        let pool = BlockingPool(name: "asking", threads: 2, capacity: 16)
        let server = try await TestHTTPServer(authority: authority) { Self.answer($0) }
        let file = trusted.map { _ in folder.appendingPathComponent("ca.pem").path }
        try await body(server, CurlFetcher(authorities: file, pool: pool))
        try await server.stop()
        try await pool.shutdown()
    }

    @Sendable private static func answer(_ request: TestHTTPRequest) -> TestHTTPAnswer {
        switch request.path {
        case "/echo":
            let agent = request.fields["x-question"] ?? ""
            return TestHTTPAnswer(
                201, fields: ["X-Answer": agent, "X-Method": request.method], body: request.body)
        case "/long": return TestHTTPAnswer(body: [UInt8](repeating: 0x61, count: 1_000))
        case "/moved": return TestHTTPAnswer(302, fields: ["Location": request.query["to"] ?? "/echo"])
        case "/silent": return .silence
        default: return TestHTTPAnswer(404)
        }
    }

    private func fault(_ fetcher: CurlFetcher, _ request: ServiceRequest) async -> FetchFault? {
        do {
            _ = try await fetcher.send(request)
            return nil
        } catch {
            return error as? FetchFault
        }
    }

    private func isUnreachable(_ fault: FetchFault?) -> Bool {
        if case .unreachable = fault { true } else { false }
    }

    @Test("A request arrives as it is, and so does its answer")
    func exchange() async throws {
        try await with { server, fetcher in
            let body = [UInt8](repeating: 0, count: 70_000) + [0xFF, 0x0D, 0x0A]
            let answer = try await fetcher.send(
                ServiceRequest(
                    method: "POST", address: server.url + "/echo",
                    fields: ["X-Question": "why?", "Content-Type": "application/octet-stream"], body: body))
            #expect(answer.status == 201)
            #expect(answer.fields["x-answer"] == "why?")
            #expect(answer.fields["x-method"] == "POST")
            #expect(answer.body == body)
            let got = try await fetcher.send(ServiceRequest(address: server.url + "/echo"))
            #expect(got.fields["x-method"] == "GET")
            #expect(got.body.isEmpty)
        }
    }

    @Test("A body that is too long, silence, and nobody there are faults in bounded time")
    func bounds() async throws {
        try await with { server, fetcher in
            let exact = ServiceRequest(address: server.url + "/long", limit: 1_000)
            #expect(try await fetcher.send(exact).body.count == 1_000)
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: server.url + "/long", limit: 999))))
            let silent = ServiceRequest(address: server.url + "/silent", timeoutSeconds: 1)
            #expect(isUnreachable(await fault(fetcher, silent)))
            let absent = ServiceRequest(address: "http://127.0.0.1:\(try FreePort.take())/")
            #expect(isUnreachable(await fault(fetcher, absent)))
        }
    }

    @Test("Redirects are followed only where asked for, and only to https")
    func redirects() async throws {
        let authority = try TestAuthority()
        try await with(authority: authority, trusted: authority) { server, fetcher in
            var request = ServiceRequest(address: server.url + "/moved?to=/echo")
            #expect(try await fetcher.send(request).status == 302)
            request.redirects = 1
            let followed = try await fetcher.send(request)
            #expect(followed.status == 201)
            #expect(followed.fields["location"] == nil)
            request.address = server.url + "/moved?to=/moved"
            #expect(isUnreachable(await fault(fetcher, request)))
        }
        try await with { server, fetcher in
            let other = server.url + "/moved?to=\(server.url)/echo"
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: other, redirects: 3))))
            let file = server.url + "/moved?to=file:///etc/passwd"
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: file, redirects: 3))))
        }
    }

    @Test("https is verified")
    func certificates() async throws {
        let authority = try TestAuthority()
        try await with(authority: authority, trusted: authority) { server, fetcher in
            let answer = try await fetcher.send(ServiceRequest(address: server.url + "/echo"))
            #expect(answer.status == 201)
        }
        // Unknown to the system; of another authority; expired; for another name.
        try await with(authority: authority) { server, fetcher in
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: server.url + "/echo"))))
        }
        try await with(authority: authority, trusted: try TestAuthority()) { server, fetcher in
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: server.url + "/echo"))))
        }
        let expired = try TestAuthority(isExpired: true)
        try await with(authority: expired, trusted: expired) { server, fetcher in
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: server.url + "/echo"))))
        }
        let named = try TestAuthority(names: ["other.example"])
        try await with(authority: named, trusted: named) { server, fetcher in
            let local = "https://localhost:\(server.port)/echo"
            #expect(isUnreachable(await fault(fetcher, ServiceRequest(address: local))))
        }
    }

    @Test(
        "Other addresses, methods and fields are refused before anything is sent",
        arguments: [
            ServiceRequest(address: "http://example.org/"), ServiceRequest(address: "http://128.0.0.1/"),
            ServiceRequest(address: "http://localhost.example.org/"), ServiceRequest(address: "file:///etc/passwd"),
            ServiceRequest(address: "https://user@example.org/"), ServiceRequest(address: "https://example.org/#a"),
            ServiceRequest(address: "gopher://127.0.0.1/"), ServiceRequest(address: "https://exa mple.org/"),
            ServiceRequest(method: "DELETE", address: "http://127.0.0.1/"),
            ServiceRequest(address: "http://127.0.0.1/", fields: ["X-A": "b\r\nX-C: d"]),
            ServiceRequest(address: "http://127.0.0.1/", fields: ["X\r\nA": "b"]),
        ])
    func refused(request: ServiceRequest) async throws {
        let pool = BlockingPool(name: "asking", threads: 1, capacity: 1)
        let refusal = await fault(CurlFetcher(pool: pool), request)
        try await pool.shutdown()
        guard case .refused = refusal else {
            Issue.record("\(request) was sent: \(String(describing: refusal))")
            return
        }
    }
}
