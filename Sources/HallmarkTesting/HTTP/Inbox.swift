import NIOCore
import Synchronization

/// What came over a connection and was not read yet.
final class Inbox: Sendable {
    enum Change {
        case bytes, closed, timeout
    }

    fileprivate struct State {
        var bytes: [UInt8] = []
        /// What stands before was read.
        var start = 0
        var fresh = false
        var isClosed = false
        var waiter: CheckedContinuation<Change, Never>?
    }

    private let state = Mutex(State())

    /// What is there, as text, for messages.
    var seen: String { state.withLock { String(decoding: $0.bytes[$0.start...], as: UTF8.self) } }

    func append(_ bytes: ByteBufferView) {
        let waiter = state.withLock { state in
            state.bytes.append(contentsOf: bytes)
            state.fresh = state.waiter == nil
            return state.takeWaiter()
        }
        waiter?.resume(returning: .bytes)
    }

    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.takeWaiter()
        }
        waiter?.resume(returning: .closed)
    }

    func giveUp() {
        state.withLock { $0.takeWaiter() }?.resume(returning: .timeout)
    }

    /// Waits for the next change.
    ///
    /// Bytes that came since the last call count as one.
    func change() async -> Change {
        await withCheckedContinuation { continuation in
            let immediate: Change? = state.withLock { state in
                if state.fresh {
                    state.fresh = false
                    return .bytes
                }
                if state.isClosed { return .closed }
                state.waiter = continuation
                return nil
            }
            if let immediate { continuation.resume(returning: immediate) }
        }
    }

    func take(_ count: Int) -> [UInt8]? {
        state.withLock { state in
            let end = state.start + count
            guard state.bytes.count >= end else { return nil }
            defer { state.skip(to: end) }
            return Array(state.bytes[state.start..<end])
        }
    }

    func take(through mark: [UInt8]) -> [UInt8]? {
        state.withLock { state in
            guard let end = state.bytes[state.start...].firstRange(of: mark)?.upperBound else { return nil }
            defer { state.skip(to: end) }
            return Array(state.bytes[state.start..<end])
        }
    }

    func takeAll() -> [UInt8] {
        state.withLock { state in
            defer { state.skip(to: state.bytes.count) }
            return Array(state.bytes[state.start...])
        }
    }
}

extension Inbox.State {
    /// Moving what is left costs too much to be done each time.
    fileprivate mutating func skip(to end: Int) {
        start = end
        guard start > 1 << 16 || start == bytes.count else { return }
        bytes.removeFirst(start)
        start = 0
    }

    fileprivate mutating func takeWaiter() -> CheckedContinuation<Inbox.Change, Never>? {
        defer { waiter = nil }
        return waiter
    }
}

/// Puts what arrives into an inbox, after it has sent a greeting.
final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let inbox: Inbox
    private let greeting: String

    init(inbox: Inbox, greeting: String) {
        self.inbox = inbox
        self.greeting = greeting
    }

    func channelActive(context: ChannelHandlerContext) {
        if !greeting.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.append(unwrapInboundIn(data).readableBytesView)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { inbox.close() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.close()
        context.close(promise: nil)
    }
}
