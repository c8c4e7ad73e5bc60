import HTTPSupport
import HallmarkTesting
import Hummingbird
import NIOCore
import RegistryModel
import ServiceLifecycle
import Testing

@Suite("Bounds on connections of HTTP/2", .serialized)
struct StreamLimitTests {
    private static let enhanceYourCalm = 11
    private static let protocolError = 1
    private static let refusedStream = 7

    private static func withServer(
        _ change: @escaping (inout ConnectionLimits) -> Void = { _ in }, text: String = "document",
        _ body: @Sendable @escaping (HTTPFixture, Int) async throws -> Void
    ) async throws {
        let cache = ResponseCache(bytes: 1 << 22)
        try await LaneStreamTests.withServer(cache: cache, change: { change(&$0.limits) }) { router in
            LaneStreamTests.document(cache, text)(router)
            router.get("/other") { _, _ in plain("other") }
            router.put("/upload") { request, _ in
                plain("took \(try await request.body.collect(upTo: 1000).readableBytes)")
            }
        } _: { server, port in
            let teacher = try await StreamClient(port: port)
            for _ in 0..<2 { #expect(try await teacher.exchange("GET /index/lantern").text == text) }
            _ = try await teacher.exchange("HEAD /index/lantern")
            try await body(server, port)
            // Whatever one client did, others are served.
            let other = try await StreamClient(port: port)
            #expect(try await other.exchange("GET /index/lantern").text == text)
            #expect(try await other.exchange("GET /other").text == "other")
        }
    }

    /// Sends pieces until the server has closed the connection; gives the code of the farewell.
    private static func flood(_ client: StreamClient, _ pieces: [[UInt8]]) async throws -> Int? {
        for piece in pieces {
            do { try await client.send(piece) } catch { break }
        }
        // The last words may be lost where the client still sends.
        try? await client.untilClosed()
        return client.farewells.last?.code
    }

    @Test("Streams that are opened and reset at once, whether the lane or the framework answers")
    func rapidReset() async throws {
        try await Self.withServer({ $0.streamResets = 50 }, text: LaneStreamTests.large) { server, port in
            for line in ["GET /index/lantern", "GET /other"] {
                let routed = server.routed.value
                let client = try await StreamClient(port: port, window: 0)
                let pieces = (0..<400).map { _ in
                    let stream = client.newStream()
                    return StreamClient.request(line, stream: stream)
                        + StreamClient.frame(StreamClient.reset, stream: stream, StreamClient.big(8, 4))
                }
                let code = try await Self.flood(client, pieces)
                #expect(code == nil || code == Self.enhanceYourCalm)
                #expect(server.routed.value - routed <= 60)
            }
        }
    }

    @Test("PING, SETTINGS, PRIORITY and empty DATA without end", arguments: [6, 4, 2, 0] as [UInt8])
    func controlFrames(kind: UInt8) async throws {
        try await Self.withServer({ $0.controlFrames = 50 }) { _, port in
            let client = try await StreamClient(port: port)
            let stream = client.newStream()
            try await client.send(StreamClient.request("PUT /upload", stream: stream, ends: false))
            let frame =
                switch kind {
                case StreamClient.ping: StreamClient.frame(kind, stream: 0, [UInt8](repeating: 7, count: 8))
                case StreamClient.settings: StreamClient.frame(kind, stream: 0, [])
                case StreamClient.priority: StreamClient.frame(kind, stream: stream, [0, 0, 0, 0, 1])
                default: StreamClient.frame(kind, stream: stream, [])
                }
            let code = try await Self.flood(client, (0..<300).map { _ in frame })
            #expect(code == nil || code == Self.enhanceYourCalm)
        }
    }

    @Test("Malformed heads and trailers are refused one by one, and many of them end the connection")
    func malformed() async throws {
        try await Self.withServer({ $0.streamResets = 20 }) { server, port in
            let routed = server.routed.value
            let client = try await StreamClient(port: port)
            let upload = client.newStream()
            try await client.send(StreamClient.request("PUT /upload", stream: upload, ends: false))
            let broken = client.newStream()
            try await client.send(StreamClient.request("GET /index/lantern", ["keep-alive: 5"], stream: broken))
            try await client.read { $0.answers[broken]?.isComplete == true }
            #expect(client.answers[broken]?.reset == Self.protocolError)
            #expect(try await client.exchange("GET /index/lantern").text == "document")
            // A head that the lane knows an answer to, as the trailers of a stream that the framework answers.
            try await client.send(StreamClient.request("GET /index/lantern", stream: upload))
            try await client.read { $0.answers[upload]?.isComplete == true }
            #expect(client.answers[upload]?.reset == Self.protocolError)
            #expect(client.answers[upload]?.response.status == 0)
            #expect(try await client.exchange("GET /other").text == "other")
            #expect(server.routed.value - routed == 2)
            let code = try await Self.flood(
                client,
                (0..<60).map { _ in
                    StreamClient.request("GET /index/lantern", ["connection: close"], stream: client.newStream())
                })
            #expect(code == nil || code == Self.enhanceYourCalm)
            #expect(client.answers.values.count { $0.reset == Self.protocolError } <= 21)
        }
    }

    @Test("A head in endless pieces")
    func continuations() async throws {
        try await Self.withServer { _, port in
            let client = try await StreamClient(port: port)
            let head = StreamClient.frame(StreamClient.headers, flags: 1, stream: client.newStream(), [])
            let more = StreamClient.frame(StreamClient.continuation, stream: 1, StreamClient.block([("x-a", "b")]))
            let code = try await Self.flood(client, [head] + (0..<50).map { _ in more })
            #expect(code == nil || code == Self.enhanceYourCalm)
        }
    }

    @Test("A head that is too large, also where compression makes much of little")
    func headerList() async throws {
        try await Self.withServer { server, port in
            let routed = server.routed.value
            let plainly = try await StreamClient(port: port)
            let fields = (0..<8).map { "x-\($0): \(String(repeating: "v", count: 4500))" }
            let block = StreamClient.request("GET /index/lantern", fields, stream: 1).dropFirst(9)
            var frames: [UInt8] = []
            var rest = block[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(16_000))
                rest = rest.dropFirst(16_000)
                let kind = frames.isEmpty ? StreamClient.headers : StreamClient.continuation
                let flags: UInt8 = (frames.isEmpty ? 1 : 0) | (rest.isEmpty ? 4 : 0)
                frames += StreamClient.frame(kind, flags: flags, stream: 1, piece)
            }
            _ = try await Self.flood(plainly, [frames])
            #expect(plainly.answers.isEmpty)
            // One field of 4,000 bytes goes into the table, and is then named with a byte each time.
            let bomb = try await StreamClient(port: port)
            var list = StreamClient.request("GET /index/lantern", stream: 1).dropFirst(9)
            let name = Array("x-a".utf8)
            list += [0x40, 3] + name + [127, 0xA1, 0x1E] + [UInt8](repeating: 0x61, count: 4000)
            list += [UInt8](repeating: 0xBE, count: 10_000)
            _ = try await Self.flood(
                bomb, [StreamClient.frame(StreamClient.headers, flags: 5, stream: 1, Array(list))])
            #expect(bomb.answers.isEmpty)
            #expect(server.routed.value == routed)
        }
    }

