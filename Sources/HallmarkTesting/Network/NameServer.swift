import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A name server on the loopback address, over UDP and TCP, that answers with what a test put into its zone.
///
/// It knows one zone and the types that a validating resolver asks for. Names outside the zone are refused, as by a server
/// that is responsible for nothing else.
package final class NameServer: Sendable {
    /// Where it listens, for both protocols.
    package let port: Int
    private let zone: Mutex<NameZone>
    private let datagrams: any Channel
    private let streams: any Channel

    /// Starts one; ``stop()`` ends it.
    package init(_ zone: NameZone) async throws {
        let box = ZoneBox()
        let port = Int(try FreePort.take())
        let group = MultiThreadedEventLoopGroup.singleton
        datagrams = try await DatagramBootstrap(group: group).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(DatagramAnswers(box))
            }
        }.bind(host: "127.0.0.1", port: port).get()
        streams = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(StreamAnswers(box))
            }
        }.bind(host: "127.0.0.1", port: port).get()
        self.port = port
        self.zone = Mutex(zone)
        box.answer.withLock { $0 = { [weak self] query in self?.answer(query) ?? [] } }
    }

    /// Changes the zone.
    package func change(_ body: (inout NameZone) -> Void) {
        zone.withLock { body(&$0) }
    }

    /// Stops listening.
    package func stop() async throws {
        try await datagrams.close()
        try await streams.close()
    }

    private func answer(_ query: [UInt8]) -> [UInt8] {
        zone.withLock { $0.answer(query) }
    }
}

/// What the handlers ask; it is there before the server is.
private final class ZoneBox: Sendable {
    let answer = Mutex<@Sendable ([UInt8]) -> [UInt8]>({ _ in [] })

    func callAsFunction(_ query: [UInt8]) -> [UInt8] { answer.withLock { $0 }(query) }
}

/// One answer a datagram.
private final class DatagramAnswers: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let zone: ZoneBox

    init(_ zone: ZoneBox) { self.zone = zone }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let query = unwrapInboundIn(data)
        let answer = zone(Array(query.data.readableBytesView))
        guard !answer.isEmpty else { return }
        let envelope = AddressedEnvelope(remoteAddress: query.remoteAddress, data: ByteBuffer(bytes: answer))
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }
}

/// Answers with their lengths before them.
private final class StreamAnswers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let zone: ZoneBox
    private var pending: [UInt8] = []

    init(_ zone: ZoneBox) { self.zone = zone }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += unwrapInboundIn(data).readableBytesView
        while pending.count >= 2 {
            let length = Int(pending[0]) << 8 | Int(pending[1])
            guard pending.count >= 2 + length else { return }
            let answer = zone(Array(pending[2..<2 + length]))
            pending.removeFirst(2 + length)
            let head = [UInt8(answer.count >> 8), UInt8(answer.count & 0xFF)]
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: head + answer)), promise: nil)
        }
    }
}
