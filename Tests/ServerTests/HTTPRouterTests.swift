import Accounts
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import Testing

@Suite("What every request passes")
struct HTTPRouterTests {
    /// A dialect that is easy to recognise.
    struct PlainDialect: ErrorDialect {
        let name: String

        func response(
            to problem: Problem, status: HTTPResponse.Status, request: Request, context: RegistryContext
        ) -> Response {
            plain("\(name): \(problem.detail)", status: status)
        }
    }

    struct Secret: Error {
        let password = "hunter2"
    }

    static func routes(_ router: Router<RegistryContext>) {
        let group = router.group("group").add(middleware: ProblemMiddleware(dialect: PlainDialect(name: "group")))
        group.get("/refuse") { _, _ -> Response in throw Problem(.versionExists, "It exists.") }
        group.get("/internal") { _, _ -> Response in throw Secret() }
        group.post("/collect") { request, _ in
            let body = try await request.body.collect(upTo: 10)
            return plain("\(body.readableBytes)")
        }
        router.get("/refuse") { _, _ -> Response in
            throw Problem(.notOwner, "Only an owner of lantern may do this.", diagnostic: "user seventeen")
        }
        router.get("/internal") { _, _ -> Response in throw Secret() }
        router.get("/items/:name") { _, context in plain(context.parameters.get("name") ?? "") }
        router.put("/items/:name") { _, _ in plain("") }
        router.delete("/items/:name/tags/*") { _, _ in plain("") }
        router.get("/files/**") { _, _ in plain("file") }
        router.get("/who") { _, context in plain("\(context.client.address) \(context.client.isSecure)") }
        router.get("/-/user/token/:token") { _, _ in plain("") }
        router.get("/credential") { _, context in
            plain("\(context.credential?.userName ?? "-") \(context.credential?.secret ?? "-")")
        }
        OperationalRoutes(metrics: Metrics(), metricsReaders: []) { true }.addRoutes(to: router)
    }

