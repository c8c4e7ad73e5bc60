import Logging
import NIOCore
import NIOHTTP2

/// Keeps one connection of HTTP/2 in order, between `NIOHTTP2Handler` and the multiplexer of its streams.
///
/// 1. Closes it when no stream was open for a while, and when the server stops: with two GOAWAY, so that no request is lost
///    that the client sent before it could know ([RFC 9113 §6.8](https://www.rfc-editor.org/rfc/rfc9113#section-6.8)).
/// 2. Closes it after every error that is not one stream's.
/// 3. Lets the lane answer, see ``LaneStreams``, and closes the connection of a client that does not take what it asked the
///    lane for.
/// 4. Hands no malformed head or trailers on, in either direction, see ``FieldBlock``: the stream is reset, and who sends
///    many of them is cut off ([RFC 9113 §8.1.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.1.1)).
///
/// The bounds on streams, resets, control frames and the size of heads are `NIOHTTP2Handler`'s, see ``ConnectionLimits``.
final class HTTP2Wire: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum Phase {
        case serving
        /// The client was told that the connection ends, and is to say that it has heard.
        case leaving
        /// The client was told which streams are still answered.
        case left
        /// Nothing arrives any more.
        case ended
    }

    private static let logger = Logger(label: "hallmark.http")

    private let limits: ConnectionLimits
    private let observer: ConnectionObserver
    private let lane: LaneStreams?
    private let onEnd: () -> Void
    private var phase = Phase.serving
    private var openStreams = 0
    private var lastStream = HTTP2StreamID.rootStream
    /// The last stream whose head has come; further fields on it or on earlier ones are trailers.
    private var lastHead = HTTP2StreamID.rootStream
    /// Streams that were refused and are not closed yet, as what is written to a client that reads nothing waits.
    private var refused: Set<HTTP2StreamID> = []
    private var malformed = 0
    private var isCutOff = false
    private let farewell = HTTP2PingData(withInteger: .random(in: .min ... .max))
    private var inboundWindow: Int?
    private var idleDeadline: LazyDeadline?
    private var stallDeadline: LazyDeadline?
    private var isStallArmed = false
    private var seenProgress = 0

    /// Makes the handler of one connection.
    /// - Parameters:
    ///   - limits: Its bounds.
    ///   - observer: Told when a client is given up.
    ///   - lane: Answers what is known; nil for nothing.
    ///   - onEnd: Called when no further stream can come; perhaps more than once.
    init(limits: ConnectionLimits, observer: ConnectionObserver, lane: LaneStreams?, onEnd: @escaping () -> Void) {
        self.limits = limits
        self.observer = observer
        self.lane = lane
        self.onEnd = onEnd
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        idleDeadline = LazyDeadline(eventLoop: context.eventLoop) { [weak self] in
            self?.idleTimePassed(context: bound.value)
        }
        stallDeadline = LazyDeadline(eventLoop: context.eventLoop) { [weak self] in
            self?.observer.gaveUp("read")
            bound.value.close(promise: nil)
        }
        idleDeadline?.set(in: limits.idleTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        phase = .ended
        idleDeadline?.cancel()
        stallDeadline?.cancel()
        lane?.end()
        onEnd()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamError { return context.fireErrorCaught(error) }
        context.close(promise: nil)
    }
}

// MARK: - Frames

extension HTTP2Wire {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !isCutOff, refused.isEmpty || !refused.contains(frame.streamID) else { return }
        switch frame.payload {
        case .headers(let head):
            let isHead = frame.streamID > lastHead
            if isHead {
                lastHead = frame.streamID
                if let lane, lane.answer(frame.streamID, head, context: context) { return }
            }
            do throws(MalformedFields) {
                try (isHead ? FieldBlock.request : .trailers).check(head.headers)
            } catch {
                return refuse(frame.streamID, context: context)
            }
        case .ping(let data, let isAnswer):
            if isAnswer, data == farewell, phase == .leaving { sayWhatIsAnswered(context: context) }
        default:
            // The multiplexer does not know the lane's streams.
            if let lane, lane.owns(frame.streamID) { return }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        lane?.endBurst()
        settle()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        settle()
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = unwrapOutboundIn(data)
        if case .headers(let head) = frame.payload {
            do throws(MalformedFields) {
                try FieldBlock.answer.check(head.headers)
            } catch {
                // A mistake of this program's: the client gets nothing of it, and who wrote it cannot be told.
                Self.logger.error(
                    "An answer over HTTP/2 was malformed; its stream was reset.", metadata: ["fault": "\(error)"])
                write(.rstStream(.internalError), on: frame.streamID, context: context)
                promise?.fail(error)
                return
            }
        }
        if let lane, lane.isWatching { lane.watch(frame) }
        context.write(data, promise: promise)
    }

