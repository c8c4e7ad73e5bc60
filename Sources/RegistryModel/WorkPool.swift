/// A bounded number of threads for work that blocks or computes for long, with a bounded queue before them.
///
/// Tasks hand such work over and wait, so that the threads that answer requests never do it themselves.
package protocol WorkPool: Sendable {
    /// Runs `work` on one of the threads.
    ///
    /// Throws ``Problem/Code/overloaded`` at once where the queue is full, and what the work throws.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value

    /// Runs the next piece of something that ``run(_:)`` admitted before, however long the queue is.
    ///
    /// An answer whose head is on its way cannot be refused any more. Whoever uses it has at most a few pieces waiting at
    /// a time, so that the number of connections bounds the queue.
    func proceed<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
}
