import NIOCore

/// Measures how long the server waits for the bytes of a body.
///
/// Time counts only while the server wants to read and nothing arrives: a handler that takes its time, or a client that
/// waits for `100 Continue`, is no slow client.
struct BodyClock {
    private let pause: TimeAmount
    private let grace: TimeAmount
    private let bytesPerSecond: Int
    private var waitingSince: NIODeadline?
    private var waited = TimeAmount.zero
    private var bytes = 0
    private(set) var isRunning = false
    private var wantsBytes = false

    init(limits: ConnectionLimits) {
        pause = TimeAmount(limits.bodyPause)
        grace = TimeAmount(limits.bodyGrace)
        bytesPerSecond = limits.bodyBytesPerSecond
    }

    /// How often it has to be looked at.
    var interval: Duration { .nanoseconds(max(20_000_000, min(pause, grace).nanoseconds / 4)) }

    /// A body begins, or may begin now that the client was told to go on.
    mutating func start(at now: NIODeadline) {
        isRunning = true
        bytes = 0
        waited = .zero
        waitingSince = wantsBytes ? now : nil
    }

    mutating func stop() {
        isRunning = false
        waitingSince = nil
    }

    /// The reader asks for more.
    mutating func readRequested(at now: NIODeadline) {
        wantsBytes = true
        if isRunning, waitingSince == nil { waitingSince = now }
    }

    /// A head arrived: the read that brought it is done.
    mutating func headArrived() {
        wantsBytes = false
    }

    /// Bytes arrived.
    mutating func arrived(_ count: Int, at now: NIODeadline) {
        wantsBytes = false
        bytes += count
        if let since = waitingSince { waited = waited + (now - since) }
        waitingSince = nil
    }

    /// Whether the client is too slow.
    func isTooSlow(at now: NIODeadline) -> Bool {
        guard isRunning, let since = waitingSince else { return false }
        let current = now - since
        guard current < pause else { return true }
        let total = waited + current
        guard total > grace else { return false }
        let (demanded, overflow) = bytesPerSecond.multipliedReportingOverflow(by: Int(total.nanoseconds / 1_000_000))
        return !overflow && bytes < demanded / 1000
    }
}