    @Test("RFC 9457 where a client has no dialect of its own")
    func problemJSON() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange("GET /refuse")
            #expect(response.status == 403)
            #expect(response.reason == "Only an owner of lantern may do this.")
            #expect(response["content-type"] == "application/problem+json")
            #expect(response["cache-control"] == "no-store")
            let body = try JSONValue.parse(response.body)
            #expect(body["type"]?.stringValue == "http://registry.example:8080/docs/errors#not-owner")
            #expect(body["title"]?.stringValue == "Not owner")
            #expect(body["status"]?.integerValue == 403)
            #expect(body["detail"]?.stringValue == "Only an owner of lantern may do this.")
            let id = try #require(response["x-request-id"])
            #expect(body["instance"]?.stringValue == "urn:hallmark:request:\(id)")
            #expect(!response.text.contains("seventeen"))
        }
    }

    @Test("Every code has a status that says refusal", arguments: Problem.Code.allCases)
    func statuses(_ code: Problem.Code) {
        #expect((400..<600).contains(code.status.code))
    }

    @Test("Internal errors say nothing to the client", arguments: ["/internal", "/group/internal"])
    func internalErrors(_ path: String) async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange("GET \(path)")
            #expect(response.status == 500)
            #expect(!response.text.contains("hunter2"))
            #expect(!response.reason.contains("hunter2"))
            #expect(!response.text.contains("Secret"))
        }
    }

    @Test("A group's dialect renders its errors, and those of Hummingbird")
    func dialects() async throws {
        var setup = HTTPSetup()
        setup.dialects = [("/items", PlainDialect(name: "items")), ("/it", PlainDialect(name: "it"))]
        try await withHTTPServer(setup, routes: Self.routes) { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /group/refuse").text == "group: It exists.")
            let large = try await connection.exchange("POST /group/collect", body: Array(repeating: 1, count: 11))
            #expect(large.status == 413)
            #expect(large.text.hasPrefix("group: "))
            #expect(
                try await connection.exchange("GET /items/a/b/c").text == "items: There is nothing at this address.")
            let other = try await connection.exchange("GET /itemsx")
            #expect(other["content-type"] == "application/problem+json")
        }
    }

    @Test("404 for a wrong address, 405 with Allow for a wrong method")
    func fallbacks() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            #expect(try await connection.exchange("GET /nothing").status == 404)
            let wrong = try await connection.exchange("POST /items/lantern")
            #expect(wrong.status == 405)
            #expect(wrong["allow"] == "GET, HEAD, PUT")
            #expect(try await connection.exchange("GET /items/a/tags/b")["allow"] == "DELETE")
            #expect(try await connection.exchange("POST /files/a/b/c")["allow"] == "GET, HEAD")
            let options = try await connection.exchange("OPTIONS /items/lantern")
            #expect(options.status == 204)
            #expect(options["allow"] == "GET, HEAD, PUT")
            #expect(try await connection.exchange("OPTIONS *").status == 404)
            let head = try await connection.exchange("HEAD /items/lantern")
            #expect(head.status == 200)
            #expect(head["content-length"] == "7")
            #expect(try await connection.exchange("HEAD /nothing").status == 404)
        }
    }

    @Test("Request ids: made here, taken from trusted proxies only, and only where harmless")
    func requestIDs() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let first = try await server.exchange("GET /who", ["X-Request-Id: mine"])
            let second = try await server.exchange("GET /who")
            #expect(first["x-request-id"]?.count == 32)
            #expect(first["x-request-id"] != second["x-request-id"])
            #expect(server.log.lines.contains { $0.contains(first["x-request-id"] ?? "?") })
        }
        var setup = HTTPSetup()
        setup.proxies = TrustedProxies([try #require(AddressBlock("127.0.0.0/8"))])
        try await withHTTPServer(setup, routes: Self.routes) { server in
            #expect(try await server.exchange("GET /who", ["X-Request-Id: abc-1.2_3"])["x-request-id"] == "abc-1.2_3")
            let odd = try await server.exchange("GET /who", ["X-Request-Id: a b"])
            #expect(odd["x-request-id"]?.count == 32)
        }
    }

    @Test("Forwarding headers are believed from trusted proxies only")
    func forwarding() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let response = try await server.exchange(
                "GET /who", ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"])
            #expect(response.text == "127.0.0.1 false")
        }
        var setup = HTTPSetup()
        setup.proxies = TrustedProxies(["127.0.0.0/8", "10.0.0.0/8"].compactMap(AddressBlock.init))
        try await withHTTPServer(setup, routes: Self.routes) { server in
            let connection = try await server.connect()
            func who(_ headers: String...) async throws -> String {
                try await connection.exchange("GET /who", headers).text
            }
            #expect(try await who() == "127.0.0.1 false")
            #expect(try await who("X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https") == "203.0.113.9 true")
            // What stands before the proxies' own entries is the client's invention.
            #expect(try await who("X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.7") == "203.0.113.9 false")
            #expect(try await who("X-Forwarded-For: nonsense") == "127.0.0.1 false")
            #expect(
                try await who("Forwarded: for=\"[2001:db8::1]:4711\";proto=https;by=10.0.0.1") == "2001:db8::1 true")
        }
    }

    @Test("Neither queries nor credentials reach the log")
    func redaction() async throws {
        let token = "hlmk_\(String(repeating: "a", count: 36))"
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            _ = try await connection.exchange("GET /items/lantern?password=hunter2")
            _ = try await connection.exchange("GET /-/user/token/npm_secretsecret")
            _ = try await connection.exchange("GET //-/user//token/npm_secretsecret")
            _ = try await connection.exchange("GET /items/\(token)", ["User-Agent: \(token)"])
            _ = try await connection.exchange("GET /refuse", ["Authorization: Bearer \(token)"])
            let log = server.log.lines.joined(separator: "\n")
            #expect(server.log.lines.count == 5)
            #expect(log.contains("\"path\":\"/items/lantern\""))
            #expect(!log.contains("hunter2"))
            #expect(!log.contains("secretsecret"))
            #expect(!log.contains("aaaa"))
            for line in server.log.lines { #expect(throws: Never.self) { try JSONValue.parse(Array(line.utf8)) } }
            let refusal = try JSONValue.parse(Array(try #require(server.log.lines.last).utf8))
            #expect(refusal["problem"]?.stringValue == "not-owner")
            #expect(refusal["status"]?.integerValue == 403)
            #expect(refusal["route"]?.stringValue == "/refuse")
            #expect(refusal["client"]?.stringValue == "127.0.0.1")
        }
    }

    @Test("Credentials in all their forms")
    func credentials() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            func credential(_ value: String) async throws -> String {
                try await connection.exchange("GET /credential", ["Authorization: \(value)"]).text
            }
            #expect(try await credential("Bearer abc") == "- abc")
            #expect(try await credential("bEARER   abc ") == "- abc")
            #expect(try await credential("hlmk_bare") == "- hlmk_bare")
            #expect(try await credential("Basic X190b2tlbl9fOnNlY3JldA==") == "__token__ secret")
            #expect(try await credential("basic X190b2tlbl9fOnNlY3JldA") == "__token__ secret")
            #expect(try await credential("Basic YTpiOmM=") == "a b:c")
            #expect(try await credential("Basic OnNlY3JldA==") == "- secret")
            #expect(try await credential("Basic nonsense!") == "- -")
            #expect(try await credential("Basic YWJj") == "- -")
            #expect(try await credential("Digest abc") == "- -")
            #expect(try await credential("Bearer") == "- Bearer")
            #expect(try await credential("Bearer a b") == "- -")
            #expect(try await credential("Bearer \(String(repeating: "x", count: 5000))") == "- -")
        }
    }

    @Test("Browsers are told what they need, unless a handler said otherwise")
    func securityHeaders() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            for path in ["/who", "/nothing", "/internal"] {
                let response = try await server.exchange("GET \(path)")
                #expect(response["x-content-type-options"] == "nosniff")
                #expect(response["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
                #expect(response["x-frame-options"] == "DENY")
                #expect(response["referrer-policy"] == "same-origin")
                #expect(response["strict-transport-security"] == nil)
                #expect(response["server"] == nil)
            }
        }
    }

    @Test("Numbers by route template, never by path")
    func metrics() async throws {
        try await withHTTPServer(routes: Self.routes) { server in
            let connection = try await server.connect()
            for index in 0..<3 { _ = try await connection.exchange("GET /items/name-\(index)") }
            _ = try await connection.exchange("GET /nothing/here")
            _ = try await connection.exchange("GET /refuse")
            let text = server.metrics.exposition()
            #expect(
                text.contains(
                    "hallmark_http_requests_total{route=\"/items/{name}\",method=\"GET\",status=\"2xx\"} 3\n"))
            #expect(text.contains("hallmark_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1\n"))
            #expect(text.contains("hallmark_http_request_seconds_count{route=\"/items/{name}\"} 3\n"))
            #expect(text.contains("# TYPE hallmark_http_request_seconds histogram\n"))
            #expect(!text.contains("name-1"))
            #expect(try await connection.exchange("GET /healthz").text == "ok\n")
            #expect(try await connection.exchange("GET /readyz").text == "ready\n")
            // This server's metrics may be read by nobody.
            #expect(try await connection.exchange("GET /metrics").status == 404)
        }
    }

    @Test("A family of metrics stays bounded")
    func boundedMetrics() {
        let metrics = Metrics()
        let counter = metrics.counter("c_total", help: "a \"quoted\\\" help", labels: ["name"])
        for index in 0..<5000 { counter.add(1, "value-\(index)") }
        counter.add(2, "value-1")
        let lines = metrics.exposition().split(separator: "\n")
        #expect(lines.count == 2 + 2001)
        #expect(lines.contains("c_total{name=\"other\"} 3000"))
        #expect(lines.contains("c_total{name=\"value-1\"} 3"))
    }

    @Test("Too many requests at once get 503 at once")
    func inFlight() async throws {
        var setup = HTTPSetup()
        setup.configuration.limits.requestsInFlight = 1
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        try await withHTTPServer(setup) { router in
            router.get("/wait") { _, _ in
                enter.yield()
                for await _ in gate { break }
                return plain("done")
            }
        } _: { server in
            let first = try await server.connect()
            try await first.request("GET /wait")
            for await _ in entered { break }
            let refused = try await server.exchange("GET /wait")
            #expect(refused.status == 503)
            #expect(refused["retry-after"] == "5")
            open.yield()
            #expect(try await first.response().text == "done")
            open.yield()
            #expect(try await first.exchange("GET /wait").text == "done")
        }
    }
}
