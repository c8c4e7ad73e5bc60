import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import Synchronization
import Testing

@Suite("HTTP/1.1 connections")
struct HTTPConnectionTests {
    /// Routes that read, refuse and tell.
    static func routes(_ router: Router<RegistryContext>) {
        router.get("/hello") { _, _ in plain("hello") }
        router.put("/upload") { request, context in
            try await context.sendContinue()
            var count = 0
            for try await chunk in request.body { count += chunk.readableBytes }
            return plain("\(count)")
        }
        router.put("/refused") { _, _ -> Response in
            throw Problem(.forbidden, "quarantined: org.hm 1.0\r\nInjected: yes \u{2013} caf\u{E9}")
        }
        router.get("/long") { _, _ -> Response in
            throw Problem(.conflict, String(repeating: "x", count: 500))
        }
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "one "))
                    try await writer.write(ByteBuffer(string: "two"))
                    try await writer.finish(nil)
                })
        }
    }

    @Test("An upgrade offer, as cargo sends one with every request, does not freeze the client")
    func upgradeOffers() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            for _ in 0..<3 {
                let connection = try await server.connect()
                let response = try await connection.exchange(
                    "GET /hello",
                    ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"])
                #expect(response.status == 200)
                #expect(response.text == "hello")
                // The client has to be told, or it waits for its next answer on this connection for ever.
                #expect(response["connection"] == "close")
                #expect(try await connection.untilClosed().isEmpty)
            }
        }
    }

    @Test("A body sent with an upgrade offer is read to its end")
    func upgradeOfferWithBody() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange(
                "PUT /upload", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"],
                body: Array(repeating: 1, count: 200_000))
            #expect(response.text == "200000")
        }
    }

    @Test("Three requests without an upgrade offer share a connection")
    func keepAlive() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            for _ in 0..<3 {
                let response = try await connection.exchange("GET /hello")
                #expect(response.text == "hello")
                #expect(response["connection"] == nil)
            }
        }
    }

    @Test("Pipelined requests are answered in order")
    func pipelining() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.send(
                "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await connection.response().text == "hello")
            #expect(try await connection.response().text == "one two")
            let last = try await connection.response()
            #expect(last["connection"] == "close")
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test("A request that is refused behind pipelined ones is answered after them")
    func refusalAfterPipelined() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.send(
                "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            #expect(try await connection.response().text == "hello")
            #expect(try await connection.response().status == 400)
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test("100 Continue is sent once the handler wants the body")
    func expectAccepted() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.request("PUT /upload", ["Expect: 100-continue", "Content-Length: 5"])
            #expect(try await connection.interim() == 100)
            try await connection.send("hello")
            let response = try await connection.response()
            #expect(response.text == "5")
            #expect(response["connection"] == nil)
            #expect(try await connection.exchange("GET /hello").text == "hello")
        }
    }

    @Test("A refusal instead of 100 Continue closes the connection, and what follows is no request")
    func expectRefused() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.request("PUT /refused", ["Expect: 100-continue", "Content-Length: 50"])
            let response = try await connection.response()
            #expect(response.status == 403)
            #expect(response.interim.isEmpty)
            #expect(response["connection"] == "close")
            // A client that reuses the connection all the same must not have its next head read as the body.
            try await connection.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test("Without Expect no 100 is sent")
    func noExpect() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange("PUT /upload", body: [1, 2, 3])
            #expect(response.interim.isEmpty)
            #expect(response.text == "3")
        }
    }

    @Test("The refusal is the reason phrase: ASCII, one line, at most 200 characters")
    func reasonPhrase() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange("PUT /refused", body: [1])
            #expect(response.status == 403)
            #expect(response.reason == "quarantined: org.hm 1.0 Injected: yes - caf?")
            #expect(response["injected"] == nil)
            let long = try await server.exchange("GET /long")
            #expect(long.status == 409)
            #expect(long.reason == String(repeating: "x", count: 200))
            #expect(try await server.exchange("GET /hello").reason == "OK")
        }
    }

    @Test("A client that sends its whole body before it reads gets the refusal")
    func refusedUploadIsDrained() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            let response = try await connection.exchange(
                "PUT /refused", body: Array(repeating: 7, count: 5_000_000))
            #expect(response.status == 403)
            #expect(try await connection.exchange("GET /hello").text == "hello")
        }
    }

    @Test("A refused body is drained up to a bound only")
    func drainBound() async throws {
        var setup = HTTPSetup()
        setup.limits.drainBytes = 100_000
        try await withHTTPServer(setup, routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.request("PUT /refused", ["Content-Length: 100000000"])
            #expect(try await connection.response().status == 403)
            await #expect(throws: (any Error).self) {
                for _ in 0..<1000 { try await connection.send(Array(repeating: 0, count: 100_000)) }
            }
        }
    }

    @Test("HTTP/1.0 is answered as such and closed")
    func http10() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            try await connection.send("GET /stream HTTP/1.0\r\n\r\n")
            let response = try await connection.response()
            #expect(response.version == "HTTP/1.0")
            #expect(response["transfer-encoding"] == nil)
            #expect(response.text == "one two")
        }
    }

    @Test("An upload that is cut off is an error to its handler, not the end of the body")
    func truncatedUpload() async throws {
        let outcome = Mutex<String?>(nil)
        var setup = HTTPSetup()
        // However busy the machine is, the pause is not what ends this upload.
        setup.limits.bodyPause = .seconds(600)
        setup.limits.bodyGrace = .seconds(600)
        try await withHTTPServer(setup) { router in
            router.put("/upload") { request, _ in
                do {
                    for try await _ in request.body {}
                    outcome.withLock { $0 = "complete" }
                } catch {
                    outcome.withLock { $0 = error is ClientGone ? "gone" : "\(error)" }
                    throw error
                }
                return plain("")
            }
        } _: { server in
            for length in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
                outcome.withLock { $0 = nil }
                let connection = try await server.connect()
                try await connection.request("PUT /upload", [length])
                try await connection.send(length.hasPrefix("C") ? "half" : "4\r\nhalf\r\n")
                await connection.close()
                try await waitUntil("the handler is told") { outcome.withLock { $0 != nil } }
                #expect(outcome.withLock { $0 } == "gone")
            }
            try await waitUntil("the log has it") { server.log.lines.contains { $0.contains("client-gone") } }
        }
    }
}
