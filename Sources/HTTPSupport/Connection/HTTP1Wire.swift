import NIOCore
import NIOHTTP1
import RegistryModel

/// Keeps one HTTP/1 connection in order, between NIO's decoder and the codec to shared HTTP types.
///
/// 1. NIO's decoder stops for good after a request that offers an upgrade (cargo, Java and `curl --http2` do on plain
///    connections): such a request is made the last one of its connection.
/// 2. The codec drops custom reason phrases of known codes; some clients show nothing else. ``RequestGuard`` hands them over.
/// 3. Heads are bounded in time and size, and refused with a proper status where two programs could read them differently.
/// 4. A connection that ends after a response is closed so that the client can read the response: the output first, then,
///    when the client has stopped sending or after a while, the rest.
/// 5. HTTP/1.0 is answered as HTTP/1.0, and idle connections are closed.
final class HTTP1Wire: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the next bytes belong to.
    private enum Reading {
        case nothing, head, body
        /// The connection ends: whatever comes is dropped.
        case discarding
    }

    /// The reason phrase of the response that is about to be written.
    var reason: String?
    /// Told when ``isAtRest`` or ``isEnding`` may have become true; for the lane.
    var onChange: (() -> Void)?

    private let limits: ConnectionLimits
    private let observer: ConnectionObserver
    private var reading = Reading.nothing
    /// Requests that were handed on and are not answered yet.
    private var unanswered = 0
    /// The last request that was handed on is the last one of this connection.
    private var isLast = false
    private var isLastHTTP10 = false
    /// The final response's head has been written, or its end.
    private var isClosingResponse = false
    private var isClosed = false
    private var refusal: HeadRefusal?
    private var sawLineEnd = false
    private var headArmed = false
    private var drained = 0
    private var deadline: LazyDeadline?
    private var onDeadline: (ChannelHandlerContext) -> Void = { _ in }

    init(limits: ConnectionLimits, observer: ConnectionObserver) {
        self.limits = limits
        self.observer = observer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = LazyDeadline(eventLoop: context.eventLoop) { [weak self] in self?.onDeadline(bound.value) }
        // A connection that sends nothing at all has no longer to begin than one that sends slowly.
        arm(limits.headTime) { [unowned self] in giveUpOnHead(context: $0) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        onChange = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func arm(_ time: Duration, _ action: @escaping (ChannelHandlerContext) -> Void) {
        onDeadline = action
        deadline?.set(in: time)
    }

    /// The response that is being made becomes the last one of the connection.
    func closeAfterResponse() {
        isLast = true
    }
}

// MARK: - What the lane asks

extension HTTP1Wire {
    /// Every request that was handed on is answered, no byte of a further one has come, and the connection goes on.
    var isAtRest: Bool { reading == .nothing && unanswered == 0 && !isEnding }

    /// Exactly one request was handed on, to its end, and is not answered yet.
    var isAtOneRequest: Bool { reading == .nothing && unanswered == 1 && !isEnding }

    /// No further request of this connection is answered.
    var isEnding: Bool { isLast || isClosed || refusal != nil || reading == .discarding }

    /// A request that was not handed on is being answered: its client may take its time.
    func answersAhead() {
        deadline?.clear()
    }

    /// Requests that were not handed on were answered: the time until the next one begins.
    func answeredAhead() {
        if isAtRest { waitForNextRequest() }
    }
}

// MARK: - Bytes and time

extension HTTP1Wire {
    /// Bytes are about to be decoded.
    func bytesArrived(_ bytes: ByteBuffer) {
        if reading == .nothing, bytes.readableBytes > 0 {
            reading = .head
            sawLineEnd = false
            headArmed = false
        }
        if reading == .head, !sawLineEnd {
            sawLineEnd = bytes.readableBytesView.contains(UInt8(ascii: "\n"))
        }
    }

    /// All bytes of one read were decoded: if the head is still not complete, its time begins.
    func readCompleted() {
        guard reading == .head, !headArmed else { return }
        headArmed = true
        arm(limits.headTime) { [unowned self] in giveUpOnHead(context: $0) }
    }

    private func giveUpOnHead(context: ChannelHandlerContext) {
        observer.gaveUp("head")
        if reading == .head {
            refuse(.slow, context: context)
        } else {
            context.close(promise: nil)
        }
    }

    private func waitForNextRequest() {
        // Time until a head is complete is running already where its first bytes have arrived.
        guard reading == .nothing else { return }
        arm(limits.idleTime) { $0.close(promise: nil) }
    }
}

// MARK: - Requests

extension HTTP1Wire {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard reading != .discarding else { return }
            deadline?.clear()
            accept(head, context: context)
        case .body(let bytes):
            if reading == .discarding || unanswered == 0 { drain(bytes.readableBytes, context: context) }
            guard reading != .discarding, !isClosed else { return }
            context.fireChannelRead(data)
        case .end:
            guard reading != .discarding else { return }
            if !isClosed { context.fireChannelRead(data) }
            endOfRequest()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The application reads no more, but the client may have to send its body before it reads the response.
        if isClosed { context.read() }
    }

    private func accept(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        if let refusal = HeadRefusal.check(head, limits: limits) {
            return refuse(refusal, context: context)
        }
        var head = head
        reading = .body
        drained = 0
        isLastHTTP10 = head.version == .http1_0
        // HTTP/1.0 knows no 100: such a client would take it for the answer.
        if isLastHTTP10 { head.headers.remove(name: "expect") }
        let offersUpgrade = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        if offersUpgrade || isLastHTTP10 || !head.isKeepAlive {
            isLast = true
            head.headers.remove(name: "upgrade")
            head.headers.remove(name: "http2-settings")
            // Hummingbird leaves its loop on exactly this value.
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        unanswered += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func endOfRequest() {
        reading = isLast ? .discarding : .nothing
        if isClosed {
            // The response was sent and the client has said everything: it reads the response now and closes.
            linger()
        } else if unanswered == 0, !isLast {
            waitForNextRequest()
        }
        onChange?()
    }

    /// Bytes that nobody wants any more, up to a bound.
    private func drain(_ count: Int, context: ChannelHandlerContext) {
        drained += count
        if drained > limits.drainBytes {
            context.close(promise: nil)
        } else if isClosed {
            linger()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        switch reading {
        case .discarding: return
        case .body:
            isLast = true
            if unanswered == 0 { return context.close(promise: nil) }
            context.fireErrorCaught(error)
        case .nothing, .head:
            guard fault != .invalidEOFState else { return context.fireErrorCaught(error) }
            let overflow = sawLineEnd ? HeadRefusal.headerTooLarge : .targetTooLong
            refuse(fault == .headerOverflow ? overflow : .malformed, context: context)
        }
    }
}

// MARK: - Responses

extension HTTP1Wire {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosed else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200: context.write(data, promise: promise)
        case .head(let head): context.write(wrapOutboundOut(.head(finish(head))), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            endOfResponse(context: context)
        }
    }

    private func finish(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        if head.headers.first(name: "connection")?.lowercased() == "close" { isLast = true }
        if isLast, unanswered <= 1 {
            isClosingResponse = true
            head.headers.replaceOrAdd(name: "connection", value: "close")
            if isLastHTTP10 { head.version = .http1_0 }
        }
        if let reason, !reason.isEmpty, reason != head.status.reasonPhrase {
            head.status = .custom(code: head.status.code, reasonPhrase: reason)
        }
        reason = nil
        return head
    }

    private func endOfResponse(context: ChannelHandlerContext) {
        unanswered = max(0, unanswered - 1)
        if isClosingResponse {
            closeOutput(context: context)
        } else if unanswered == 0 {
            if let refusal {
                write(refusal, context: context)
            } else {
                waitForNextRequest()
            }
        }
        onChange?()
    }

    private func refuse(_ refusal: HeadRefusal, context: ChannelHandlerContext) {
        reading = .discarding
        deadline?.clear()
        if unanswered == 0 {
            write(refusal, context: context)
        } else {
            // Earlier requests of the same connection are answered first.
            self.refusal = refusal
        }
    }

    private func write(_ refusal: HeadRefusal, context: ChannelHandlerContext) {
        guard !isClosed else { return }
        observer.refused(Int(refusal.status.code), context.channel.remoteAddress?.ipAddress ?? "")
        let body = ByteBuffer(string: refusal.detail + "\n")
        var head = HTTPResponseHead(
            version: .http1_1, status: .custom(code: refusal.status.code, reasonPhrase: refusal.status.reasonPhrase))
        head.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        head.headers.add(name: "content-length", value: String(body.readableBytes))
        head.headers.add(name: "connection", value: "close")
        head.headers.add(name: "x-content-type-options", value: "nosniff")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        closeOutput(context: context)
    }

    /// Sends what is written and says that nothing follows.
    ///
    /// Closing both directions at once would throw away what the client is still sending, which resets the connection,
    /// and a reset can take the response with it.
    private func closeOutput(context: ChannelHandlerContext) {
        isClosed = true
        context.flush()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenFailure { _ in bound.value.close(promise: nil) }
        context.close(mode: .output, promise: promise)
        context.read()
        linger()
        onChange?()
    }

    private func linger() {
        arm(limits.lingerTime) { $0.close(promise: nil) }
    }
}
