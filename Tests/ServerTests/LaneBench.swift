import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import RegistryModel

@testable import HTTPSupport

/// A connection in memory with the pipeline of a real one, and an application that answers when it is told to.
final class LaneBench {
    let channel: EmbeddedChannel
    let app: LaneBenchApp
    private let tap = LaneBenchTap()

    /// What the lane handed on.
    var handedOn: [UInt8] { tap.bytes }

    init(lane: Lane?, loop: EmbeddedEventLoop = EmbeddedEventLoop(), answersAtOnce: Bool = true) throws {
        channel = EmbeddedChannel(loop: loop)
        app = LaneBenchApp(lane: lane, answersAtOnce: answersAtOnce)
        let pipeline = channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        let connection = ConnectionLimits()
        limits.maxHeaderFieldSize = max(connection.headerBytes, connection.targetBytes)
        limits.maxHeaderListSize = connection.headerBytes + connection.targetBytes
        limits.maxHeaderFieldCount = connection.headerCount
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(RequestGuard(limits: connection, isSecure: false, lane: lane))
        try pipeline.addHandler(app)
        try pipeline.addHandler(
            tap, position: .before(pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    /// Lets bytes arrive in pieces.
    func arrive(_ pieces: [[UInt8]]) {
        for piece in pieces where channel.isActive || !piece.isEmpty {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
            channel.pipeline.fireChannelReadComplete()
            channel.embeddedEventLoop.run()
        }
    }

    /// Lets text arrive at once.
    func arrive(_ text: String) { arrive([Array(text.utf8)]) }

    /// Lets everything that waits be answered.
    func finish() {
        repeat { channel.embeddedEventLoop.run() } while app.answerNext()
        channel.embeddedEventLoop.run()
    }

    /// What was sent, with every request's id made equal.
    func sent() throws -> String {
        var bytes: [UInt8] = []
        while let data = try channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = data { bytes += Array(buffer.readableBytesView) }
        }
        let parts = String(decoding: bytes, as: UTF8.self).components(after: "X-Request-Id: ")
        return parts.rest.reduce(parts.first) { $0 + "X-Request-Id: *" + $1.dropFirst(32) }
    }
}

extension String {
    fileprivate func components(after mark: String) -> (first: String, rest: [Substring]) {
        var rest: [Substring] = []
        var text = self[...]
        var first: Substring?
        while let place = text.firstRange(of: mark) {
            if first == nil { first = text[..<place.lowerBound] } else { rest.append(text[..<place.lowerBound]) }
            text = text[place.upperBound...]
        }
        guard let first else { return (self, []) }
        return (String(first), rest + [text])
    }
}

/// Records what comes by.
private final class LaneBenchTap: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    var bytes: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
    }
}

/// Answers with what it was asked; answers below `/known/` are offered to the lane.
final class LaneBenchApp: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    static let tag = ProjectCoordinates(ecosystem: EcosystemID(rawValue: "test"), nameKey: "lantern")

    /// The heads, and how many bytes of content each had.
    private(set) var seen: [(head: HTTPRequest, content: Int)] = []
    private let lane: Lane?
    private let answersAtOnce: Bool
    private var current: HTTPRequest?
    private var content = 0
    private var waiting: [HTTPRequest] = []
    private var context: ChannelHandlerContext?

    init(lane: Lane?, answersAtOnce: Bool) {
        self.lane = lane
        self.answersAtOnce = answersAtOnce
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            current = head
            content = 0
        case .body(let bytes): content += bytes.readableBytes
        case .end:
            guard let current else { return }
            seen.append((current, content))
            waiting.append(current)
            self.current = nil
            if answersAtOnce { _ = answerNext() }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        while answerNext() {}
        context.close(promise: nil)
    }

    /// Answers the oldest request; false where there is none.
    func answerNext() -> Bool {
        guard let context, !waiting.isEmpty else { return false }
        let request = waiting.removeFirst()
        let path = request.path ?? ""
        let fields = request.headerFields
        let selecting = ["accept", "accept-encoding", "x-other"].map { name in
            fields.filter { $0.name.canonicalName == name }.map(\.value).joined(separator: "+")
        }
        let text =
            ([path] + selecting).joined(separator: "|")
            + String(repeating: ".", count: path.hasSuffix("large") ? 20_000 : 0)
        let etag = "\"\(text.utf8.reduce(into: UInt32(7)) { $0 = $0 &* 31 &+ UInt32($1) })\""
        let id = RequestIdentity.freshID()
        var head = HTTPResponse(status: .ok)
        head.headerFields = [
            .contentType: "text/plain", .contentLength: String(text.utf8.count), .eTag: etag, .vary: "Accept, X-Other",
            .xRequestID: id, .date: FixedClock().now().httpDate,
        ]
        if Preconditions.isFresh(fields, etag: etag, lastModified: nil) {
            head.status = .notModified
            head.headerFields[.contentLength] = nil
        }
        if let lane, path.hasPrefix("/known/") {
            let key = ResponseCache.Key(target: text, representation: "", isCompressed: false)
            lane.keep(
                LaneOffer(content: .document(key, lane.cache.generation(of: Self.tag)), tag: Self.tag, etag: etag),
                since: lane.cache.moment, requestID: id, route: "/known/{name}", isAnonymous: true)
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .head, head.status == .ok {
            context.write(wrapOutboundOut(.body(ByteBuffer(string: text))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        return true
    }
}
