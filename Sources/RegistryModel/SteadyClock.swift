import Synchronization

/// A clock that does not go back when the system's clock is set back a little.
///
/// It stands still then (but for a microsecond with each answer) until the time has come up, so that what is written later
/// also bears a later time. A clock that is set back by more than ``patience`` was wrong before, and is followed.
package final class SteadyClock: WallClock {
    /// For how many seconds it stands still at most.
    package static let patience: Int64 = 300

    private let base: any WallClock
    private let last = Mutex(Int64.min)

    /// Steadies `base`.
    package init(_ base: any WallClock) {
        self.base = base
    }

    package func now() -> Timestamp {
        let fresh = base.now().microseconds
        return last.withLock { last in
            let isSetBack = fresh <= last && last.subtractingReportingOverflow(fresh).partialValue <= Self.limit
            last = isSetBack ? last + 1 : fresh
            return Timestamp(microseconds: last)
        }
    }

    private static let limit = patience * 1_000_000
}
