import NIOCore
import NIOHPACK
import NIOHTTP2
import RegistryModel

/// The lane on one connection of HTTP/2: answers streams whose answer is known before they become channels.
///
/// It stands between `NIOHTTP2Handler`, which has decoded the frames and keeps states and windows, and the multiplexer,
/// which hands streams to the framework. A stream is either answered here, and then nothing of it reaches the multiplexer,
/// or handed on untouched. ``HTTP2Wire`` calls it.
final class LaneStreams {
    /// How many bytes of content may wait for the client's window or for the socket before the framework answers, whose
    /// streams wait for room one by one.
    private static let mostWaiting = 1 << 20
    /// How many heads are written before the socket is asked whether it takes more.
    private static let mostHeads = 256
    /// How many answers of the framework are watched at once.
    private static let mostPupils = 32

    private let lane: Lane
    private let limits: ConnectionLimits
    private let loop: LaneLoop
    private let client: [UInt8]
    /// The lane's streams that are open, with the bytes of content that still wait.
    private var streams: [HTTP2StreamID: Int] = [:]
    private var waiting = 0
    private var heads = 0
    private var pupils: [HTTP2StreamID: LanePupil] = [:]
    private var isInBurst = false
    private var burstStart = NIODeadline.uptimeNanoseconds(0)
    /// Raised with every piece of content that leaves.
    private(set) var progress = 0

    /// Makes the lane of one connection; nil where the framework has to answer everything.
    init?(lane: Lane, limits: ConnectionLimits, channel: any Channel) {
        let peer = channel.remoteAddress?.ipAddress ?? ""
        guard !lane.proxies.trusts(peer) else { return nil }
        self.lane = lane
        self.limits = limits
        loop = lane.loop(of: channel.eventLoop)
        client = Array(",\"client\":".utf8) + JSONValue.string(peer).bytes()
    }

    /// Whether the stream is one that is answered here.
    @inline(__always)
    func owns(_ stream: HTTP2StreamID) -> Bool { streams[stream] != nil }

    /// Whether contents wait for the client.
    var isWaiting: Bool { waiting > 0 }

    /// The connection is at its end.
    func end() {
        streams = [:]
        pupils = [:]
        waiting = 0
        loop.writeLog()
    }
}

// MARK: - Requests

extension LaneStreams {
    /// Answers a request, if the answer is known.
    /// - Returns: Whether it was answered; if not, the head is the multiplexer's.
    func answer(
        _ stream: HTTP2StreamID, _ head: HTTP2Frame.FramePayload.Headers, context: ChannelHandlerContext
    ) -> Bool {
        guard head.endStream, !owns(stream) else { return false }
        loop.key.reset(.stream)
        var request = LaneRequest()
        guard request.read(head.headers, into: &loop.scratch, limits: limits, key: &loop.key), request.isPlain,
            !loop.key.isTooLong
        else { return false }
        if !isInBurst {
            isInBurst = true
            burstStart = loop.beginBurst()
        }
        let bytes = loop.scratch.contents
        guard let answer = loop.answer(to: request, bytes), let fields = answer.fields, answer.file == nil else {
            watch(stream, request, bytes)
            return false
        }
        guard hasRoom(for: answer.contentBytes, context: context) else { return false }
        write(answer, fields, on: stream, context: context)
        let place = request.userAgent
        let agent = place.lowerBound > 0 ? UnsafeRawBufferPointer(rebasing: bytes[place]) : nil
        let nanoseconds = loop.count(answer, since: burstStart)
        loop.log(
            answer, requestID: loop.requestID, bytes: answer.contentBytes, nanoseconds: nanoseconds, client: client,
            agent: agent)
        return true
    }

    /// All that was read together has been answered or handed on.
    func endBurst() {
        isInBurst = false
        heads = 0
    }

    private func write(
        _ answer: LaneAnswer, _ fields: HPACKHeaders, on stream: HTTP2StreamID, context: ChannelHandlerContext
    ) {
        loop.makeRequestID()
        var fields = fields
        // Neither is the same for long: in the table of the compression, which is searched in a row for each field, they
        // would stand before what is and push it out.
        fields.add(name: "date", value: loop.dateText, indexing: .nonIndexable)
        fields.add(
            name: "x-request-id", value: String(decoding: loop.requestID, as: UTF8.self), indexing: .nonIndexable)
        let count = answer.contentBytes
        streams[stream] = count
        waiting += count
        heads += 1
        let head = HTTP2Frame.FramePayload.Headers(headers: fields, endStream: answer.body == nil)
        context.write(NIOAny(HTTP2Frame(streamID: stream, payload: .headers(head))), promise: nil)
        guard let body = answer.body else { return }
        let content = HTTP2Frame.FramePayload.Data(data: .byteBuffer(body), endStream: true)
        context.write(NIOAny(HTTP2Frame(streamID: stream, payload: .data(content))), promise: nil)
    }

    /// Whether the client takes what it has asked for.
    ///
    /// A client that does not read, or opens no window, must not make this side keep contents for it.
    private func hasRoom(for count: Int, context: ChannelHandlerContext) -> Bool {
        if waiting > 0, waiting + count > Self.mostWaiting || heads >= Self.mostHeads {
            context.flush()
            heads = 0
        }
        return context.channel.isWritable && (waiting == 0 || waiting + count <= Self.mostWaiting)
    }
}

// MARK: - What the connection says

extension LaneStreams: NIOHTTP2FrameDelegate {
    /// A frame leaves.
    func wroteFrame(_ frame: HTTP2Frame) {
        guard case .data(let data) = frame.payload, let rest = streams[frame.streamID] else { return }
        let count = min(rest, data.data.readableBytes)
        streams[frame.streamID] = rest - count
        waiting -= count
        progress &+= 1
    }

    /// A stream is closed, by its end or by a reset.
    /// - Returns: Whether it was one of the lane's.
    func closed(_ stream: HTTP2StreamID) -> Bool {
        if !pupils.isEmpty { pupils[stream] = nil }
        guard let rest = streams.removeValue(forKey: stream) else { return false }
        waiting -= rest
        return true
    }
}

// MARK: - Learning

extension LaneStreams {
    private func watch(_ stream: HTTP2StreamID, _ request: LaneRequest, _ bytes: UnsafeRawBufferPointer) {
        guard pupils.count < Self.mostPupils else { return }
        pupils[stream] = LanePupil(
            hash: loop.key.hash, key: Array(loop.key.contents), isHead: request.isHead, transport: .stream,
            target: String(decoding: UnsafeRawBufferPointer(rebasing: bytes[request.target]), as: UTF8.self))
    }

    /// Whether answers of the framework are being watched.
    var isWatching: Bool { !pupils.isEmpty }

    /// A frame of the framework's.
    func watch(_ frame: HTTP2Frame) {
        guard var pupil = pupils.removeValue(forKey: frame.streamID) else { return }
        let isEnd: Bool
        switch frame.payload {
        case .headers(let head):
            isEnd = head.endStream
            guard head.headers.first(name: ":status")?.first != "1" else { break }
            pupil.watch(head.headers)
        case .data(let data):
            isEnd = data.endStream
            guard case .byteBuffer(let bytes) = data.data else { return }
            pupil.watch(content: bytes)
        case .rstStream: return
        default: isEnd = false
        }
        if isEnd { pupil.learn(in: loop) } else { pupils[frame.streamID] = pupil }
    }
}
