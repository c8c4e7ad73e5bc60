import CScheduling
import Glibc

/// How the system shares processors between the threads that answer and those that publish.
///
/// Where they share one, a publish's threads have a dozen short pieces of work each, and the scheduler would let a row of
/// them run before it is an event loop's turn again. Both calls are wishes: where the system grants none, all is as before.
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

    /// Lets the current thread step back behind those that answer, for as long as it lives.
    ///
    /// Cheap to call again.
    package static func stepBack() {
        guard pthread_getspecific(key) == nil else { return }
        pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1))
        // On Linux this is the thread's own, where POSIX has one for the process.
        setpriority(scope, 0, getpriority(scope, 0) + niceness)
    }
}