    /// Answers a malformed block of fields, and cuts off who sends more than a few of them over the whole connection.
    private func refuse(_ stream: HTTP2StreamID, context: ChannelHandlerContext) {
        malformed += 1
        refused.insert(stream)
        write(.rstStream(.protocolError), on: stream, context: context)
        guard malformed > limits.streamResets else { return context.flush() }
        isCutOff = true
        write(.goAway(lastStreamID: lastStream, errorCode: .enhanceYourCalm, opaqueData: nil), context: context)
        context.flush()
        context.close(promise: nil)
    }

    /// Begins, moves or ends the time in which the client has to take something of what the lane has for it.
    private func settle() {
        if openStreams == 0, phase == .serving { idleDeadline?.set(in: limits.idleTime) }
        guard let lane, lane.isWaiting || isStallArmed, phase != .ended else { return }
        guard lane.isWaiting else {
            isStallArmed = false
            stallDeadline?.clear()
            return
        }
        guard !isStallArmed || seenProgress != lane.progress else { return }
        isStallArmed = true
        seenProgress = lane.progress
        stallDeadline?.set(in: limits.writeStall)
    }
}

// MARK: - Streams

extension HTTP2Wire {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let update as NIOHTTP2WindowUpdatedEvent:
            // What the lane sends moves the window of the connection that the multiplexer has nothing to do with.
            if update.streamID == .rootStream {
                guard update.inboundWindowSize != inboundWindow else { return }
                inboundWindow = update.inboundWindowSize
            } else if let lane, lane.owns(update.streamID) {
                return
            }
        case let closed as StreamClosedEvent:
            openStreams = max(0, openStreams - 1)
            refused.remove(closed.streamID)
            let isLane = lane?.closed(closed.streamID) ?? false
            if openStreams == 0 { noStreamLeft(context: context) }
            if isLane { return }
        case let created as NIOHTTP2StreamCreatedEvent:
            openStreams += 1
            lastStream = max(lastStream, created.streamID)
            if phase == .serving { idleDeadline?.clear() }
            if let lane, lane.owns(created.streamID) { return }
        case is ChannelShouldQuiesceEvent: leave(context: context)
        case ChannelEvent.inputClosed: inputClosed(context: context)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func noStreamLeft(context: ChannelHandlerContext) {
        switch phase {
        case .serving: idleDeadline?.set(in: limits.idleTime)
        case .leaving, .ended: break
        case .left: closeSoon(context: context)
        }
    }

    private func idleTimePassed(context: ChannelHandlerContext) {
        switch phase {
        case .serving: leave(context: context)
        // The client did not say that it has heard; it had the time.
        case .leaving: sayWhatIsAnswered(context: context)
        case .left, .ended: break
        }
    }

    /// The connection ends: no new streams, please.
    private func leave(context: ChannelHandlerContext) {
        guard phase == .serving else { return }
        phase = .leaving
        write(.goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil), context: context)
        write(.ping(farewell, ack: false), context: context)
        context.flush()
        idleDeadline?.set(in: limits.lingerTime)
    }

    private func sayWhatIsAnswered(context: ChannelHandlerContext) {
        phase = .left
        write(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil), context: context)
        context.flush()
        if openStreams == 0 { closeSoon(context: context) }
    }

    /// The client sends nothing more.
    private func inputClosed(context: ChannelHandlerContext) {
        write(.goAway(lastStreamID: lastStream, errorCode: .noError, opaqueData: nil), context: context)
        context.flush()
        context.close(promise: nil)
    }

    /// Not now: the last frame is being written.
    private func closeSoon(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            bound.value.flush()
            bound.value.close(promise: nil)
        }
    }

    private func write(
        _ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID = .rootStream, context: ChannelHandlerContext
    ) {
        context.write(wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload)), promise: nil)
    }
}
