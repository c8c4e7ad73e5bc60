import Synchronization

/// Whether it makes sense to try another connection to a server.
///
/// A server that refuses does so at once, and everybody may ask. One that does not answer at all (its machine is gone, a
/// firewall drops what is sent) holds a thread for the whole time limit: then one closure at a time tries, at most once
/// in a second, and the others are told at once instead of waiting for their turn to wait.
final class ServerReach: Sendable {
    private struct State {
        var isSilent = false
        var isTrying = false
        var next = ContinuousClock.now
    }

    /// A failure that took longer is a silence.
    private static let patience = Duration.seconds(1)
    private let state = Mutex(State())

    /// Whether the caller may try now; ``ended(connected:after:)`` must follow then.
    func begin() -> Bool {
        state.withLock { state in
            guard state.isSilent else { return true }
            guard !state.isTrying, .now >= state.next else { return false }
            state.isTrying = true
            return true
        }
    }

    /// Takes in how an attempt ended and how long it took.
    func ended(connected: Bool, after time: Duration) {
        state.withLock { state in
            state.isTrying = false
            state.isSilent = !connected && time >= Self.patience
            state.next = .now + Self.patience
        }
    }
}
