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
    private let waiting = Mutex(0)

    /// Starts the threads.
    ///
    /// `capacity` is how many pieces of work may wait or run at once.
    package init(name: String, threads count: Int, capacity: Int) {
        self.name = name
        self.capacity = capacity
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    /// Runs `work` on one of the threads.
    ///
    /// Throws ``Problem/Code/overloaded`` where the queue is full, and what the work throws.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < capacity else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else {
            throw Problem(.overloaded, "The server is busy. Try again in a moment.", diagnostic: "pool \(name) is full")
        }
        defer { waiting.withLock { $0 -= 1 } }
        return try await threads.runIfActive { try work() }
    }

    package func proceed<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        waiting.withLock { $0 += 1 }
        defer { waiting.withLock { $0 -= 1 } }
        return try await threads.runIfActive { try work() }
    }

    /// How many pieces of work wait or run.
    package var load: Int { waiting.withLock { $0 } }

    /// Ends the threads once their work is done.
    package func shutdown() async throws {
        try await threads.shutdownGracefully()
    }
}
