import NIOCore

/// Tells ``HTTP1Wire`` that bytes arrived, before the decoder looks at them: a head that is not complete is seen by
/// nobody else.
final class ByteTap: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let wire: HTTP1Wire

    init(wire: HTTP1Wire) {
        self.wire = wire
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wire.bytesArrived(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        wire.readCompleted()
        context.fireChannelReadComplete()
    }
}
