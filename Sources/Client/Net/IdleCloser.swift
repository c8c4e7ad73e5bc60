import NIOCore

/// Ends a connection on which nothing has moved for a time.
final class IdleCloser: ChannelInboundHandler {
    typealias InboundIn = Never

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.fireErrorCaught(ClientFault("The registry stopped answering. Try again."))
        context.close(promise: nil)
    }
}
