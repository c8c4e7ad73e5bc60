import HTTPTypes
import HallmarkTesting
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import RegistryModel
import Testing

@testable import HTTPSupport

@Suite("The lane on streams against NIO's codec and handlers")
struct LaneStreamOracleTests {
    private static let names = [
        ":method", ":scheme", ":authority", ":path", "accept", "Accept", "host", "cookie", "range", "content-length",
        "transfer-encoding", "connection", "upgrade", "te", "expect", "user-agent", "if-none-match", "if-match", "x y",
        "", ":", ":status", "x-a", "http2-settings", "authorization",
    ]
    private static let values = [
        "GET", "HEAD", "POST", "https", "http", "localhost", "/", "/index/a", "*", "", " a", "a ", "a\r\nb: c", "a\0b",
        "\"tag\"", "W/\"tag\"", "0", "é", "trailers", "/a b", "/#", "localhost@x", "bytes=0-1",
    ]
    private static let proper = [
        (":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/index/lantern"),
    ]

    /// A proper head, or one with something wrong.
    private static func head(_ random: inout SeededGenerator) -> [(String, String)] {
        var head = proper
        if Int.random(in: 0..<3, using: &random) == 0 { head[0].1 = "HEAD" }
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            let field = (names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
            switch Int.random(in: 0..<6, using: &random) {
            case 0: head.insert(field, at: Int.random(in: 0...head.count, using: &random))
            case 1: head[Int.random(in: 0..<head.count, using: &random)] = field
            case 2 where head.count > 1: head.remove(at: Int.random(in: 0..<head.count, using: &random))
            default: head.append(field)
            }
        }
        return head
    }

