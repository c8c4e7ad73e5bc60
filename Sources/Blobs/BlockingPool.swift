import NIOPosix
import RegistryModel
import Synchronization

/// A bounded pool of named threads for work that blocks: disk, fsync, hashing, C libraries.
///
/// Tasks of Swift's cooperative pool never block; they hand the work to a pool and wait. A pool whose queue is full
/// refuses at once, so that overload shows as an answer and not as a growing queue.
package final class BlockingPool: WorkPool {
    private let threads: NIOThreadPool
    /// What the threads are for.
    package let name: String
    private let capacity: Int
    private let stepsBack: Bool
    private let waiting = Mutex(0)

    /// Starts the threads.
    /// - Parameters:
    ///   - name: What they are for.
    ///   - count: How many.
    ///   - capacity: How many pieces of work may wait or run at once.
    ///   - stepsBack: Whether they let event loops go first where they share a processor, see ``ThreadTurns``.
    package init(name: String, threads count: Int, capacity: Int, stepsBack: Bool = false) {
        self.name = name
        self.capacity = capacity
        self.stepsBack = stepsBack
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    /// Runs `work` on one of the threads, at once where the caller's is one of them (see ``enqueue(_:)``).
    ///
    /// Throws ``Problem/Code/overloaded`` where the queue is full, and what the work throws.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        if BlockingThread.belongs(to: self) {
            // This task is one of those that are counted.
            guard load <= capacity else { throw overload }
            return try work()
        }
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < capacity else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw overload }
        defer { waiting.withLock { $0 -= 1 } }
        return try await hand(work)
    }

    private func hand<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await threads.runIfActive { [stepsBack] in stepsBack ? try ThreadTurns.behind(work) : try work() }
    }

    package func proceed<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        if BlockingThread.belongs(to: self) { return try work() }
        waiting.withLock { $0 += 1 }
        defer { waiting.withLock { $0 -= 1 } }
        return try await hand(work)
    }

    private var overload: Problem {
        Problem(.overloaded, "The server is busy. Try again in a moment.", diagnostic: "pool \(name) is full")
    }

    /// How many pieces of work and of tasks wait or run.
    package var load: Int { waiting.withLock { $0 } }

    /// Ends the threads once their work is done.
    package func shutdown() async throws {
        try await threads.shutdownGracefully()
    }
}

/// Whole tasks on the threads of the pool.
///
/// What does much that blocks, one piece after the other, prefers the pool as its executor: then each piece is done where
/// the task already is, instead of waking a thread of the pool and being woken by it every time. Such a task holds a
/// thread only while it works, not while it waits for a client. Where too many of them wait for a thread, the next piece of
/// work that one of them asks for is refused.
extension BlockingPool: TaskExecutor {
    /// Runs the next piece of a task that prefers this pool, on one of its threads.
    ///
    /// For the runtime only. It never refuses, as a task that is not run can never end; ``run(_:)`` does.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        waiting.withLock { $0 += 1 }
        threads.submit { [self] _ in
            BlockingThread.mark(as: self)
            let executor = asUnownedTaskExecutor()
            if stepsBack {
                ThreadTurns.behind { job.runSynchronously(on: executor) }
            } else {
                job.runSynchronously(on: executor)
            }
            waiting.withLock { $0 -= 1 }
        }
    }
}
