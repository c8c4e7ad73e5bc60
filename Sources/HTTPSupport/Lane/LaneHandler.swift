import NIOCore
import RegistryModel

/// Answers what it knows before NIO's decoder sees it, and hands everything else on.
///
/// The rule that makes it safe: it hands bytes on in two ways only. Either exactly one whole request of its grammar, which
/// has no content, and then nothing more until that one is answered; or everything, from there to the end of the
/// connection. So whenever it looks at bytes, the decoder has consumed all that it was given, and both agree on where a
/// request begins. The beginning of a request whose rest has not come is handed on at once, so that the bounds on time
/// hold; the lane keeps a copy and hands on the rest of that request, exactly, when it comes.
final class LaneHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private enum State {
        /// The decoder holds nothing and nothing is outstanding.
        case open
        /// The beginning of a request was handed on.
        case begun
        /// One request was handed on and is not answered yet.
        case waiting
        /// A file is being sent.
        case sending
        /// Everything is handed on.
        case shut
    }

    private enum Step {
        case answered
        case handOn(length: Int, lesson: LanePupil?, without: [Range<Int>])
        case incomplete
        case other
    }

    /// Contents up to this size are copied behind their head, so that one write sends both.
    private static let smallBody = 16 << 10

    private let lane: Lane
    private let wire: HTTP1Wire
    private let limits: ConnectionLimits
    private let transport: LaneTransport
    private var loop: LaneLoop?
    private var client: [UInt8] = []
    private var state = State.open
    /// What arrived and was neither answered nor handed on.
    private var held = ByteBuffer()
    /// The copy of a beginning that was handed on.
    private var beginning = ByteBuffer()
    private var output = ByteBuffer()
    /// What was written last, whose room can be used again once it has left.
    private var written = ByteBuffer()
    private var hasForwarded = false
    private var hasAnswered = false
    private var wantsRead = false
    /// Whether the loop over what is held runs, so that nothing has to start it.
    private var isServing = false
    private var pupil: LanePupil?
    private var burstStart = NIODeadline.uptimeNanoseconds(0)
    private var delivery: LaneDelivery?
    /// What is to be handed on once the file has been sent.
    private var deferred: [Any] = []

    init(lane: Lane, wire: HTTP1Wire, limits: ConnectionLimits, isSecure: Bool) {
        self.lane = lane
        self.wire = wire
        self.limits = limits
        transport = isSecure ? .secure : .plain
    }

    func handlerAdded(context: ChannelHandlerContext) {
        loop = lane.loop(of: context.eventLoop)
        let peer = context.channel.remoteAddress?.ipAddress ?? ""
        if lane.proxies.trusts(peer) { state = .shut }
        client = Array(",\"client\":".utf8) + JSONValue.string(peer).bytes()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        wire.onChange = { [weak self] in self?.wireChanged(bound) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        state = .shut
        wire.onChange = nil
        loop?.writeLog()
        loop = nil
    }
}

// MARK: - What arrives

