import Accounts
import Foundation
import HTTPSupport
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import Synchronization
import Testing

@Suite("The lane on streams of HTTP/2", .serialized)
struct LaneStreamTests {
    static let large = String(repeating: "0123456789", count: 20_000)

    /// Runs a server with a secure listener on one event loop.
    static func withServer<Result: Sendable>(
        cache: ResponseCache?, change: (inout HTTPSetup) throws -> Void = { _ in },
        routes: (Router<RegistryContext>) -> Void,
        _ body: @Sendable @escaping (HTTPFixture, Int) async throws -> Result
    ) async throws -> Result {
        try await HTTPTLSTests.withDirectory { directory in
            let clock = HTTPTLSTests.MovableClock(HTTPTLSTests.now())
            var setup = HTTPSetup()
            setup.cache = cache
            setup.configuration.eventLoops = 1
            setup.configuration.listenTLS = .init(host: "127.0.0.1", port: 0)
            setup.configuration.certificate =
                try LocalAuthority(directory: "\(directory)/tls", clock: clock).prepare(names: []).certificate
            try change(&setup)
            return try await withHTTPServer(setup, routes: routes) { server in
                try await body(server, try #require(server.ports[.secure]))
            }
        }
    }

    static func document(_ cache: ResponseCache, _ text: String = "document") -> (Router<RegistryContext>) -> Void {
        HTTPIndexTests.routes(cache: cache) { _ in HTTPIndexTests.document(text) }
    }

    /// What a response says, without what differs each time and between the versions.
    private static func essence(_ response: RawResponse) -> [String] {
        let text = response.text.replacing(/request:[0-9a-f]{32}/, with: "request:ID")
        let left = ["date", "x-request-id", "connection"]
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }.filter { !left.contains($0.0) }
        return ["\(response.status)"] + fields.map { "\($0.0): \($0.1)" }.sorted() + [text]
    }

    /// What the lane learns: line and fields.
    private static let requests: [(String, [String])] = [
        ("GET /index/lantern", []), ("HEAD /index/lantern", []),
        ("GET /index/lantern", ["Accept-Encoding: gzip"]), ("HEAD /index/lantern", ["Accept-Encoding: gzip"]),
        ("GET /index/lantern", ["If-None-Match: TAG"]), ("HEAD /index/lantern", ["If-None-Match: W/TAG"]),
        ("GET /index/lantern", ["If-None-Match: \"x\", TAG"]),
        ("GET /index/lantern", ["If-None-Match: \"x\"", "Accept: text/html"]),
        ("GET /index/l%61ntern", []), ("GET /index/lantern", ["X-Other: 1"]),
        ("GET /index/lantern", ["Priority: u=1", "TE: trailers"]),
    ]
    /// What it leaves to the framework.
    private static let others: [(String, [String])] = [
        ("GET /other", []), ("HEAD /other", []), ("GET /index/lantern", ["Range: bytes=0-3"]),
        ("GET /index/lantern", ["Cookie: a=b"]), ("GET /index/lantern", ["If-Match: TAG"]),
        ("GET /index/lantern", ["If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"]),
        ("GET /index/lantern", ["Host: elsewhere"]), ("GET /index/lantern", ["Content-Length: 0"]),
        ("GET /index/lantern", ["If-None-Match: x"]), ("GET /index/lantern", ["If-None-Match: *"]),
        ("GET /index/lantern?a=b%20c", []), ("DELETE /index/lantern", []), ("OPTIONS /index/lantern", []),
        ("GET /nothing", []), ("GET /index/\(String(repeating: "x", count: 9000))", []),
    ]

