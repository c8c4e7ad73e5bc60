import HallmarkTesting
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import RegistryModel
import Testing

@testable import HTTPSupport

@Suite("Fields on streams of HTTP/2")
struct FieldBlockTests {
    private static let proper = [
        (":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/simple/"),
    ]

    private static func fault(_ block: FieldBlock, _ fields: [(String, String)]) -> MalformedFields? {
        do throws(MalformedFields) {
            try block.check(HPACKHeaders(fields))
            return nil
        } catch {
            return error
        }
    }

    private static let requests: [([(String, String)], MalformedFields?)] = [
        (proper, nil),
        (proper + [("accept", "*/*"), ("te", "trailers"), ("x-empty", "")], nil),
        (proper.filter { $0.0 != ":authority" } + [("host", "localhost")], nil),
        ([(":method", "CONNECT"), (":authority", "localhost:443")], nil),
        (proper + [("Accept", "*/*")], .name),
        (proper + [("x y", "a")], .name),
        (proper + [("", "a")], .name),
        (proper + [(":", "a")], .name),
        ([(":Method", "GET")] + proper.dropFirst(), .name),
        (proper + [("x-a", "a\r\nx-b: c")], .value),
        (proper + [("x-a", "a\0")], .value),
        (proper.dropLast() + [(":path", "/a b")], .value),
        (proper.dropLast() + [(":path", "/a\u{7F}")], .value),
        (proper + [("connection", "close")], .connection),
        (proper + [("keep-alive", "timeout=5")], .connection),
        (proper + [("proxy-connection", "close")], .connection),
        (proper + [("transfer-encoding", "chunked")], .connection),
        (proper + [("upgrade", "h2c")], .connection),
        (proper + [("te", "gzip")], .connection),
        (proper + [(":path", "/")], .pseudo),
        ([("accept", "*/*")] + proper, .pseudo),
        (proper + [(":status", "200")], .pseudo),
        (proper + [(":protocol", "websocket")], .pseudo),
        ([(":status", "200")] + proper, .pseudo),
        ([(":method", "CONNECT")] + proper.dropFirst(), .pseudo),
        (proper.dropLast() + [(":path", "")], .missing),
        (Array(proper.dropLast()), .missing),
        ([], .missing),
        ([(":method", "CONNECT")], .missing),
    ]

    @Test("Heads of requests", arguments: requests.indices)
    func request(_ number: Int) {
        let (fields, fault) = Self.requests[number]
        #expect(Self.fault(.request, fields) == fault)
    }

    @Test("Trailers and answers have their own pseudo fields, or none")
    func others() {
        #expect(Self.fault(.trailers, [("x-checksum", "1"), ("te", "gzip")]) == nil)
        #expect(Self.fault(.trailers, Self.proper) == .pseudo)
        #expect(Self.fault(.trailers, [(":status", "200")]) == .pseudo)
        #expect(Self.fault(.trailers, [("connection", "close")]) == .connection)
        #expect(Self.fault(.answer, [(":status", "200"), ("etag", "\"a\"")]) == nil)
        #expect(Self.fault(.answer, [("x-checksum", "1")]) == nil)
        #expect(Self.fault(.answer, [(":status", "200"), ("connection", "close")]) == .connection)
        #expect(Self.fault(.answer, [(":status", "200"), ("location", "/\r\nset-cookie: a")]) == .value)
        #expect(Self.fault(.answer, [(":status", "200"), (":path", "/")]) == .pseudo)
        #expect(Self.fault(.answer, [("etag", "\"a\""), (":status", "200")]) == .pseudo)
        #expect(Self.fault(.answer, [(":status", "200"), ("ETag", "\"a\"")]) == .name)
    }

    // MARK: - Against NIO

