import NIOCore

/// A deadline that moves often and passes rarely.
///
/// Moving it later or taking it away costs no work on the event loop's queue: the task that is scheduled already looks at
/// the deadline when it runs and schedules itself anew. To be used on one event loop only.
final class LazyDeadline {
    private let eventLoop: any EventLoop
    private var action: (() -> Void)?
    private var deadline: NIODeadline?
    private var scheduled: (task: Scheduled<Void>, at: NIODeadline)?

    /// Makes a deadline that calls `action` when it passes.
    init(eventLoop: any EventLoop, action: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.action = action
    }

    /// Sets the deadline to some time from now.
    func set(in duration: Duration) {
        let deadline = NIODeadline.now() + TimeAmount(duration)
        self.deadline = deadline
        if let scheduled, scheduled.at <= deadline { return }
        scheduled?.task.cancel()
        schedule(at: deadline)
    }

    /// Takes the deadline away.
    func clear() {
        deadline = nil
    }

    /// Takes the deadline away for good, so that nothing keeps the owner alive.
    func cancel() {
        deadline = nil
        action = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(at time: NIODeadline) {
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.wake() }
        scheduled = (task, time)
    }

    private func wake() {
        scheduled = nil
        guard let deadline else { return }
        guard NIODeadline.now() >= deadline else { return schedule(at: deadline) }
        self.deadline = nil
        action?()
    }
}
