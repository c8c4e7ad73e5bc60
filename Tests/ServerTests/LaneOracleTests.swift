import HallmarkTesting
import NIOCore
import NIOEmbedded
import NIOHTTP1
import RegistryModel
import Testing

@testable import HTTPSupport

@Suite("The lane against NIO's decoder")
struct LaneOracleTests {
    /// What the decoder makes of bytes.
    private struct Decoded {
        var heads: [HTTPRequestHead] = []
        var content = 0
        var ends = 0
        var failed = false
    }

    private static func decode(_ bytes: [UInt8], then following: [UInt8] = []) throws -> Decoded {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        var decoded = Decoded()
        for piece in [bytes, following] where !piece.isEmpty {
            do { try channel.writeInbound(ByteBuffer(bytes: piece)) } catch { decoded.failed = true }
        }
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): decoded.heads.append(head)
            case .body(let bytes): decoded.content += bytes.readableBytes
            case .end: decoded.ends += 1
            }
        }
        _ = try? channel.finish()
        return decoded
    }

    /// What the grammar makes of bytes, with the bytes that would be handed on.
    private static func read(_ bytes: [UInt8]) -> (LaneRequest, LaneRequest.Reading, handedOn: [UInt8]) {
        var key = LaneKey()
        defer { key.deallocate() }
        key.reset(.plain)
        var request = LaneRequest()
        let reading = bytes.withUnsafeBytes { request.read($0, limits: ConnectionLimits(), key: &key) }
        guard reading == .request else { return (request, reading, []) }
        var handedOn = Array(bytes[..<request.length])
        if request.offersUpgrade {
            for line in request.upgradeLines.reversed() { handedOn.removeSubrange(line) }
        }
        return (request, reading, handedOn)
    }

    @Test("What the grammar takes for a request is exactly one to the decoder", arguments: 0..<8)
    func grammar(seed: UInt64) throws {
        var generator = LaneRequests(seed: seed)
        var taken = 0
        for _ in 0..<2500 {
            let bytes = generator.request(isMutated: true) + generator.request(isMutated: true)
            let (request, reading, handedOn) = Self.read(bytes)
            guard reading == .request else { continue }
            taken += 1
            let sentinel = "GET /sentinel HTTP/1.1\r\nHost: s\r\n\r\n"
            let keeps = try Self.decode(handedOn).heads.first?.isKeepAlive == true
            let decoded = try Self.decode(handedOn, then: keeps ? Array(sentinel.utf8) : [])
            let shown = Comment(rawValue: String(decoding: bytes[..<request.length], as: UTF8.self))
            let count = keeps ? 2 : 1
            try #require(!decoded.failed && decoded.heads.count == count && decoded.ends == count, shown)
            let head = decoded.heads[0]
            #expect(decoded.content == 0, shown)
            #expect(!keeps || decoded.heads.last?.uri == "/sentinel", shown)
            #expect(head.method == (request.isHead ? .HEAD : .GET), shown)
            #expect(head.uri.utf8.elementsEqual(bytes[request.target]), shown)
            #expect(head.version == .http1_1, shown)
            #expect(HeadRefusal.check(head, limits: ConnectionLimits()) == nil, shown)
            let tag = head.headers["if-none-match"]
            if request.isPlain {
                #expect(head.isKeepAlive, shown)
                #expect(tag.count <= 1, shown)
                #expect(tag.first == request.ifNoneMatch.map { String(decoding: bytes[$0], as: UTF8.self) }, shown)
                for name in ["range", "cookie", "expect", "content-length", "transfer-encoding", "upgrade", "if-range"]
                {
                    #expect(!head.headers.contains(name: name), shown)
                }
            }
            // The key holds every field that is not known to be without influence.
            var expected: [UInt8] = [0] + Array(head.uri.utf8) + [10]
            for (name, value) in head.headers {
                let bytes = Array(name.utf8)
                if case .selecting = bytes.withUnsafeBytes({ LaneField($0, 0..<$0.count) }) {
                    expected += bytes + [10] + Array(value.utf8) + [10]
                }
            }
            #expect(Self.key(of: bytes) == expected || expected.count > 1000, shown)
        }
        #expect(taken > 300)
    }

    private static func key(of bytes: [UInt8]) -> [UInt8] {
        var key = LaneKey()
        defer { key.deallocate() }
        key.reset(.plain)
        var request = LaneRequest()
        _ = bytes.withUnsafeBytes { request.read($0, limits: ConnectionLimits(), key: &key) }
        return Array(key.contents)
    }

    @Test("Every beginning of a request is one, whatever follows")
    func beginnings() {
        var generator = LaneRequests(seed: 99)
        for _ in 0..<200 {
            let bytes = generator.request(isMutated: false)
            let (request, reading, _) = Self.read(bytes)
            guard reading == .request else { continue }
            for count in 0..<request.length { #expect(Self.read(Array(bytes[..<count])).1 == .incomplete) }
        }
    }

    @Test("With the lane and without it, the same is answered, however the bytes are cut", arguments: 0..<16)
    func answers(seed: UInt64) throws {
        var generator = LaneRequests(seed: 1000 + seed)
        generator.offersUpgrades = false
        generator.mostFields = 1
        let lane = Lane.forTests()
        let loop = EmbeddedEventLoop()
        var ahead = 0
        for _ in 0..<150 {
            let requests = (0..<Int.random(in: 1...6, using: &generator.random)).map { _ in
                Bool.random(using: &generator.random)
                    ? Array("GET /known/a HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
                    : generator.request(isMutated: Int.random(in: 0..<5, using: &generator.random) == 0)
            }
            let stream = Array(requests.joined())
            let plain = try LaneBench(lane: nil)
            plain.arrive([stream])
            plain.finish()
            let expected = try plain.sent()
            let bench = try LaneBench(
                lane: lane, loop: loop, answersAtOnce: Bool.random(using: &generator.random))
            for piece in generator.cut(stream) {
                bench.arrive([piece])
                if Bool.random(using: &generator.random) { _ = bench.app.answerNext() }
            }
            bench.finish()
            let sent = try bench.sent()
            #expect(sent == expected, Comment(rawValue: "\(String(decoding: stream, as: UTF8.self))\n=> \(sent)"))
            ahead += plain.app.seen.count - bench.app.seen.count
        }
        #expect(ahead > 30)
    }

    @Test("A lane that knows nothing hands on every byte, in order", arguments: 0..<4)
    func handsOn(seed: UInt64) throws {
        var generator = LaneRequests(seed: 5000 + seed)
        generator.offersUpgrades = false
        for _ in 0..<200 {
            let stream = Array((0..<3).map { _ in generator.request(isMutated: true) }.joined())
            let bench = try LaneBench(lane: .forTests())
            for piece in generator.cut(stream) { bench.arrive([piece]) }
            bench.finish()
            #expect(bench.handedOn.elementsEqual(stream.prefix(bench.handedOn.count)))
            if bench.channel.isActive { #expect(bench.handedOn == stream) }
        }
    }

    @Test("An offer of HTTP/2 is not passed on, and nothing else is lost")
    func upgrade() throws {
        let bench = try LaneBench(lane: .forTests())
        let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
        for _ in 0..<3 {
            bench.arrive("GET /known/a HTTP/1.1\r\nHost: a\r\n\(offer)Accept: */*\r\n\r\n")
        }
        #expect(bench.channel.isActive)
        #expect(bench.app.seen.count == 1)
        #expect(
            bench.handedOn == Array("GET /known/a HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n".utf8))
        #expect(try bench.sent().components(separatedByMark: "HTTP/1.1 200 OK").count == 4)
    }
}

extension Lane {
    /// A lane of its own with a cache of its own.
    static func forTests(cache: ResponseCache = ResponseCache(bytes: 1 << 20), log: (any LogSink)? = nil) -> Lane {
        Lane(cache: cache, metrics: HTTPMetrics(Metrics()), log: log, clock: FixedClock())
    }
}

extension String {
    fileprivate func components(separatedByMark mark: String) -> [Substring] {
        self.split(separator: mark, omittingEmptySubsequences: false)
    }
}
