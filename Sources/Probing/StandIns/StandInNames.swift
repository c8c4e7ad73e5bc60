import NIOCore
import NIOPosix
import Synchronization

/// A name server over UDP on the loopback address: every domain is there and takes mail, but for those that are abandoned.
final class StandInNames: Sendable {
    /// Where it listens.
    let port: Int
    private let channel: any Channel
    private let abandoned: AbandonedDomains

    /// Starts one.
    init() async throws {
        let abandoned = AbandonedDomains()
        self.abandoned = abandoned
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NameAnswers(abandoned))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { throw ProbeFault("the name server has no port") }
        self.port = port
    }

    /// Lets a domain go: from now on there is no such name.
    func abandon(_ domain: String) { abandoned.names.withLock { _ = $0.insert(domain) } }

    /// Stops listening.
    func stop() async { try? await channel.close() }
}

private final class AbandonedDomains: Sendable {
    let names = Mutex<Set<String>>([])
}

/// One answer a datagram, [RFC 1035 §4](https://www.rfc-editor.org/rfc/rfc1035#section-4).
private final class NameAnswers: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let abandoned: AbandonedDomains

    init(_ abandoned: AbandonedDomains) { self.abandoned = abandoned }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let query = unwrapInboundIn(data)
        guard let answer = answer(Array(query.data.readableBytesView)) else { return }
        let envelope = AddressedEnvelope(remoteAddress: query.remoteAddress, data: ByteBuffer(bytes: answer))
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }

    private func answer(_ query: [UInt8]) -> [UInt8]? {
        guard query.count > 16, let (name, end) = Self.name(query), query.count >= end + 4 else { return nil }
        let kind = UInt16(query[end]) << 8 | UInt16(query[end + 1])
        let isAbandoned = abandoned.names.withLock { gone in gone.contains { name == $0 || name.hasSuffix("." + $0) } }
        let record = isAbandoned ? nil : Self.record(kind)
        let authority: [UInt8] = record == nil ? Self.start : []
        var out = Array(query[0..<2]) + [0x84 | query[2] & 1, isAbandoned ? 0x83 : 0x80]
        out += [0, 1, 0, record == nil ? 0 : 1, 0, authority.isEmpty ? 0 : 1, 0, 0] + query[12..<end + 4]
        if let record {
            out += [0xC0, 12] + query[end..<end + 2] + [0, 1, 0, 0, 0, 0, 0, UInt8(record.count)] + record
        }
        return out + authority
    }

    /// A record of the name that is asked for: an address for documentation (RFC 5737, 3849), or itself as mail server.
    private static func record(_ kind: UInt16) -> [UInt8]? {
        switch kind {
        case 1: [192, 0, 2, 1]
        case 15: [0, 10, 0xC0, 12]
        case 28: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        default: nil
        }
    }

    /// The root's start of authority, which says that the absence may not be kept.
    private static let start: [UInt8] =
        [0, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0] + [UInt8](repeating: 0, count: 20)

    private static func name(_ query: [UInt8]) -> (name: String, end: Int)? {
        var labels: [String] = []
        var place = 12
        while place < query.count {
            let length = Int(query[place])
            place += 1
            if length == 0 { return (labels.joined(separator: ".").lowercased(), place) }
            guard length < 64, place + length <= query.count else { return nil }
            labels.append(String(decoding: query[place..<place + length], as: UTF8.self))
            place += length
        }
        return nil
    }
}