    @Test("What the grammar takes for a request is that request to the codec", arguments: 0..<4)
    func heads(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var key = LaneKey()
        var scratch = LaneScratch()
        defer {
            key.deallocate()
            scratch.deallocate()
        }
        var taken = 0
        for _ in 0..<3000 {
            let fields = Self.head(&random)
            let headers = HPACKHeaders(fields)
            key.reset(.stream)
            var request = LaneRequest()
            guard request.read(headers, into: &scratch, limits: ConnectionLimits(), key: &key) else { continue }
            taken += 1
            let shown = Comment(rawValue: "\(fields)")
            #expect(throws: Never.self, shown) { try FieldBlock.request.check(headers) }
            let channel = EmbeddedChannel(handler: HTTP2FramePayloadToHTTPServerCodec())
            let payload = HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true))
            try channel.writeInbound(payload)
            guard case .head(let head) = try channel.readInbound(as: HTTPRequestPart.self) else {
                Issue.record(shown)
                continue
            }
            let path = scratch.contents[request.target].map { $0 }
            #expect(head.method == (request.isHead ? .head : .get), shown)
            #expect(head.path.map { Array($0.utf8) } == path, shown)
            #expect(head.scheme == "https", shown)
            #expect(head.authority?.isEmpty == false, shown)
            let framing = ["content-length", "transfer-encoding", "connection", "upgrade", "expect", "host"]
            #expect(!fields.contains { framing.contains($0.0) }, shown)
            #expect(fields.allSatisfy { !$0.1.contains { $0.isNewline || $0 == "\0" } }, shown)
            #expect(Set(fields.map(\.0).filter { $0.hasPrefix(":") }).count == 4, shown)
            guard request.isPlain else { continue }
            #expect(!fields.contains { ["cookie", "range", "if-match"].contains($0.0) }, shown)
            let tags = fields.filter { $0.0 == "if-none-match" }.map(\.1)
            #expect(tags.count <= 1, shown)
            #expect(
                tags.first
                    == request.ifNoneMatch.map { String(decoding: scratch.contents[$0].map { $0 }, as: UTF8.self) },
                shown)
        }
        #expect(taken > 300)
    }

    /// Keeps what comes through, and ends the connection at an error as the server does.
    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame
        var seen: [String] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            seen.append("\(unwrapInboundIn(data))")
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// A frame of any kind, mostly one that is allowed.
    private static func frame(_ random: inout SeededGenerator, _ next: inout Int) -> [UInt8] {
        func old() -> Int { next < 3 ? 1 : 1 + 2 * Int.random(in: 0..<next / 2, using: &random) }
        switch Int.random(in: 0..<15, using: &random) {
        case 0..<5:
            defer { next += 2 }
            let ends = Int.random(in: 0..<4, using: &random) > 0
            let fields = Int.random(in: 0..<8, using: &random) == 0 ? head(&random) : proper
            return StreamClient.frame(1, flags: ends ? 5 : 4, stream: next, StreamClient.block(fields))
        case 5: return StreamClient.frame(0, flags: 1, stream: old(), [1, 2, 3])
        case 6: return StreamClient.frame(3, stream: old(), StreamClient.big(8, 4))
        case 7: return StreamClient.frame(8, stream: old(), StreamClient.big(1000, 4))
        case 8: return StreamClient.frame(8, stream: 0, StreamClient.big(1000, 4))
        case 9: return StreamClient.frame(6, stream: 0, [UInt8](repeating: 1, count: 8))
        case 10:
            return StreamClient.frame(
                4, stream: 0, [0, 4] + StreamClient.big(Int.random(in: 0..<9000, using: &random), 4))
        case 11: return StreamClient.frame(2, stream: old(), [0, 0, 0, 0, 9])
        case 12: return StreamClient.frame(7, stream: 0, StreamClient.big(0, 8))
        case 13:
            let fields = Bool.random(using: &random) ? [("x-checksum", "1")] : head(&random)
            return StreamClient.frame(1, flags: 5, stream: old(), StreamClient.block(fields))
        default:
            let count = Int.random(in: 0..<20, using: &random)
            return StreamClient.frame(
                UInt8.random(in: 0..<12, using: &random), flags: UInt8.random(in: 0..<255, using: &random),
                stream: old(),
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    /// NIO's own handler, which checks the fields itself.
    private static func checking(_ stack: StreamStack) -> NIOHTTP2Handler {
        var configuration = stack.connectionConfiguration
        configuration.headerBlockValidation = .enabled
        return NIOHTTP2Handler(
            mode: .server, connectionConfiguration: configuration, streamConfiguration: stack.streamConfiguration)
    }

    /// How many streams were reset because of what came on them.
    private static func resets(_ sent: [UInt8]) -> Int {
        var rest = sent[...]
        var count = 0
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let length = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
            if head[3] == StreamClient.reset { count += 1 }
            rest = rest.dropFirst(9 + length)
        }
        return count
    }

    @Test(
        "Nothing is handed on that NIO would not, and a lane that knows nothing hands on the rest, in order, and writes none",
        arguments: 0..<8)
    func frames(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let cache = ResponseCache(bytes: 1 << 20)
        var handedOn = 0
        var refused = 0
        for _ in 0..<60 {
            var next = 1
            var bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + StreamClient.frame(4, stream: 0, [])
            for _ in 0..<Int.random(in: 1..<40, using: &random) { bytes += Self.frame(&random, &next) }
            var pieces: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1..<200, using: &random)
                pieces.append(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            var outcomes: [(seen: [String], sent: [UInt8])] = []
            for (hasLane, isChecked) in [(false, true), (false, false), (true, false)] {
                let recorder = Recorder()
                let channel = EmbeddedChannel()
                let lane = Lane(cache: cache, metrics: HTTPMetrics(Metrics()), log: nil, clock: FixedClock())
                let stack = StreamStack(
                    limits: ConnectionLimits(), observer: ConnectionObserver(), lane: hasLane ? lane : nil)
                var handlers = stack.handlers(on: channel) {}
                if isChecked { handlers[1] = Self.checking(stack) }
                try channel.pipeline.syncOperations.addHandlers(handlers + [recorder])
                channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
                for piece in pieces where channel.isActive { _ = try? channel.writeInbound(ByteBuffer(bytes: piece)) }
                var sent: [UInt8] = []
                while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
                outcomes.append((recorder.seen, sent))
                _ = try? channel.finish()
            }
            // Where NIO resets a stream, it tells the connection of an error that ends it.
            let isWhole = Self.resets(outcomes[0].sent) == 0
            let (seen, sent) = (outcomes[0].seen, outcomes[0].sent)
            #expect(isWhole ? seen == outcomes[1].seen : outcomes[1].seen.starts(with: seen))
            #expect(isWhole ? sent == outcomes[1].sent : outcomes[1].sent.starts(with: sent))
            #expect(outcomes[1].seen == outcomes[2].seen)
            #expect(outcomes[1].sent == outcomes[2].sent)
            refused += isWhole ? 0 : 1
            handedOn += outcomes[1].seen.count { $0.contains("lantern") }
        }
        #expect(handedOn > 40)
        #expect(refused > 10)
    }
}
