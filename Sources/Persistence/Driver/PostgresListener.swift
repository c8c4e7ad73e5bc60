import Foundation
package import Logging
import Synchronization

/// Follows the channel `hallmark` on a connection and a thread of its own.
///
/// A node that caches drops everything at ``Event/restored`` and at ``Event/lost``, and does not trust its cache while
/// ``isListening`` is false: what is sent while nobody listens is not repeated. A silent connection is probed, so that
/// a loss which the network does not report is noticed `heartbeat` and about three seconds later.
package final class PostgresListener: Sendable {
    /// What happened on the channel.
    package enum Event: Hashable, Sendable {
        /// A transaction that sent this payload was committed.
        case notification(String)
        /// The connection was lost; notifications may have been missed.
        case lost
        /// Notifications arrive from here on, for the first time or again.
        case restored
    }

    private struct State {
        var isListening = false
        var isStopped = false
        var isDone = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let settings: PostgresSettings
    private let logger: Logger
    private let heartbeat: Int32
    private let handler: @Sendable (Event) -> Void
    private let state = Mutex(State())
    private let wake: WakePipe

    /// Starts to listen.
    ///
    /// ``shutdown()`` must follow: the thread keeps the listener alive.
    /// - Parameters:
    ///   - url: As for ``PostgresDriver``.
    ///   - heartbeat: Milliseconds of silence before the connection is probed.
    ///   - logger: Hears why the server cannot be reached.
    ///   - handler: Called on the listener's thread, one event after the other; it must be quick.
    /// - Throws: ``SQLFault/other(code:message:)`` when the URL is not valid.
    package init(
        url: String, heartbeat: Int32 = 1000, logger: Logger = Logger(label: "hallmark.postgres"),
        handler: @escaping @Sendable (Event) -> Void
    ) throws(SQLFault) {
        settings = try PostgresSettings(
            url: url, connectTimeout: 3, statementTimeout: 3, lockTimeout: 3, networkTimeout: 3)
        wake = try WakePipe()
        self.logger = logger
        self.heartbeat = heartbeat
        self.handler = handler
        let thread = Thread { self.run() }
        thread.name = "hallmark-listen"
        thread.start()
    }

    /// Whether notifications are arriving, as far as is known.
    package var isListening: Bool { state.withLock(\.isListening) }

    /// Stops listening; no event follows its return.
    package func shutdown() async {
        state.withLock { $0.isStopped = true }
        wake.signal()
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if !state.isDone { state.waiters.append(continuation) }
                return state.isDone
            }
            if isDone { continuation.resume() }
        }
    }
}

// The thread.
extension PostgresListener {
    private var isStopped: Bool { state.withLock(\.isStopped) }

    private func run() {
        var pause: Int32 = 50
        while !isStopped {
            if let session = connect() {
                pause = 50
                state.withLock { $0.isListening = true }
                handler(.restored)
                follow(session)
                state.withLock { $0.isListening = false }
                if !isStopped { handler(.lost) }
            }
            if !isStopped { wake.wait(milliseconds: Int32.random(in: pause / 2...pause)) }
            pause = min(pause * 2, 3000)
        }
        let waiters = state.withLock { state in
            state.isDone = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func connect() -> PostgresSession? {
        do {
            let session = try PostgresSession(settings, logger: logger)
            try session.command("LISTEN hallmark")
            return session
        } catch {
            let reason = (error as? PostgresFailure)?.fault ?? error
            logger.warning("Cannot listen for changes in PostgreSQL.", metadata: ["reason": "\(reason)"])
            return nil
        }
    }

    /// Hands notifications on until the connection is lost or the listener is stopped.
    private func follow(_ session: PostgresSession) {
        while !isStopped {
            if wake.wait(milliseconds: heartbeat, or: session.socket) == .silence {
                guard (try? session.command("SELECT 1")) != nil else { return }
            }
            guard let payloads = session.notifications() else { return }
            for payload in payloads { handler(.notification(payload)) }
        }
    }
}