    @Test("Answers are those of the framework and of HTTP/1.1, whoever asks, whether learned or not")
    func identity() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let text = String(repeating: "<a href=lantern-1.0.0.tar.gz>lantern</a>\n", count: 60)
        @Sendable func routes(_ cache: ResponseCache) -> (Router<RegistryContext>) -> Void {
            { router in
                Self.document(cache, text)(router)
                router.get("/other") { _, _ in plain("other") }
            }
        }
        let bare = ResponseCache(bytes: 1 << 20)
        try await Self.withServer(cache: nil, routes: routes(bare)) { framework, frameworkPort in
            try await Self.withServer(cache: cache, routes: routes(cache)) { server, port in
                let reference = try await StreamClient(port: frameworkPort)
                let client = try await StreamClient(port: port)
                let old = try await server.connect()
                let tag = try #require(try await client.exchange("GET /index/lantern")["etag"])
                let all = Self.requests.map { ($0.0, $0.1, true) } + Self.others.map { ($0.0, $0.1, false) }
                for (line, fields, isKnown) in all {
                    let fields = fields.map { $0.replacing("TAG", with: tag) }
                    let expected = Self.essence(try await reference.exchange(line, fields))
                    let first = try await client.exchange(line, fields)
                    #expect(Self.essence(first) == expected, "\(line) \(fields)")
                    let routed = server.routed.value
                    for more in [[], ["Authorization: Bearer hlmk_nobody"], ["User-Agent: pip/25.0"]] {
                        let again = try await client.exchange(line, fields + more)
                        #expect(Self.essence(again) == expected, "\(line) \(fields + more)")
                        #expect(again["x-request-id"] != first["x-request-id"])
                        #expect(again["x-request-id"]?.utf8.count == 32)
                        #expect(again["date"]?.hasSuffix(" GMT") == true)
                    }
                    if isKnown { #expect(server.routed.value == routed, "\(line) \(fields)") }
                    guard !fields.contains(where: { $0.hasPrefix("Host") || $0.hasPrefix("TE") }), line.count < 100
                    else { continue }
                    for _ in 0..<2 {
                        #expect(Self.essence(try await old.exchange(line, fields)) == expected, "\(line) \(fields)")
                    }
                }
                await old.close()
            }
        }
    }

