import Foundation
import HallmarkTesting
import Testing

@Suite("Attacks: request smuggling", .timeLimit(.minutes(10)))
struct AttackSmugglingTests {
    @Test("A request that could end elsewhere is refused and is the last one of its connection")
    func direct() async throws {
        try await withLiveServer { server in
            let port = Int(server.process.port)
            for request in AttackRequests.refused {
                let answers = try await Self.answers(to: request, port)
                #expect(
                    answers.count <= 1 && !answers.joined().contains("smuggled"),
                    "\(request.debugDescription): \(answers)")
                let isRefusal = answers.allSatisfy { $0.hasPrefix("4") || $0.hasPrefix("501") || $0.hasPrefix("505") }
                #expect(isRefusal, "\(request.debugDescription): \(answers)")
            }
            for request in AttackRequests.swallowed {
                let answers = try await Self.answers(to: request, port)
                #expect(
                    answers.count <= 1 && !answers.joined().contains("smuggled"),
                    "\(request.debugDescription): \(answers)")
            }
            for request in AttackRequests.two {
                let answers = try await Self.answers(to: request, port)
                #expect(answers.count == 2, "\(request.debugDescription): \(answers)")
            }
        }
    }

    @Test("No answer to a HEAD has content, which would be taken for the next answer")
    func heads() async throws {
        let next = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let calls = [
            "/", "/nothing", "/%00", "/api/v1/nothing", "/npm/-/v1/nothing", "/pypi/simple/%00/", "/cargo/1/..",
        ]
        try await withLiveServer { server in
            for path in Set(AccessTable.rows.map(\.route)).sorted() + calls {
                let address = path.split(separator: "/").map {
                    $0.hasPrefix("{") || $0 == "**" ? "HTTP%2F1.1" : String($0)
                }
                let head = "HEAD /\(address.joined(separator: "/")) HTTP/1.1\r\nHost: localhost\r\n\r\n"
                let connection = try await RawConnection.connect(to: Int(server.process.port))
                try await connection.send(head + next)
                let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
                let parts = answer.components(separatedBy: "\r\n\r\n")
                // A head, a head, and the second one's content.
                let isClean = parts.count == 3 && parts[1].hasPrefix("HTTP/1.1 200 ") && parts[2] == "ok\n"
                #expect(isClean, "HEAD \(path) gave \(answer)")
            }
        }
    }

    @Test("Who hangs up in the middle of a body leaves no error in the log", arguments: ["npm", "api", "cargo"])
    func hangUp(route: String) async throws {
        try await withLiveServer { server in
            let token = try await server.person("owner")
            let start = [
                "npm": "POST /npm/-/npm/v1/security/audits", "api": "PUT /api/v1/projects/npm/lamp/status",
                "cargo": "PUT /cargo/api/v1/crates/new",
            ]
            for length in [
                "Content-Length: 100\r\n\r\n{\"a\"", "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{\"a\"",
            ] {
                let head = "\(start[route] ?? "") HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
                _ = try await Self.answers(to: head + length, Int(server.process.port))
            }
            #expect(!server.process.log.contains("internal-error"), "\(server.process.log)")
        }
    }

    @Test(
        "Behind nginx with connections that are kept, everybody gets the answer to their own request",
        .enabled(if: ProxyProcess.isAvailable, "needs nginx"), arguments: [true, false])
    func proxied(isBuffering: Bool) async throws {
        try await withLiveServer { server in
            let proxy = try await ProxyProcess(to: server.process.port, isBuffering: isBuffering)
            for (index, request) in (AttackRequests.refused + AttackRequests.swallowed + AttackRequests.two)
                .enumerated()
            {
                try await Self.attack(request, Int(proxy.port))
                for number in 0..<3 {
                    let name = "victim-\(index)-\(number)"
                    let victim = "GET /npm/\(name) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    let answers = try await Self.answers(to: victim, Int(proxy.port), isHalfClosed: false)
                    let isOwn = answers.count == 1 && answers[0].hasPrefix("404") && answers[0].contains("'\(name)'")
                    #expect(isOwn, "after \(request.debugDescription) \(name) got \(answers)")
                }
            }
            await proxy.stop()
        }
    }

    /// Sends bytes through a proxy, which would drop a request whose client has stopped sending, and waits for one answer.
    private static func attack(_ request: String, _ port: Int) async throws {
        let connection = try await RawConnection.connect(to: port, patience: .seconds(1))
        try await connection.send(Array(request.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
        _ = try? await connection.response()
        await connection.close()
    }

    /// Sends bytes, says that there are no more, and gives the answers from their status on.
    private static func answers(to request: String, _ port: Int, isHalfClosed: Bool = true) async throws -> [String] {
        let connection = try await RawConnection.connect(to: port)
        try await connection.send(Array(request.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
        if isHalfClosed { try? await connection.finishSending() }
        let bytes = try await connection.untilClosed()
        await connection.close()
        return String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").dropFirst()
            .filter { !$0.hasPrefix("100") }
    }
}
