import NIOPosix
import Synchronization

/// Threads for blocking work, with a bounded number of jobs waiting for them.
final class BoundedPool: Sendable {
    private struct State {
        var jobs = 0
        var isOpen = true
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    private let threads: NIOThreadPool
    private let limit: Int
    private let state = Mutex(State())

    /// Starts `threads` threads; `waiting` jobs may wait for one.
    init(threads count: Int, waiting: Int) {
        threads = NIOThreadPool(numberOfThreads: count)
        limit = count + waiting
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// Admits a job and runs it on one of the threads.
    ///
    /// Cancelling the task does not take it back.
    /// - Throws: ``SQLFault/overloaded``, or what `body` throws.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try admit()
        defer { finish() }
        return try await perform(body)
    }

    /// Admits a job that runs in several steps; ``finish()`` must follow.
    func admit() throws(SQLFault) {
        try state.withLock { state throws(SQLFault) in
            guard state.isOpen else { throw .shutDown }
            guard state.jobs < limit else { throw .overloaded }
            state.jobs += 1
        }
    }

    /// Runs a step of an admitted job on one of the threads.
    func perform<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            threads.submit { job in
                guard job == .active else { return continuation.resume(throwing: SQLFault.shutDown) }
                continuation.resume(with: Result(catching: body))
            }
        }
    }

    /// Refuses new jobs and returns when the accepted ones are done.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isOpen = false
                if state.jobs > 0 { state.idle.append(continuation) }
                return state.jobs == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Ends an admitted job.
    func finish() {
        let idle = state.withLock { state in
            state.jobs -= 1
            guard state.jobs == 0, !state.isOpen else { return [] as [CheckedContinuation<Void, Never>] }
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in idle { continuation.resume() }
    }
}
