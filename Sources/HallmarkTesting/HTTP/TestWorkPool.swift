import NIOPosix
import RegistryModel
import Synchronization

/// Threads for a test, whose queue is full when the test says so.
package final class TestWorkPool: WorkPool {
    private let isFull = Atomic(false)

    /// Makes a pool that takes work.
    package init() {}

    /// Refuses new work from now on, or takes it again.
    package func setFull(_ value: Bool) { isFull.store(value, ordering: .relaxed) }

    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard !isFull.load(ordering: .relaxed) else { throw Problem(.overloaded, "The pool is full.") }
        return try await proceed(work)
    }

    package func proceed<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive { try work() }
    }
}
