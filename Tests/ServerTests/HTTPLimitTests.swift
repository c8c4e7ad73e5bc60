import HTTPSupport
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import Testing

@Suite("Bounds on requests")
struct HTTPLimitTests {
    /// Bounds that pass while a test waits.
    static func quick(_ scale: Int, headTime: Duration = .seconds(60)) -> HTTPSetup {
        var setup = HTTPSetup()
        setup.limits.headTime = headTime
        setup.limits.idleTime = .milliseconds(200) * scale
        setup.limits.bodyPause = .milliseconds(200) * scale
        setup.limits.bodyGrace = .milliseconds(300) * scale
        setup.limits.lingerTime = .milliseconds(200)
        return setup
    }

    struct Unmet: Error {
        let what: String
    }

    static func must(_ what: String, _ condition: Bool) throws {
        if !condition { throw Unmet(what: what) }
    }

    /// Tries with longer and longer bounds: on a machine with other things to do a test can be later than a short one.
    ///
    /// A bound that does not work fails with every length.
    private func patiently(_ attempt: @Sendable (_ scale: Int) async throws -> Void) async throws {
        for scale in [1, 5] {
            if (try? await attempt(scale)) != nil { return }
        }
        try await attempt(25)
    }

    private func withQuickServer(
        _ scale: Int, headTime: Duration = .seconds(60),
        _ body: @Sendable @escaping (HTTPFixture, RawConnection) async throws -> Void
    ) async throws {
        try await withHTTPServer(
            Self.quick(scale, headTime: headTime), routes: HTTPConnectionTests.routes
        ) { server in
            let connection = try await RawConnection.connect(to: server.port)
            try await body(server, connection)
        }
    }

    @Test("A head that does not arrive in time is answered with 408")
    func slowHead() async throws {
        try await patiently { scale in
            try await withQuickServer(scale, headTime: .milliseconds(200) * scale) { server, connection in
                try await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
                let response = try await connection.response()
                try Self.must("408", response.status == 408)
                try Self.must("close", response["connection"] == "close")
                try Self.must("nothing more", try await connection.untilClosed().isEmpty)
                let metric = "hallmark_http_slow_connections_total{at=\"head\"} 1"
                try Self.must("counted", server.metrics.exposition().contains(metric))
            }
        }
    }

    @Test("A head that drips is answered with 408 although bytes keep coming")
    func drippingHead() async throws {
        try await patiently { scale in
            try await withQuickServer(scale, headTime: .milliseconds(200) * scale) { _, connection in
                try Self.must("an answer", try await connection.exchange("GET /hello").status == 200)
                let dripping = Task {
                    try await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n")
                    for index in 0..<90 {
                        try await connection.send("X-\(index): y\r\n")
                        try await Task.sleep(for: .milliseconds(20) * scale)
                    }
                }
                try Self.must("408", try await connection.response().status == 408)
                dripping.cancel()
            }
        }
    }

    @Test("Connections that say nothing, and idle ones, are closed without a word")
    func idle() async throws {
        try await patiently { scale in
            try await withQuickServer(scale, headTime: .milliseconds(200) * scale) { server, silent in
                try Self.must("silence", try await silent.untilClosed().isEmpty)
                let idle = try await RawConnection.connect(to: server.port)
                try Self.must("an answer", try await idle.exchange("GET /hello").status == 200)
                try Self.must("silence", try await idle.untilClosed().isEmpty)
            }
        }
    }

    @Test("A body that stops is answered with 408")
    func slowBody() async throws {
        try await patiently { scale in
            try await withQuickServer(scale) { _, connection in
                try await connection.request("PUT /upload", ["Content-Length: 1000"])
                try await connection.send("some")
                let response = try await connection.response()
                try Self.must("408", response.status == 408)
                try Self.must("its dialect", response.text.contains("\"code\":\"timeout\""))
                try Self.must("close", response["connection"] == "close")
                try Self.must("nothing more", try await connection.untilClosed().isEmpty)
            }
        }
    }

