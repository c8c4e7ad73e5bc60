import CScheduling
import Glibc
import Synchronization

/// How the system shares processors between the threads that answer and those that publish.
///
/// Where they share one, a publish's threads have a dozen short pieces of work each, and the scheduler would let a row of
/// them run before it is an event loop's turn again: the longer it ran before, the more of them. So event loops have short
/// turns, end them by themselves while a publish is under way, and weigh more. All of it is a wish: where the system grants
/// none, all is as before.
package enum ThreadTurns {
    /// How much nicer threads are that others do not wait for.
    ///
    /// They have a third of an event loop's share where both want all of a processor, and all of it where nobody else does.
    private static let niceness: Int32 = 5
    /// The shortest turn that Linux grants.
    private static let shortest: UInt64 = 100_000
    private static let scope = __priority_which_t(PRIO_PROCESS.rawValue)

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let outcome = pthread_key_create(&key, nil)
        precondition(outcome == 0, "The process has no keys for threads left.")
        return key
    }()

    /// Lets the current thread have short turns, and soon: an event loop, which has little to do for each of many.
    package static func beShort() {
        _ = hallmark_set_turn(getpriority(scope, 0), shortest)
    }

    /// Does a piece of work that steps back behind those that answer, and so does all that the current thread does later.
    /// - Parameter work: What to do; it is counted as under way until it returns or throws.
    /// - Returns: What it returns.
    /// - Throws: What it throws.
    package static func behind<Value, Failure: Error>(_ work: () throws(Failure) -> Value) throws(Failure) -> Value {
        stepBack()
        return try underWay.with(work)
    }

    /// Whether a thread that has stepped back has work, or waits for the disk with it.
    ///
    /// Neither more nor less than that: where the answer is late, a turn is passed on for nothing, or a little later.
    package static var isAnyoneBehind: Bool { underWay.isAny }

    /// Lets whoever waits for the processor of the current thread have it for a turn (sched_yield(2)).
    package static func pass() {
        sched_yield()
    }

    private static let underWay = WorkUnderWay()

    private static func stepBack() {
        guard pthread_getspecific(key) == nil else { return }
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1))
        // On Linux this is the thread's own, where POSIX has one for the process.
        setpriority(scope, 0, getpriority(scope, 0) + niceness)
    }
}

/// How many pieces of work are under way, on whatever threads.
package struct WorkUnderWay: ~Copyable, Sendable {
    private let count = Atomic(0)

    /// Nothing is.
    package init() {}

    /// Whether any is, as far as the current thread can see without waiting for others.
    package var isAny: Bool { count.load(ordering: .relaxed) > 0 }

    /// Does a piece of work, which counts until it returns or throws.
    /// - Parameter work: What to do.
    /// - Returns: What it returns.
    /// - Throws: What it throws.
    package func with<Value, Failure: Error>(_ work: () throws(Failure) -> Value) throws(Failure) -> Value {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        return try work()
    }
}
