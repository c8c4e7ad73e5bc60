import NIOCore

/// Joins what is written between two flushes, so that TLS makes few large records of it and not one of every frame's head.
///
/// It also flushes by itself when much has been written: only then does the connection notice that the client does not take
/// it, and those who write can wait.
final class WriteJoiner: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// After so many bytes a flush does not wait for whoever writes.
    private static let mostJoined = 64 << 10
    /// More room than this is given back after a flush.
    private static let keptRoom = 16 << 10

    private var joined = ByteBuffer()
    private var unflushed = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        joined.writeImmutableBuffer(bytes)
        unflushed += bytes.readableBytes
        if let promise { emit(context: context, promise: promise) }
        if unflushed >= Self.mostJoined { flush(context: context) }
    }

    func flush(context: ChannelHandlerContext) {
        emit(context: context, promise: nil)
        unflushed = 0
        context.flush()
        if joined.capacity > Self.keptRoom { joined = ByteBuffer() } else { joined.clear() }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        emit(context: context, promise: nil)
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        joined = ByteBuffer()
    }

    private func emit(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard joined.readableBytes > 0 || promise != nil else { return }
        let bytes = joined
        joined.moveReaderIndex(to: joined.writerIndex)
        context.write(wrapOutboundOut(bytes), promise: promise)
    }
}