    @Test("More streams at once than allowed are refused")
    func streams() async throws {
        try await Self.withServer({ $0.streams = 10 }) { _, port in
            let client = try await StreamClient(port: port)
            // The server's settings bind a client that knows of them.
            #expect(try await client.exchange("GET /other").text == "other")
            let open = (0..<10).map { _ in client.newStream() }
            try await client.send(
                open.flatMap { StreamClient.request("PUT /upload", stream: $0, ends: false) })
            let further = client.newStream()
            try await client.send(StreamClient.request("GET /index/lantern", stream: further))
            try await client.read { $0.answers[further]?.isComplete == true || !$0.farewells.isEmpty }
            #expect(client.answers[further]?.response.status != 200)
            #expect(client.answers[further]?.reset == Self.refusedStream || !client.farewells.isEmpty)
        }
    }

    @Test("A client that opens no window makes nothing wait but a little, and is given up")
    func closedWindow() async throws {
        try await Self.withServer({ $0.writeStall = .milliseconds(500) }, text: LaneStreamTests.large) { server, port in
            let before = server.routed.value
            let client = try await StreamClient(port: port, window: 0)
            let streams = (0..<50).map { _ in client.newStream() }
            try await client.send(streams.flatMap { StreamClient.request("GET /index/lantern", stream: $0) })
            try await client.untilClosed()
            #expect(streams.allSatisfy { client.answers[$0]?.response.body.isEmpty ?? true })
            // A megabyte waits at most; the rest was the framework's, which waits by itself.
            #expect(server.routed.value - before >= 40)
            try await waitUntil("counted") {
                server.metrics.exposition().contains("hallmark_http_slow_connections_total{at=\"read\"}")
            }
        }
    }