    @Test("A body that drips below the minimum rate is answered with 408")
    func drippingBody() async throws {
        try await patiently { scale in
            try await withQuickServer(scale) { _, connection in
                try await connection.request("PUT /upload", ["Content-Length: 1000"])
                let dripping = Task {
                    for _ in 0..<900 {
                        try await connection.send("x")
                        try await Task.sleep(for: .milliseconds(20) * scale)
                    }
                }
                try Self.must("408", try await connection.response().status == 408)
                dripping.cancel()
            }
        }
    }

    @Test("A handler that takes its time makes no slow client")
    func slowHandler() async throws {
        try await patiently { scale in
            try await withHTTPServer(Self.quick(scale)) { router in
                router.put("/thinks") { request, context in
                    // Longer than a client may take for its body.
                    try await Task.sleep(for: .milliseconds(600) * scale)
                    try await context.sendContinue()
                    let body = try await request.body.collect(upTo: 100)
                    return plain(String(buffer: body))
                }
            } _: { server in
                let connection = try await RawConnection.connect(to: server.port)
                try await connection.request("PUT /thinks", ["Expect: 100-continue", "Content-Length: 4"])
                try Self.must("100", try await connection.interim() == 100)
                try await connection.send("done")
                try Self.must("an answer", try await connection.response().text == "done")
            }
        }
    }

    @Test("A header or a target that is too large")
    func tooLarge() async throws {
        var setup = HTTPSetup()
        setup.limits.headerBytes = 4096
        setup.limits.targetBytes = 1024
        setup.limits.headerCount = 20
        try await withHTTPServer(setup, routes: HTTPConnectionTests.routes) { server in
            let big = try await server.exchange("GET /hello", ["X-Big: \(String(repeating: "x", count: 6000))"])
            #expect(big.status == 431)
            #expect(big["connection"] == "close")
            let many = try await server.exchange("GET /hello", (0..<30).map { "X-\($0): y" })
            #expect(many.status == 431)
            let target = try await server.exchange("GET /\(String(repeating: "a", count: 2000))")
            #expect(target.status == 414)
            let endless = try await server.exchange("GET /\(String(repeating: "a", count: 20_000))")
            #expect(endless.status == 414)
        }
    }

    @Test("Slow readers are let go")
    func writeStall() async throws {
        var setup = HTTPSetup()
        setup.limits.writeStall = .milliseconds(200)
        try await withHTTPServer(setup) { router in
            router.get("/endless") { _, context in
                context.record.noteStreaming()
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        let chunk = ByteBuffer(repeating: 0, count: 1 << 20)
                        for _ in 0..<4096 { try await writer.write(chunk) }
                        try await writer.finish(nil)
                    })
            }
        } _: { server in
            let connection = try await RawConnection.connect(to: server.port, readsByItself: false)
            try await connection.request("GET /endless")
            try await waitUntil("the connection is given up") {
                server.metrics.exposition().contains("hallmark_http_slow_connections_total{at=\"read\"} 1")
            }
            await connection.close()
        }
    }

    @Test(
        "Requests that two programs could read differently are refused",
        arguments: [
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\nabcd",
            "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "POST /upload HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /hello HTTP/1.1\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\n folded: yes\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
            "GET /hello HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n",
            "GET /h\u{E9}llo HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET /hello\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n",
        ])
    func smuggling(_ request: String) async throws {
        try await withHTTPServer(routes: HTTPConnectionTests.routes) { server in
            let connection = try await server.connect()
            // What a second reader might take for a request of its own must never be answered.
            try await connection.send(request + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
            let status = answer.dropFirst(9).prefix(3)
            #expect(status == "400" || status == "501", "\(answer)")
            #expect(!answer.contains("200 OK"))
            #expect(answer.contains("onnection: close"))
        }
    }
}
