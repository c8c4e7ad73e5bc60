import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypesHTTP2
import NIOSSL
import NIOTLS

/// A connection inside TLS that speaks HTTP/2 or HTTP/1.1, as the client chooses by ALPN.
///
/// The framework's own cannot hold a handler between the frames and the streams, where ``HTTP2Wire`` has its place. What
/// happens on a stream is the framework's, as on a connection of HTTP/1.1.
struct SecureChannel: ServerChildChannel {
    /// One connection; which protocol it speaks is known after the handshake.
    struct Value: ServerChildChannelValue {
        fileprivate let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    fileprivate typealias Negotiated = NIONegotiatedHTTPVersion<HTTP1Channel.Value, AsyncStream<HTTP1Channel.Value>>

    private let tls: NIOSSLContext
    private let http1: HTTP1Channel
    private let handlers: @Sendable () -> [any RemovableChannelHandler]
    private let limits: ConnectionLimits
    private let observer: ConnectionObserver
    private let lane: Lane?

    /// Prepares for connections.
    /// - Parameters:
    ///   - tls: The certificate and what goes with it; the protocols are added here.
    ///   - http1: Connections of HTTP/1.1, and the handlers that streams have too.
    ///   - limits: The bounds.
    ///   - observer: Told about clients that are given up.
    ///   - lane: Answers known reads ahead of the responder; nil for none.
    ///   - responder: Answers.
    /// - Throws: What is wrong with the certificate.
    init(
        tls: TLSConfiguration, http1: HTTP1Channel.Configuration, limits: ConnectionLimits,
        observer: ConnectionObserver, lane: Lane?, responder: @escaping HTTPChannelHandler.Responder
    ) throws {
        var tls = tls
        tls.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        self.tls = try NIOSSLContext(configuration: tls)
        self.http1 = HTTP1Channel(responder: responder, configuration: http1)
        handlers = http1.additionalChannelHandlers
        self.limits = limits
        self.observer = observer
        self.lane = lane
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let choice = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result in
                switch result {
                case .negotiated("h2"):
                    channel.eventLoop.makeCompletedFuture { .http2(try setUpStreams(on: channel, logger: logger)) }
                case .negotiated("http/1.1"), .fallback:
                    http1.setup(channel: channel, logger: logger).map { .http1_1($0) }
                case .negotiated:
                    channel.close().flatMap {
                        channel.eventLoop.makeFailedFuture(NIOHTTP2Errors.invalidALPNToken())
                    }
                }
            }
            try channel.pipeline.syncOperations.addHandlers(NIOSSLServerHandler(context: tls), choice)
            return Value(negotiated: choice.protocolNegotiationResult, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
            case .http2(let streams):
                await withDiscardingTaskGroup { tasks in
                    for await stream in streams {
                        // A stream is a connection with one request.
                        tasks.addTask { await http1.handle(value: stream, logger: logger) }
                    }
                }
            }
        } catch {
            logger.debug("No protocol was agreed on.", metadata: ["error": "\(error)"])
        }
    }
}

// MARK: - HTTP/2

extension SecureChannel {
    private func setUpStreams(on channel: any Channel, logger: Logger) throws -> AsyncStream<HTTP1Channel.Value> {
        let (streams, arrivals) = AsyncStream.makeStream(of: HTTP1Channel.Value.self)
        let stack = StreamStack(limits: limits, observer: observer, lane: lane)
        let connection = stack.handlers(on: channel) { arrivals.finish() }
        let multiplexer = HTTP2StreamMultiplexer(mode: .server, channel: channel) { stream in
            stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                try pipeline.addHandlers(handlers())
                try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
                let value = try HTTP1Channel.Value(wrappingChannelSynchronously: stream)
                if case .terminated = arrivals.yield(value) {
                    // Nobody takes streams any more, and one that is not taken has to be ended.
                    Task { try? await value.executeThenClose { _, _ in } }
                }
            }
        }
        try channel.pipeline.syncOperations.addHandlers(connection + [multiplexer])
        return streams
    }
}
