import HTTPSupport
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHPACK
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import RegistryModel

/// HTTP/2: what the lane takes for a request, and what it lets through, held against NIO's codec and handlers.
func streamTargets() -> [FuzzTarget] {
    [headTarget(), frameTarget()]
}

private func headTarget() -> FuzzTarget {
    let proper = ":method=GET\n:scheme=https\n:authority=localhost\n:path=/index/lantern"
    return .text(
        "h2-head", maximumBytes: 1024,
        seeds: [
            proper, proper + "\naccept=*/*\nuser-agent=pip/25.0\nif-none-match=\"a\"",
            proper + "\ncookie=a\nrange=bytes=0-1",
            proper.replacing("GET", with: "HEAD") + "\naccept-encoding=gzip\nauthorization=Bearer x",
        ],
        words:
            ":method= :scheme= :authority= :path= host= te= connection= transfer-encoding= content-length= cookie= range= "
            + "if-match= if-none-match= accept= expect= upgrade= GET HEAD POST https http localhost / * %00 é Accept= :status="
    ) { text in
        let fields = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // The first character may be the colon of a pseudo field, and never the sign.
            let name = String(line.prefix { $0 != "=" })
            return (name, String(line.dropFirst(name.count + 1)))
        }
        let headers = HPACKHeaders(fields)
        var (key, scratch, request) = (LaneKey(), LaneScratch(), LaneRequest())
        defer {
            key.deallocate()
            scratch.deallocate()
        }
        key.reset(.stream)
        guard request.read(headers, into: &scratch, limits: ConnectionLimits(), key: &key) else { return "none" }
        let channel = EmbeddedChannel(handler: HTTP2FramePayloadToHTTPServerCodec())
        defer { _ = try? channel.finish() }
        try channel.writeInbound(HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true)))
        guard case .head(let head) = try channel.readInbound(as: HTTPRequestPart.self) else {
            throw FuzzFailure("taken, and no request to the codec")
        }
        let path = scratch.contents[request.target].map { $0 }
        try require(head.method == (request.isHead ? .head : .get), "another method: \(head.method)")
        try require(head.path.map { Array($0.utf8) } == path, "another path: \(head.path ?? "none")")
        try require(head.scheme == "https" && head.authority?.isEmpty == false, "another authority")
        try FieldBlock.request.check(headers)
        let names = fields.map(\.0)
        let framing = ["content-length", "transfer-encoding", "connection", "upgrade", "expect", "host"]
        try require(!names.contains { framing.contains($0) }, "a field that changes the framing is taken")
        try require(
            fields.allSatisfy { !$0.1.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" } }, "controls are taken")
        try require(Set(names.filter { $0.hasPrefix(":") }).count == 4, "other pseudo fields")
        guard request.isPlain else { return "request" }
        try require(!names.contains { ["cookie", "range", "if-match"].contains($0) }, "it is not plain")
        let tags = fields.filter { $0.0 == "if-none-match" }.map(\.1)
        let tag = request.ifNoneMatch.map { String(decoding: scratch.contents[$0].map { $0 }, as: UTF8.self) }
        try require(tags.count <= 1 && tags.first == tag, "another condition: \(tag ?? "none")")
        return "plain \(tag == nil) \(request.isHead)"
    }
}

/// Keeps what comes through, and ends the connection at an error as the server does.
private final class FrameRecorder: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    var seen: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        seen.append("\(unwrapInboundIn(data))")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

private struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_790_000_000) }
}

private func frameTarget() -> FuzzTarget {
    FuzzTarget(
        "h2-frames", maximumBytes: 1024,
        bytes: [
            [0, 0, 0, 1, 0, 0, 9, 0], [0, 0, 0, 5, 1, 65, 66, 0, 0, 6, 0, 0, 8],
            [13, 0, 20, 0, 0, 7, 0, 1, 10, 4, 3, 0], [0, 4, 1] + Array("accept\u{0}*/*\u{0}".utf8) + [0, 12, 6, 1],
        ],
        words: ":method :path cookie GET POST / te trailers"
    ) { input in
        let bytes = StreamFrames.connection(describedBy: input)
        // A lane that knows nothing hands on every frame, in order, and writes none. What is malformed to NIO, which then ends
        // the connection, comes through neither way.
        let lane = Lane(
            cache: ResponseCache(bytes: 1 << 16), metrics: HTTPMetrics(Metrics()), log: nil, clock: StoppedClock())
        let checked = try exchange(Bytes.chunks(bytes), lane: nil, isChecked: true)
        let without = try exchange(Bytes.chunks(bytes), lane: nil)
        let with = try exchange(Bytes.chunks(bytes), lane: lane)
        try require(
            without.seen.starts(with: checked.seen) && without.sent.starts(with: checked.sent),
            "by NIO's rules: \(checked); by ours: \(without)")
        try require(without.seen == with.seen, "without the lane: \(without.seen); with it: \(with.seen)")
        try require(without.sent == with.sent, "without the lane: \(without.sent); with it: \(with.sent)")
        return "\(with.seen.prefix(12).map { kind($0) }.joined(separator: " ")) \(with.sent.count / 32)"
    }
}

/// What a frame is, out of its description.
private func kind(_ frame: String) -> Substring {
    frame.split(separator: "FramePayload.", maxSplits: 1).last?.prefix { $0 != "(" } ?? ""
}

private func exchange(
    _ pieces: [ArraySlice<UInt8>], lane: Lane?, isChecked: Bool = false
) throws -> (seen: [String], sent: [UInt8]) {
    let recorder = FrameRecorder()
    let channel = EmbeddedChannel()
    let stack = StreamStack(limits: ConnectionLimits(), observer: ConnectionObserver(), lane: lane)
    var handlers = stack.handlers(on: channel) {}
    if isChecked {
        var configuration = stack.connectionConfiguration
        configuration.headerBlockValidation = .enabled
        handlers[1] = NIOHTTP2Handler(
            mode: .server, connectionConfiguration: configuration, streamConfiguration: stack.streamConfiguration)
    }
    try channel.pipeline.syncOperations.addHandlers(handlers + [recorder])
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    for piece in pieces where channel.isActive { _ = try? channel.writeInbound(ByteBuffer(bytes: piece)) }
    var sent: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
    _ = try? channel.finish()
    return (recorder.seen, sent)
}
