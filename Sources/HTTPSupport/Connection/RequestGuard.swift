import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Watches over requests and responses, on connections of HTTP/1.1 and on streams of HTTP/2.
///
/// 1. Writes the scheme into the request: what the client says of it is not believed.
/// 2. Lets `100 Continue` pass only where it was asked for, once, and before the final status. A final status without it
///    closes the connection, because a client that waits never sends the body that would be read as the next request.
/// 3. Ends bodies that arrive too slowly with ``SlowBody``, and connections whose client does not read.
/// 4. Names a connection's end ``ClientGone``, so that it is not taken for a failure of ours.
///
/// On HTTP/1.1 it brings ``HTTP1Wire`` with it, which sees what the codec hides, and ``LaneHandler``.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private struct Exchange {
        let expectsContinue: Bool
        var wasContinued = false
        var isAnswered = false
    }

    private let limits: ConnectionLimits
    private let isSecure: Bool
    private let observer: ConnectionObserver
    private let lane: Lane?
    private var wire: HTTP1Wire?
    private var exchanges = CircularBuffer<Exchange>(initialCapacity: 2)
    private var isBodyExpected = false
    private var clock: BodyClock
    private var clockDeadline: LazyDeadline?
    private var stallDeadline: LazyDeadline?

    init(
        limits: ConnectionLimits, isSecure: Bool, observer: ConnectionObserver = ConnectionObserver(),
        lane: Lane? = nil
    ) {
        self.lane = lane
        self.limits = limits
        self.isSecure = isSecure
        self.observer = observer
        clock = BodyClock(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        clockDeadline = LazyDeadline(eventLoop: context.eventLoop) { [weak self] in
            self?.checkClock(context: bound.value)
        }
        stallDeadline = LazyDeadline(eventLoop: context.eventLoop) { [weak self] in
            self?.observer.gaveUp("read")
            bound.value.close(promise: nil)
        }
        let pipeline = context.pipeline.syncOperations
        guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self),
            let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        else { return }
        let wire = HTTP1Wire(limits: limits, observer: observer)
        do {
            try pipeline.addHandler(wire, position: .before(codec))
            try pipeline.addHandler(ByteTap(wire: wire), position: .before(decoder))
            self.wire = wire
            if let lane, let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) {
                let handler = LaneHandler(lane: lane, wire: wire, limits: limits, isSecure: isSecure)
                try pipeline.addHandler(handler, position: .before(encoder))
            }
        } catch {
            // Without the wire handler none of its bounds would hold.
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clockDeadline?.cancel()
        stallDeadline?.cancel()
        wire = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clockDeadline?.cancel()
        stallDeadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            head.scheme = isSecure ? "https" : "http"
            let expects = head.headerFields[.expect]?.lowercased() == "100-continue"
            exchanges.append(Exchange(expectsContinue: expects))
            isBodyExpected = true
            clock.headArrived()
            if !expects { startClock() }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            clock.arrived(bytes.readableBytes, at: .now())
            context.fireChannelRead(data)
        case .end:
            isBodyExpected = false
            clock.stop()
            clockDeadline?.clear()
            context.fireChannelRead(data)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isBodyExpected { clock.readRequested(at: .now()) }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: context.fireErrorCaught(ClientGone(reason: "end of input"))
        case is HTTPParserError, is ClientGone, is SlowBody: context.fireErrorCaught(error)
        default: context.fireErrorCaught(ClientGone(reason: String(describing: error)))
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stallDeadline?.clear()
        } else {
            stallDeadline?.set(in: limits.writeStall)
        }
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            writeInformational(head, context: context, promise: promise)
        case .head(let head):
            context.write(wrapOutboundOut(.head(finish(head))), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            if !exchanges.isEmpty { exchanges.removeFirst() }
            context.write(data, promise: promise)
        }
    }

    private func writeInformational(
        _ head: HTTPResponse, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        guard let exchange = exchanges.first, exchange.expectsContinue, !exchange.wasContinued, !exchange.isAnswered
        else {
            promise?.succeed()
            return
        }
        exchanges[exchanges.startIndex].wasContinued = true
        if exchanges.count == 1, isBodyExpected { startClock() }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Adds to a final head what follows from the request, and takes out what its protocol does not allow.
    private func finish(_ head: HTTPResponse) -> HTTPResponse {
        var head = head
        // Neither has content, and a length of 0 would be a claim about that of a GET. HTTP/1.1's encoder takes it out too.
        if head.status == .notModified || head.status == .noContent { head.headerFields[.contentLength] = nil }
        guard let wire else {
            head.headerFields[.connection] = nil
            return head
        }
        if let exchange = exchanges.first {
            exchanges[exchanges.startIndex].isAnswered = true
            if exchange.expectsContinue, !exchange.wasContinued, exchanges.count > 1 || isBodyExpected {
                head.headerFields[.connection] = "close"
            }
        }
        wire.reason = head.status.code >= 400 ? head.status.reasonPhrase : nil
        return head
    }

    private func startClock() {
        clock.start(at: .now())
        clockDeadline?.set(in: clock.interval)
    }

    private func checkClock(context: ChannelHandlerContext) {
        guard clock.isRunning else { return }
        guard clock.isTooSlow(at: .now()) else {
            clockDeadline?.set(in: clock.interval)
            return
        }
        clock.stop()
        observer.gaveUp("body")
        wire?.closeAfterResponse()
        context.fireErrorCaught(SlowBody())
    }
}
