import Synchronization

/// Between whoever reads a response and whoever sends the request's body: says when the body may go, and when to stop.
final class UploadGate: Sendable {
    private enum Signal {
        case proceed, stop
    }

    private let signals: AsyncStream<Signal>
    private let continuation: AsyncStream<Signal>.Continuation
    private let stopped = Mutex(false)

    init() {
        (signals, continuation) = AsyncStream.makeStream(of: Signal.self)
    }

    /// The server said `100 Continue`.
    func proceed() {
        continuation.yield(.proceed)
    }

    /// The server has answered, or gone: what was not sent need not be.
    func stop() {
        stopped.withLock { $0 = true }
        continuation.yield(.stop)
    }

    /// Whether sending is of no use any more.
    var isStopped: Bool { stopped.withLock { $0 } }

    /// Waits for the server's word, at most for `limit`: a server that does not know the expectation says nothing
    /// ([RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)).
    func wait(atMost limit: Duration) async {
        let timer = Task { [continuation] in
            try await Task.sleep(for: limit)
            continuation.yield(.proceed)
        }
        for await _ in signals { break }
        timer.cancel()
    }
}