    @Test("A client that never reads is not written for without end")
    func neverReads() async throws {
        try await Self.withServer({ $0.writeStall = .milliseconds(500) }, text: LaneStreamTests.large) { server, port in
            let client = try await StreamClient(port: port)
            _ = try await client.exchange("HEAD /index/lantern")
            try await client.connection.stopReading()
            let lines = server.log.lines.count
            for _ in 0..<50 {
                let piece = (0..<40).flatMap { _ in
                    StreamClient.request("GET /index/lantern", stream: client.newStream())
                }
                do { try await client.send(piece) } catch { break }
                if server.metrics.exposition().contains("slow_connections_total{at=\"read\"}") { break }
            }
            // 400 megabytes were asked for; the socket takes some of them.
            #expect(server.log.lines.count - lines < 300)
        }
    }

    @Test("Idle connections are told, and closed")
    func idle() async throws {
        for milliseconds in [300, 2000, 8000] {
            let cache = ResponseCache(bytes: 1 << 20)
            let isTold = try await LaneStreamTests.withServer(
                cache: cache,
                change: {
                    $0.limits.idleTime = .milliseconds(milliseconds)
                    $0.limits.lingerTime = .milliseconds(300)
                }, routes: LaneStreamTests.document(cache)
            ) { server, port in
                let client = try await StreamClient(port: port)
                for _ in 0..<3 {
                    guard (try? await client.exchange("GET /index/lantern").text) == "document" else { return false }
                }
                // It answers no PING, and is closed nevertheless.
                try await client.untilClosed()
                #expect(client.farewells.map(\.last) == [0x7FFF_FFFF, 5])
                #expect(client.farewells.allSatisfy { $0.code == 0 })
                #expect(server.routed.value == 1)
                let silent = try await StreamClient(port: port)
                try await silent.untilClosed()
                return true
            }
            if isTold { break }
            #expect(milliseconds < 8000)
        }
    }

    @Test("When the server stops, what was asked for is answered first")
    func shutdown() async throws {
        let cache = ResponseCache(bytes: 1 << 20)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        try await LaneStreamTests.withServer(cache: cache) { router in
            LaneStreamTests.document(cache)(router)
            router.get("/slow") { _, _ in
                for await _ in gate { break }
                return plain("slow")
            }
        } _: { server, port in
            let client = try await StreamClient(port: port)
            #expect(try await client.exchange("GET /index/lantern").text == "document")
            let slow = client.newStream()
            try await client.send(StreamClient.request("GET /slow", stream: slow))
            try await waitUntil("asked") { server.routed.value == 2 }
            await server.group.triggerGracefulShutdown()
            try await client.read { !$0.pings.isEmpty }
            #expect(client.farewells.map(\.last) == [0x7FFF_FFFF])
            // The client may not have heard of it yet: what it asks for now is refused so that it may ask elsewhere.
            let late = client.newStream()
            try await client.send(StreamClient.request("GET /index/lantern", stream: late))
            try await client.read { $0.answers[late]?.isComplete == true }
            #expect(client.answers[late]?.reset == Self.refusedStream)
            try await client.send(
                StreamClient.frame(StreamClient.ping, flags: 1, stream: 0, client.pings[0]))
            try await client.read { $0.farewells.count == 2 }
            #expect(client.farewells[1] == (3, 0))
            opener.finish()
            try await client.untilClosed()
            #expect(client.answers[slow]?.response.text == "slow")
        }
    }
}
