import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request to a stand-in.
struct StandInRequest: Sendable {
    let method: String
    /// The path with its query.
    let path: String
    let body: [UInt8]
}

/// What a stand-in answers.
struct StandInAnswer: Sendable {
    var status = 200
    var mediaType = "application/json"
    var body: [UInt8]
}

/// A small server of HTTP on the loopback address, in whose place an assessment puts the services that an instance asks.
final class LoopbackServer: Sendable {
    /// Where it listens.
    let port: Int
    private let channel: any Channel

    /// Starts one that answers what `answer` says, and 404 where it says nothing.
    init(_ answer: @escaping @Sendable (StandInRequest) -> StandInAnswer?) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(StandInAnswers(answer))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { throw ProbeFault("the stand-in has no port") }
        self.port = port
    }

    /// Its address, without a slash at the end.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Stops listening.
    func stop() async { try? await channel.close() }
}

/// One request after the other; bodies of at most a mebibyte.
private final class StandInAnswers: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let maximumBody = 1 << 20
    private let answer: @Sendable (StandInRequest) -> StandInAnswer?
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping @Sendable (StandInRequest) -> StandInAnswer?) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            body += buffer.readableBytesView
            if body.count > Self.maximumBody { context.close(promise: nil) }
        case .end: respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return }
        let request = StandInRequest(method: head.method.rawValue, path: head.uri, body: body)
        let answer = answer(request) ?? StandInAnswer(status: 404, body: [])
        let fields = HTTPHeaders([
            ("Content-Type", answer.mediaType), ("Content-Length", String(answer.body.count)),
        ])
        let response = HTTPResponseHead(
            version: head.version, status: HTTPResponseStatus(statusCode: answer.status), headers: fields)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
