import Accounts
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import ServiceLifecycle
import Synchronization
import Testing

@Suite("The lane behind a socket")
struct LaneServerTests {
    private static let text = String(repeating: "<a href=lantern-1.0.0.tar.gz>lantern</a>\n", count: 60)

    private static func setup(_ cache: ResponseCache) -> HTTPSetup {
        var setup = HTTPSetup()
        setup.cache = cache
        // One, so that what one connection taught is known to the next.
        setup.configuration.eventLoops = 1
        return setup
    }

    /// What a response says, without what differs each time.
    private static func essence(_ response: RawResponse) -> [String] {
        let fields = response.headers.filter { !["date", "x-request-id"].contains($0.0.lowercased()) }
        return ["\(response.version) \(response.status) \(response.reason)"] + fields.map { "\($0.0): \($0.1)" }
            + [response.text]
    }

    @Test("The lane's answers are those of the framework, byte for byte")
    func identity() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document(Self.text) }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let connection = try await server.connect()
            let tag = try #require(try await connection.exchange("GET /index/lantern")["etag"])
            let requests: [(String, [String])] = [
                ("GET /index/lantern", []), ("HEAD /index/lantern", []),
                ("GET /index/lantern", ["Accept-Encoding: gzip"]), ("HEAD /index/lantern", ["Accept-Encoding: gzip"]),
                ("GET /index/lantern", ["If-None-Match: \(tag)"]), ("HEAD /index/lantern", ["If-None-Match: W/\(tag)"]),
                ("GET /index/lantern", ["If-None-Match: \"x\"", "Accept: text/html"]),
            ]
            for (line, headers) in requests {
                let first = try await connection.exchange(line, headers)
                let routed = server.routed.value
                for more in [
                    [], ["Authorization: Bearer hlmk_nobody"], ["User-Agent: pip/25.0", "Connection: keep-alive"],
                ] {
                    let again = try await connection.exchange(line, headers + more)
                    #expect(Self.essence(again) == Self.essence(first))
                    #expect(again["x-request-id"] != first["x-request-id"])
                    #expect(again["x-request-id"]?.utf8.count == 32)
                    #expect(again["date"]?.hasSuffix(" GMT") == true)
                }
                #expect(server.routed.value == routed)
            }
        }
    }

    @Test("After a change the next read is the new document; without trust in the cache nothing is answered from it")
    func invalidation() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let loads = Mutex(0)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in
            HTTPIndexTests.document("load \(loads.withLock { $0 += 1; return $0 })")
        }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let connection = try await server.connect()
            for round in 1...3 {
                for _ in 0..<3 {
                    #expect(try await connection.exchange("GET /index/lantern").text == "load \(round)")
                }
                cache.invalidate(HTTPIndexTests.tag)
            }
            #expect(server.routed.value == 3)
            #expect(try await connection.exchange("GET /index/lantern").text == "load 4")
            cache.removeAll()
            #expect(try await connection.exchange("GET /index/lantern").text == "load 5")
            cache.setTrusted(false)
            for round in 6...8 { #expect(try await connection.exchange("GET /index/lantern").text == "load \(round)") }
        }
    }

    @Test("What becomes private is nobody's at the next read, and what is private is never learned")
    func privacy() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let isPublic = Mutex(true)
        let routes = HTTPIndexTests.routes(cache: cache, reader: .principal(HTTPIndexTests.owner)) { reader in
            let isPublic = isPublic.withLock { $0 }
            if !isPublic, case .anonymous = reader { throw Problem(.notFound, "no") }
            return HTTPIndexTests.document("secret", isPublic: isPublic)
        }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let owner = try await server.connect()
            let stranger = try await server.connect()
            for _ in 0..<2 { #expect(try await stranger.exchange("GET /index/lantern").status == 200) }
            isPublic.withLock { $0 = false }
            cache.invalidate(HTTPIndexTests.tag)
            for _ in 0..<3 {
                #expect(try await owner.exchange("GET /index/lantern", ["Authorization: Bearer x"]).text == "secret")
                #expect(try await stranger.exchange("GET /index/lantern").status == 404)
            }
        }
    }

    @Test("Requests with and without the lane share a connection, one after another and all at once")
    func mixture() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document("document") }
        try await withHTTPServer(Self.setup(cache)) { router in
            routes(router)
            router.get("/other") { _, _ in plain("other") }
            router.put("/upload") { request, _ in
                let body = try await request.body.collect(upTo: 1000)
                return plain("took \(String(buffer: body))")
            }
        } _: { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /index/lantern").text == "document")
            #expect(try await connection.exchange("GET /other").text == "other")
            #expect(try await connection.exchange("GET /index/lantern").text == "document")
            #expect(server.routed.value == 2)
            let known = "GET /index/lantern HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let other = "GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let upload = "PUT /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /"
            try await connection.send(known + known + other + known + other + other + known + upload + known + other)
            for expected in [
                "document", "document", "other", "document", "other", "other", "document", "took GET /", "document",
                "other",
            ] {
                #expect(try await connection.response().text == expected)
            }
            // Byte by byte it is answered too.
            let slow = try await server.connect()
            for byte in known.utf8 { try await slow.send([byte]) }
            #expect(try await slow.response().text == "document")
            try await slow.send(known)
            #expect(try await slow.response().text == "document")
        }
    }

    @Test("The log and the metrics do not tell the two apart")
    func observability() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document("hello") }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let connection = try await server.connect()
            for _ in 0..<3 {
                _ = try await connection.exchange(
                    "GET /index/lantern", ["User-Agent: a \"b\\c\" hlmk_\(String(repeating: "a", count: 36))"])
            }
            let tag = try #require(try await connection.exchange("GET /index/lantern")["etag"])
            for _ in 0..<2 { _ = try await connection.exchange("HEAD /index/lantern", ["If-None-Match: \(tag)"]) }
            #expect(server.routed.value == 2)
            try await waitUntil("all lines") { server.log.lines.count == 6 }
            let lines = try server.log.lines.map { line in
                try JSONValue.parse(Array(line.utf8))
            }
            #expect(Set(lines.map { ($0.members ?? []).map(\.name) }).count == 2)
            for name in ["path", "route", "client", "message", "level", "at"] {
                #expect(Set(lines.map { $0[name] }).count == 1)
            }
            #expect(lines.count { $0["bytes"] == 5 && $0["status"] == 200 && $0["method"] == "GET" } == 4)
            #expect(lines.count { $0["bytes"] == 0 && $0["status"] == 304 && $0["method"] == "HEAD" } == 2)
            #expect(Set(lines.map { $0["agent"] }).count == 2)
            #expect(Set(lines.map { $0["request"] }).count == 6)
            #expect(!server.log.lines.joined().contains("aaaa"))
            let text = server.metrics.exposition()
            #expect(
                text.contains("hallmark_http_requests_total{route=\"/index/{name}\",method=\"GET\",status=\"2xx\"} 4"))
            #expect(
                text.contains("hallmark_http_requests_total{route=\"/index/{name}\",method=\"HEAD\",status=\"3xx\"} 2"))
            #expect(text.contains("hallmark_http_request_seconds_count{route=\"/index/{name}\"} 6"))
        }
    }

    @Test("Behind a trusted proxy the framework answers")
    func proxies() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        var setup = Self.setup(cache)
        setup.proxies = TrustedProxies([try #require(AddressBlock("127.0.0.0/8"))])
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document("hello") }
        try await withHTTPServer(setup, routes: routes) { server in
            let connection = try await server.connect()
            for id in ["a", "b", "c"] {
                #expect(
                    try await connection.exchange("GET /index/lantern", ["X-Request-Id: \(id)"])["x-request-id"] == id)
            }
            #expect(server.routed.value == 3)
        }
    }

    @Test("A connection that only the lane serves is closed when it is idle, and when the server stops")
    func ends() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        var setup = Self.setup(cache)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document("hello") }
        // Longer and longer: on a busy machine the test itself may be idle for a moment.
        for milliseconds in [300, 2000, 8000] {
            setup.limits.idleTime = .milliseconds(milliseconds)
            let isClosed = try await withHTTPServer(setup, routes: routes) { server in
                let connection = try await server.connect()
                for _ in 0..<3 {
                    guard (try? await connection.exchange("GET /index/lantern").text) == "hello" else { return false }
                }
                #expect(server.routed.value <= 1)
                return try await connection.untilClosed().isEmpty
            }
            if isClosed { break }
            #expect(milliseconds < 8000)
        }
        setup.limits.idleTime = .seconds(75)
        try await withHTTPServer(setup, routes: routes) { server in
            let connection = try await server.connect()
            for _ in 0..<3 { #expect(try await connection.exchange("GET /index/lantern").text == "hello") }
            #expect(server.routed.value <= 1)
            await server.group.triggerGracefulShutdown()
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test("A client that asks and asks and never reads is given up")
    func neverReads() async throws {
        let cache = ResponseCache(bytes: 1 << 22)
        var setup = Self.setup(cache)
        setup.limits.writeStall = .milliseconds(400)
        let large = String(repeating: "x", count: 200_000)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document(large) }
        try await withHTTPServer(setup, routes: routes) { server in
            let reader = try await server.connect()
            for _ in 0..<2 { #expect(try await reader.exchange("GET /index/lantern").text.utf8.count == 200_000) }
            let connection = try await RawConnection.connect(to: server.port, readsByItself: false)
            let request = "GET /index/lantern HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await connection.send(String(repeating: request, count: 1000))
            try await waitUntil("given up") {
                server.metrics.exposition().contains("hallmark_http_slow_connections_total{at=\"read\"} 1")
            }
            // Nowhere near a thousand documents were made ready for it.
            let count = server.log.lines.count
            #expect(count < 200)
            #expect(try await reader.exchange("GET /index/lantern").status == 200)
            await connection.close()
        }
    }

    @Test("Large documents of many requests at once arrive whole and in order")
    func pipelined() async throws {
        let cache = ResponseCache(bytes: 1 << 22)
        let large = String(repeating: "0123456789", count: 20_000)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document(large) }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let connection = try await server.connect()
            _ = try await connection.exchange("GET /index/lantern")
            let request = "GET /index/lantern HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await connection.send(String(repeating: request, count: 60))
            for _ in 0..<60 { #expect(try await connection.response().text == large) }
            #expect(server.routed.value == 1)
        }
    }

    @Test("What a client has not taken yet stays as it is while others are answered")
    func room() async throws {
        let cache = ResponseCache(bytes: 1 << 22)
        let routes = HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document(Self.text) }
        try await withHTTPServer(Self.setup(cache), routes: routes) { server in
            let other = try await server.connect()
            for _ in 0..<2 { _ = try await other.exchange("GET /index/lantern") }
            _ = try await other.exchange("HEAD /index/lantern")
            let slow = try await server.connect()
            try await slow.stopReading()
            let request = "GET /index/lantern HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let count = 4000
            for _ in 0..<(count / 100) {
                try await slow.send(String(repeating: request, count: 100))
                #expect(try await other.exchange("HEAD /index/lantern").status == 200)
            }
            try await slow.readAgain()
            var ids: Set<String> = []
            for _ in 0..<count {
                let response = try await slow.response()
                #expect(response.text == Self.text)
                ids.insert(try #require(response["x-request-id"]))
                if ids.count % 100 == 0 { #expect(try await other.exchange("HEAD /index/lantern").status == 200) }
            }
            #expect(ids.count == count)
            // Those that arrived in two pieces were the framework's.
            #expect(server.routed.value < count / 10)
        }
    }
}
