import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What a ``TestHTTPServer`` was asked.
package struct TestHTTPRequest: Sendable {
    package let method: String
    /// Path and query.
    package let target: String
    /// The fields, with names in lower case.
    package let fields: [String: String]
    package let body: [UInt8]

    /// The path without the query.
    package var path: String { String(target.prefix { $0 != "?" }) }
    /// The query, decoded as a form.
    package var query: [String: String] { Self.form(String(target.drop { $0 != "?" }.dropFirst())) }
    /// The body, decoded as a form.
    package var form: [String: String] { Self.form(String(decoding: body, as: UTF8.self)) }

    /// A request without a server, for what answers like one.
    package init(method: String, target: String, fields: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    private static func form(_ text: String) -> [String: String] {
        var out: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.map { String($0).replacing("+", with: " ").removingPercentEncoding ?? "" }
            out[words[0]] = words.count > 1 ? words[1] : ""
        }
        return out
    }
}

/// What a ``TestHTTPServer`` answers.
package struct TestHTTPAnswer: Sendable {
    package var status: Int
    package var fields: [String: String]
    package var body: [UInt8]
    /// No answer at all: the connection stays open.
    package var isSilent = false

    /// An answer with a body.
    package init(_ status: Int = 200, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer that never comes.
    package static var silence: TestHTTPAnswer {
        var answer = TestHTTPAnswer()
        answer.isSilent = true
        return answer
    }
}

/// A server of HTTP/1.1 on the loopback address, with or without TLS, whose answers a function makes.
package final class TestHTTPServer: Sendable {
    /// Where it listens.
    package let port: Int
    /// Its address, without a slash at the end.
    package let url: String
    private let channel: any Channel

    /// Starts one; ``stop()`` ends it.
    package init(
        authority: TestAuthority? = nil, answer: @escaping @Sendable (TestHTTPRequest) -> TestHTTPAnswer
    ) async throws {
        let security = try authority.map { try NIOSSLContext(configuration: $0.serverConfiguration()) }
        port = Int(try FreePort.take())
        url = "\(security == nil ? "http" : "https")://127.0.0.1:\(port)"
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let security { try pipeline.addHandler(NIOSSLServerHandler(context: security)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(TestAnswers(answer))
                }
            }.bind(host: "127.0.0.1", port: port).get()
    }

    /// Stops listening.
    package func stop() async throws {
        try await channel.close()
    }
}

private final class TestAnswers: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (TestHTTPRequest) -> TestHTTPAnswer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ answer: @escaping @Sendable (TestHTTPRequest) -> TestHTTPAnswer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body += bytes.readableBytesView
        case .end: respond(context)
        }
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return }
        let fields = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        let reply = answer(
            TestHTTPRequest(method: head.method.rawValue, target: head.uri, fields: fields, body: body))
        guard !reply.isSilent else { return }
        var headers = HTTPHeaders(reply.fields.map { ($0.key, $0.value) })
        headers.replaceOrAdd(name: "Content-Length", value: String(reply.body.count))
        headers.replaceOrAdd(name: "Connection", value: "close")
        let start = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(start)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