    private final class Arrivals: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame
        var frames = 0
        var heads = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            frames += 1
            if case .headers = unwrapInboundIn(data).payload { heads += 1 }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }

    /// Whether NIO takes the blocks that come one after the other on one stream.
    private static func takes(_ blocks: [[(String, String)]]) throws -> Bool {
        let arrivals = Arrivals()
        let channel = EmbeddedChannel(handlers: [NIOHTTP2Handler(mode: .server), arrivals])
        defer { _ = try? channel.finish() }
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + StreamClient.frame(4, stream: 0, [])
        for (index, block) in blocks.enumerated() {
            let flags: UInt8 = index == blocks.count - 1 ? 5 : 4
            bytes += StreamClient.frame(1, flags: flags, stream: 1, StreamClient.block(block))
        }
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        return arrivals.heads == blocks.count
    }

    private static let names = [
        ":method", ":scheme", ":authority", ":path", ":status", ":protocol", ":", ":x", "", "accept", "Accept", "host",
        "te", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "x y", "x\u{7F}", "é",
        "!#$%&'*+-.^_`|~", "x:y", "[x]", "x-a",
    ]
    private static let values = [
        "GET", "CONNECT", "POST", "https", "localhost", "/", "", " ", "a b", " a", "\t", "a\r", "a\n", "a\0", "é",
        "trailers", "Trailers", "trailers, gzip", "\u{1}", "\u{7F}", "200",
    ]

    private static func fields(_ random: inout SeededGenerator, from start: [(String, String)]) -> [(String, String)] {
        var fields = start
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            let field = (names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
            switch Int.random(in: 0..<5, using: &random) {
            case 0: fields.insert(field, at: Int.random(in: 0...fields.count, using: &random))
            case 1 where !fields.isEmpty: fields[Int.random(in: 0..<fields.count, using: &random)] = field
            case 2 where !fields.isEmpty: fields.remove(at: Int.random(in: 0..<fields.count, using: &random))
            case 3 where !fields.isEmpty: fields[Int.random(in: 0..<fields.count, using: &random)].1 = field.1
            default: fields.append(field)
            }
        }
        return fields
    }

    @Test("The verdict on a head is NIO's", arguments: 0..<4)
    func heads(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var good = 0
        let connect = [(":method", "CONNECT"), (":authority", "localhost:443")]
        for _ in 0..<3000 {
            let isConnect = Int.random(in: 0..<5, using: &random) == 0
            let head = Self.fields(&random, from: isConnect ? connect : Self.proper)
            let isGood = Self.fault(.request, head) == nil
            #expect(try Self.takes([head]) == isGood, Comment(rawValue: "\(head)"))
            if isGood { good += 1 }
        }
        #expect((600..<2400).contains(good))
    }

    @Test("The verdict on trailers is NIO's", arguments: 0..<2)
    func trailers(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var good = 0
        for _ in 0..<3000 {
            let trailers = Self.fields(&random, from: [("x-checksum", "1")])
            let isGood = Self.fault(.trailers, trailers) == nil
            #expect(try Self.takes([Self.proper, trailers]) == isGood, Comment(rawValue: "\(trailers)"))
            if isGood { good += 1 }
        }
        #expect((600..<2600).contains(good))
    }

    // MARK: - Refused streams

    /// A connection's handlers, and what comes out behind them.
    private static func connection(
        limits: ConnectionLimits = ConnectionLimits()
    ) throws -> (channel: EmbeddedChannel, arrivals: Arrivals) {
        let arrivals = Arrivals()
        let channel = EmbeddedChannel()
        let stack = StreamStack(limits: limits, observer: ConnectionObserver(), lane: nil)
        try channel.pipeline.syncOperations.addHandlers(stack.handlers(on: channel) {} + [arrivals])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + StreamClient.frame(4, stream: 0, [])
        try channel.writeInbound(ByteBuffer(bytes: preface))
        return (channel, arrivals)
    }

    @Test("Nothing of a refused stream arrives, also where its reset waits for a client that reads nothing")
    func refusedStream() throws {
        let (channel, arrivals) = try Self.connection()
        defer { _ = try? channel.finish() }
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        let before = arrivals.frames
        var bytes = StreamClient.frame(1, flags: 4, stream: 1, StreamClient.block(Self.proper + [("X", "1")]))
        bytes += StreamClient.frame(0, stream: 1, [1, 2, 3])
        bytes += StreamClient.frame(1, flags: 5, stream: 1, StreamClient.block([("x-checksum", "1")]))
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        #expect(arrivals.frames == before)
        // The connection goes on.
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        try channel.writeInbound(
            ByteBuffer(bytes: StreamClient.frame(1, flags: 5, stream: 3, StreamClient.block(Self.proper))))
        #expect(arrivals.heads == 1)
    }

    @Test("Malformed heads and trailers are counted together, over the whole connection", arguments: [true, false])
    func many(areTrailers: Bool) throws {
        var limits = ConnectionLimits()
        limits.streamResets = 10
        let (channel, arrivals) = try Self.connection(limits: limits)
        defer { _ = try? channel.finish() }
        let bad = StreamClient.block(Self.proper + [("connection", "close")])
        for number in 0..<30 where channel.isActive {
            let stream = 1 + 2 * number
            var bytes: [UInt8] = []
            if areTrailers {
                bytes += StreamClient.frame(1, flags: 4, stream: stream, StreamClient.block(Self.proper))
            }
            bytes += StreamClient.frame(1, flags: 5, stream: stream, bad)
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        }
        #expect(!channel.isActive)
        #expect(arrivals.heads == (areTrailers ? 11 : 0))
    }

    // MARK: - Answers

    @Test("A malformed answer never leaves: its stream is reset, and who wrote it is told")
    func malformedAnswer() throws {
        let (channel, _) = try Self.connection()
        try channel.writeInbound(
            ByteBuffer(bytes: StreamClient.frame(1, flags: 5, stream: 1, StreamClient.block(Self.proper))))
        while try channel.readOutbound(as: ByteBuffer.self) != nil {}
        let headers = HPACKHeaders([(":status", "302"), ("location", "/\r\nset-cookie: a")])
        let frame = HTTP2Frame(streamID: 1, payload: .headers(.init(headers: headers, endStream: true)))
        #expect(throws: MalformedFields.value) { try channel.writeOutbound(frame) }
        channel.flush()
        var sent: [UInt8] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { sent += bytes.readableBytesView }
        #expect(sent == StreamClient.frame(StreamClient.reset, stream: 1, StreamClient.big(2, 4)))
        _ = try? channel.finish()
    }
}
