import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Connections of which each comes to its end, also where nobody takes it any more.
///
/// A server that stops may have accepted connections that it does not look at again. The framework lets go of them, and
/// NIO ends the process where a channel is let go of without having been closed. Here such a connection is closed, and then
/// handled as any other that has ended.
struct HeldChannel<Base: ServerChildChannel>: ServerChildChannel {
    /// One connection.
    struct Value: ServerChildChannelValue {
        fileprivate let slot: Slot

        var channel: any Channel { slot.value.channel }
    }

    fileprivate final class Slot: Sendable {
        let base: Base
        let value: Base.Value
        let logger: Logger
        private let isTaken = Atomic(false)

        init(_ base: Base, _ value: Base.Value, _ logger: Logger) {
            self.base = base
            self.value = value
            self.logger = logger
        }

        func take() -> Base.Value {
            isTaken.store(true, ordering: .relaxed)
            return value
        }

        deinit {
            guard !isTaken.load(ordering: .relaxed) else { return }
            Task { [base, value, logger] in
                value.channel.close(promise: nil)
                await base.handle(value: value, logger: logger)
            }
        }
    }

    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).map { [base] in Value(slot: Slot(base, $0, logger)) }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value.slot.take(), logger: logger)
    }
}