    @Test("A change, lost trust and privacy are seen by the next stream")
    func changes() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let loads = Mutex(0)
        let isPublic = Mutex(true)
        let routes = HTTPIndexTests.routes(cache: cache, reader: .principal(HTTPIndexTests.owner)) { reader in
            let isPublic = isPublic.withLock { $0 }
            if !isPublic, case .anonymous = reader { throw Problem(.notFound, "no") }
            return HTTPIndexTests.document("load \(loads.withLock { $0 += 1; return $0 })", isPublic: isPublic)
        }
        try await Self.withServer(cache: cache, routes: routes) { server, port in
            let client = try await StreamClient(port: port)
            for round in 1...3 {
                for _ in 0..<3 { #expect(try await client.exchange("GET /index/lantern").text == "load \(round)") }
                cache.invalidate(HTTPIndexTests.tag)
            }
            #expect(server.routed.value == 3)
            isPublic.withLock { $0 = false }
            for _ in 0..<3 {
                let owner = try await client.exchange("GET /index/lantern", ["Authorization: Bearer x"])
                #expect(owner.text.hasPrefix("load"))
                #expect(try await client.exchange("GET /index/lantern").status == 404)
            }
            #expect(server.routed.value == 9)
            isPublic.withLock { $0 = true }
            cache.setTrusted(false)
            for _ in 0..<3 { #expect(try await client.exchange("GET /index/lantern").status == 200) }
            #expect(server.routed.value == 12)
        }
    }

    @Test("Streams of both kinds at once, in one piece and byte by byte")
    func mixture() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await Self.withServer(cache: cache) { router in
            Self.document(cache, Self.large)(router)
            router.get("/other") { _, _ in plain("other") }
            router.put("/upload") { request, _ in
                plain("took \(String(buffer: try await request.body.collect(upTo: 1000)))")
            }
        } _: { server, port in
            let client = try await StreamClient(port: port)
            #expect(try await client.exchange("GET /index/lantern").text == Self.large)
            for isSlow in [false, true] {
                var bytes: [UInt8] = []
                var expected: [Int: String] = [:]
                for index in 0..<45 {
                    let stream = client.newStream()
                    switch index % 3 {
                    case 0: bytes += StreamClient.request("GET /index/lantern", stream: stream)
                    case 1: bytes += StreamClient.request("GET /other", stream: stream)
                    default:
                        bytes += StreamClient.request("PUT /upload", stream: stream, ends: false)
                        bytes += StreamClient.frame(StreamClient.data, flags: 1, stream: stream, Array("body".utf8))
                    }
                    expected[stream] = [Self.large, "other", "took body"][index % 3]
                }
                if isSlow {
                    for byte in bytes { try await client.send([byte]) }
                } else {
                    try await client.send(bytes)
                }
                let streams = expected.keys
                try await client.read { client in streams.allSatisfy { client.answers[$0]?.isComplete == true } }
                for (stream, text) in expected { #expect(client.answers[stream]?.response.text == text) }
            }
            #expect(server.routed.value == 1 + 60)
            #expect(client.farewells.isEmpty)
        }
    }

    @Test("A small window: as much as it allows, and the rest when it opens")
    func smallWindow() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await Self.withServer(cache: cache, routes: Self.document(cache, Self.large)) { server, port in
            let client = try await StreamClient(port: port, window: 100, connectionWindow: 0)
            let teacher = try await StreamClient(port: port)
            _ = try await teacher.exchange("GET /index/lantern")
            let streams = (0..<3).map { _ in client.newStream() }
            try await client.send(streams.flatMap { StreamClient.request("GET /index/lantern", stream: $0) })
            try await client.read { client in streams.allSatisfy { client.answers[$0]?.response.body.count == 100 } }
            // The connection's window holds for all of them together.
            for stream in streams { try await client.open(1 << 20, stream: stream) }
            try await client.read { client in
                streams.map { client.answers[$0]?.response.body.count ?? 0 }.reduce(0, +) == 65_535
            }
            #expect(!streams.contains { client.answers[$0]?.isComplete == true })
            try await client.open(1000, stream: 0)
            try await client.open(1 << 20, stream: 0)
            try await client.read { client in streams.allSatisfy { client.answers[$0]?.isComplete == true } }
            for stream in streams { #expect(client.answers[stream]?.response.text == Self.large) }
            #expect(server.routed.value == 1)
        }
    }

    @Test("A reset in the middle ends one stream, and what waited for it is forgotten")
    func resets() async throws {
        let cache = ResponseCache(bytes: 1 << 22)
        try await Self.withServer(cache: cache, routes: Self.document(cache, Self.large)) { server, port in
            let client = try await StreamClient(port: port, window: 1000)
            let teacher = try await StreamClient(port: port)
            _ = try await teacher.exchange("GET /index/lantern")
            // Far more than may wait at once, if the reset ones still counted.
            for _ in 0..<40 {
                let stream = client.newStream()
                try await client.send(StreamClient.request("GET /index/lantern", stream: stream))
                try await client.read { $0.answers[stream]?.response.body.count == 1000 }
                try await client.send(
                    StreamClient.frame(StreamClient.reset, stream: stream, StreamClient.big(8, 4)))
            }
            let last = client.newStream()
            try await client.send(StreamClient.request("GET /index/lantern", stream: last))
            try await client.open(1 << 20, stream: last)
            try await client.read { $0.answers[last]?.isComplete == true }
            #expect(client.answers[last]?.response.text == Self.large)
            #expect(server.routed.value == 1)
            #expect(client.farewells.isEmpty)
        }
    }

    @Test("The log and the metrics do not tell the two apart")
    func observability() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await Self.withServer(cache: cache, routes: Self.document(cache, "hello")) { server, port in
            let client = try await StreamClient(port: port)
            let agent = "User-Agent: a \"b\\c\" hlmk_\(String(repeating: "a", count: 36))"
            for _ in 0..<3 { _ = try await client.exchange("GET /index/lantern", [agent]) }
            let tag = try #require(try await client.exchange("GET /index/lantern")["etag"])
            for _ in 0..<2 { _ = try await client.exchange("HEAD /index/lantern", ["If-None-Match: \(tag)"]) }
            #expect(server.routed.value == 2)
            try await waitUntil("all lines") { server.log.lines.count == 6 }
            let lines = try server.log.lines.map { try JSONValue.parse(Array($0.utf8)) }
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
            #expect(text.contains("hallmark_http_request_seconds_count{route=\"/index/{name}\"} 6"))
        }
    }

    @Test("Behind a trusted proxy the framework answers")
    func proxies() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        try await Self.withServer(
            cache: cache,
            change: { $0.proxies = TrustedProxies([try #require(AddressBlock("127.0.0.0/8"))]) },
            routes: Self.document(cache)
        ) { server, port in
            let client = try await StreamClient(port: port)
            for id in ["a", "b", "c"] {
                let answer = try await client.exchange("GET /index/lantern", ["X-Request-Id: \(id)"])
                #expect(answer["x-request-id"] == id)
            }
            #expect(server.routed.value == 3)
        }
    }
}