extension LaneHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .shut else {
            hasForwarded = true
            return context.fireChannelRead(data)
        }
        var bytes = unwrapInboundIn(data)
        if state == .begun { return proceed(&bytes, context: context) }
        if held.readableBytes == 0 { held = bytes } else { held.writeBuffer(&bytes) }
        serve(context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let isAlone = hasAnswered && !hasForwarded && state == .open && held.readableBytes == 0
        finishBurst(context: context)
        // Who stands behind saw nothing and waits for nothing: this saves the channel to ask all of them whether it may read.
        if isAlone, state == .open { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        endDelivery(isComplete: false)
        shut(context: context)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        guard context.channel.isWritable, held.readableBytes > 0 else { return }
        serve(context: context)
        finishBurst(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The end of the input or of the server waits until the client has its file.
        if state == .sending { return deferred.append(event) }
        switch event {
        case ChannelEvent.inputClosed:
            // What came before the end has to be decoded before it.
            shut(context: context)
            context.fireUserInboundEventTriggered(event)
        case is ChannelShouldQuiesceEvent:
            shut(context: context)
            quiesce(event, context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The server stops: what the lane has written goes out before the framework closes a connection that it takes for idle.
    private func quiesce(_ event: Any, context: ChannelHandlerContext) {
        guard wire.isAtRest else { return context.fireUserInboundEventTriggered(event) }
        let bound = NIOLoopBound((context, event), eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in
            let (context, event) = bound.value
            context.fireUserInboundEventTriggered(event)
        }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        // A client that sends faster than it is answered waits.
        if state != .shut, held.readableBytes > 0 { wantsRead = true } else { context.read() }
    }

    /// Answers or hands on what is held, as far as that is possible now.
    private func serve(context: ChannelHandlerContext) {
        isServing = true
        defer { isServing = false }
        while held.readableBytes > 0 {
            guard state == .open else { break }
            guard wire.isAtRest else { return shut(context: context) }
            guard context.channel.isWritable else { break }
            if !hasAnswered { burstStart = loop?.beginBurst() ?? .now() }
            switch look(context: context) {
            case .answered: hasAnswered = true
            case .handOn(let length, let pupil, let lines):
                handOn(length: length, pupil: pupil, without: lines, context: context)
            case .incomplete:
                state = .begun
                beginning = held
                forwardHeld(context: context)
            case .other: return shut(context: context)
            }
        }
        if wantsRead, held.readableBytes == 0 {
            wantsRead = false
            context.read()
        }
    }

    /// Reads the first request that is held, and answers it where the answer is known.
    private func look(context: ChannelHandlerContext) -> Step {
        guard let loop else { return .other }
        var length = 0
        var body: ByteBuffer?
        let step = held.withUnsafeReadableBytes { bytes -> Step in
            loop.key.reset(transport)
            var request = LaneRequest()
            switch request.read(bytes, limits: limits, key: &loop.key) {
            case .request: break
            case .incomplete: return bytes.count > maximumHead ? .other : .incomplete
            case .other: return .other
            }
            let isPlain = request.isPlain && !loop.key.isTooLong
            guard isPlain, let answer = loop.answer(to: request, bytes) else {
                return handOn(request, isPlain ? loop : nil, bytes)
            }
            length = request.length
            body = write(answer, loop)
            let place = request.userAgent
            let agent = place.lowerBound > 0 ? UnsafeRawBufferPointer(rebasing: bytes[place]) : nil
            let nanoseconds = loop.count(answer, since: burstStart)
            let small = answer.file?.smallContent()
            answer.file?.countDownload(by: agent)
            if let small { body = small }
            if let file = answer.file, small == nil {
                delivery = LaneDelivery(
                    file: file, answer: answer, requestID: loop.requestID, agent: agent.map(Array.init),
                    start: burstStart)
            } else {
                loop.log(
                    answer, requestID: loop.requestID, bytes: request.isHead ? 0 : answer.contentBytes,
                    nanoseconds: nanoseconds, client: client, agent: agent)
            }
            return .answered
        }
        if length == held.readableBytes {
            // Let go of it, so that the channel can read into it again.
            held = ByteBuffer()
        } else {
            held.moveReaderIndex(forwardBy: length)
        }
        if delivery != nil {
            state = .sending
            wire.answersAhead()
            writeOutput(context: context)
            deliver(context: context)
        }
        if let body {
            writeOutput(context: context)
            context.write(wrapOutboundOut(.byteBuffer(body)), promise: nil)
        }
        return step
    }

    private func handOn(_ request: LaneRequest, _ loop: LaneLoop?, _ bytes: UnsafeRawBufferPointer) -> Step {
        let pupil = loop.map { loop in
            LanePupil(
                hash: loop.key.hash, key: Array(loop.key.contents), isHead: request.isHead, transport: transport,
                target: String(decoding: UnsafeRawBufferPointer(rebasing: bytes[request.target]), as: UTF8.self))
        }
        return .handOn(
            length: request.length, lesson: pupil, without: request.offersUpgrade ? request.upgradeLines : [])
    }

    /// More than any head that the decoder accepts.
    private var maximumHead: Int { limits.targetBytes + limits.headerBytes + 4 * limits.headerCount + 64 }
}

// MARK: - Handing on

extension LaneHandler {
    /// Hands exactly one request on.
    private func handOn(length: Int, pupil: LanePupil?, without lines: [Range<Int>], context: ChannelHandlerContext) {
        guard let whole = held.readSlice(length: length) else { return shut(context: context) }
        var request = whole
        if !lines.isEmpty {
            // NIO's decoder stops after an offer to upgrade. It concerns this connection alone, as its `Connection` field
            // says, and nobody here takes it up: without it the connection can be kept.
            request.clear()
            var from = whole.readerIndex
            for line in lines {
                request.writeImmutableBuffer(whole.part(from..<whole.readerIndex + line.lowerBound))
                from = whole.readerIndex + line.upperBound
            }
            request.writeImmutableBuffer(whole.part(from..<whole.writerIndex))
        }
        handedOn(request, pupil: pupil, context: context)
    }

    private func handedOn(_ bytes: ByteBuffer, pupil: LanePupil?, context: ChannelHandlerContext) {
        state = .waiting
        self.pupil = pupil
        hasForwarded = true
        context.fireChannelRead(wrapInboundOut(bytes))
        // The decoder read it as one request, to its end, or the lane does not go on.
        if state == .waiting, !wire.isAtOneRequest { shut(context: context) }
    }

    /// Goes on with a request whose beginning was handed on.
    private func proceed(_ bytes: inout ByteBuffer, context: ChannelHandlerContext) {
        let known = beginning.readableBytes
        beginning.writeImmutableBuffer(bytes)
        guard let end = endOfHead(after: known) else {
            hasForwarded = true
            if beginning.readableBytes > maximumHead { shut(context: context) }
            return context.fireChannelRead(wrapInboundOut(bytes))
        }
        held = bytes
        guard let loop else { return shut(context: context) }
        let pupil = beginning.withUnsafeReadableBytes { bytes -> LanePupil?? in
            loop.key.reset(transport)
            var request = LaneRequest()
            let head = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            guard request.read(head, limits: limits, key: &loop.key) == .request, request.length == end,
                !request.offersUpgrade,
                case .handOn(_, let pupil, _) = handOn(
                    request, request.isPlain && !loop.key.isTooLong ? loop : nil, head)
            else { return nil }
            return .some(pupil)
        }
        beginning = ByteBuffer()
        guard let pupil, end > known, let rest = held.readSlice(length: end - known) else {
            return shut(context: context)
        }
        handedOn(rest, pupil: pupil, context: context)
    }

    /// Where the beginning ends with an empty line, looking only where that is new.
    private func endOfHead(after known: Int) -> Int? {
        beginning.withUnsafeReadableBytes { bytes in
            var at = max(3, known)
            while at < bytes.count {
                if bytes[at] == .lineFeed, bytes[at - 1] == .carriageReturn, bytes[at - 2] == .lineFeed,
                    bytes[at - 3] == .carriageReturn
                {
                    return at + 1
                }
                at += 1
            }
            return nil
        }
    }

    /// Hands everything on from now on.
    private func shut(context: ChannelHandlerContext) {
        guard state != .shut else { return }
        state = .shut
        beginning = ByteBuffer()
        forwardHeld(context: context)
        finishBurst(context: context)
        if wantsRead {
            wantsRead = false
            context.read()
        }
    }

    private func forwardHeld(context: ChannelHandlerContext) {
        guard held.readableBytes > 0 else { return }
        let bytes = held
        held = ByteBuffer()
        hasForwarded = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    /// The framework has answered, or ends the connection.
    private func wireChanged(_ context: NIOLoopBound<ChannelHandlerContext>) {
        if wire.isAtRest, state == .waiting {
            state = .open
            if let pupil, let loop { pupil.learn(in: loop) }
            pupil = nil
        } else if !wire.isEnding {
            return
        }
        pupil = nil
        guard held.readableBytes > 0 || wire.isEnding else { return }
        // Not now: this is called while the framework writes.
        context.eventLoop.assumeIsolated().execute { [weak self] in
            guard let self, self.loop != nil else { return }
            if wire.isEnding { return shut(context: context.value) }
            serve(context: context.value)
            finishBurst(context: context.value)
        }
    }
}

// MARK: - Files

extension LaneHandler {
    /// Sends the next piece of the file, or ends the delivery.
    private func deliver(context: ChannelHandlerContext) {
        guard let delivery, state == .sending else { return }
        guard delivery.offset < delivery.file.size else {
            endDelivery(isComplete: true)
            return goOn(context: context)
        }
        guard delivery.file.isIntact else {
            // The client never takes a part, or something else, for the whole.
            endDelivery(isComplete: false)
            return context.close(promise: nil)
        }
        let piece = delivery.file.piece(from: delivery.offset)
        let count = piece.readableBytes
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            let (handler, context) = bound.value
            guard case .success = result else {
                handler.endDelivery(isComplete: false)
                return context.close(promise: nil)
            }
            handler.delivery?.offset += count
            handler.deliver(context: context)
        }
        context.writeAndFlush(wrapOutboundOut(.fileRegion(piece)), promise: promise)
    }

    private func endDelivery(isComplete: Bool) {
        guard let delivery else { return }
        self.delivery = nil
        let nanoseconds = UInt64(max(0, (NIODeadline.now() - delivery.start).nanoseconds))
        loop?.readClock()
        (delivery.agent ?? []).withUnsafeBytes { agent in
            loop?.log(
                delivery.answer, requestID: delivery.requestID, bytes: delivery.offset, nanoseconds: nanoseconds,
                client: client, agent: delivery.agent == nil ? nil : agent, outcome: isComplete ? nil : "aborted")
        }
    }

    /// After a file: what was asked meanwhile, and what happened.
    private func goOn(context: ChannelHandlerContext) {
        state = .open
        wire.answeredAhead()
        guard !isServing else { return }
        if deferred.isEmpty {
            serve(context: context)
            finishBurst(context: context)
        } else {
            let events = deferred
            deferred = []
            for event in events { userInboundEventTriggered(context: context, event: event) }
        }
        if wantsRead, held.readableBytes == 0 {
            wantsRead = false
            context.read()
        }
    }
}

// MARK: - Answers

extension LaneHandler {
    /// Appends an answer to the output; gives the content that is to follow it, where that is large.
    private func write(_ answer: LaneAnswer, _ loop: LaneLoop) -> ByteBuffer? {
        loop.makeRequestID()
        var small: ByteBuffer?
        var large: ByteBuffer?
        if let body = answer.body {
            if body.readableBytes <= Self.smallBody { small = body } else { large = body }
        }
        let count = answer.head.count
        if output.readableBytes == 0 {
            output = loop.takeRoom(count + (small?.readableBytes ?? 0))
        }
        let start = output.writerIndex
        output.writeBytes(answer.head)
        output.setBytes(loop.date, at: start + answer.date)
        output.setBytes(loop.requestID, at: start + answer.requestID)
        if let small { output.writeImmutableBuffer(small) }
        return large
    }

    private func writeOutput(context: ChannelHandlerContext) {
        guard output.readableBytes > 0 else { return }
        written = output
        output = ByteBuffer()
        context.write(wrapOutboundOut(.byteBuffer(written)), promise: nil)
    }

    /// Sends what was written, and tells those behind that the read is over if they saw any of it.
    private func finishBurst(context: ChannelHandlerContext) {
        if hasAnswered {
            hasAnswered = false
            writeOutput(context: context)
            if state != .sending { wire.answeredAhead() }
            context.flush()
            loop?.giveBack(written)
            written = ByteBuffer()
        }
        if hasForwarded {
            hasForwarded = false
            context.fireChannelReadComplete()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Answers leave in the order of their requests.
        writeOutput(context: context)
        if pupil != nil { pupil?.watch(unwrapOutboundIn(data)) }
        context.write(data, promise: promise)
    }
}

extension ByteBuffer {
    /// The bytes at these indices.
    fileprivate func part(_ range: Range<Int>) -> ByteBuffer {
        getSlice(at: range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
