package import RegistryModel
import Synchronization

/// A clock that a test moves by hand; it begins on 2026-01-01.
package final class ManualClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_767_225_600))

    /// Makes a clock.
    package init() {}

    package func now() -> Timestamp { time.withLock { $0 } }

    /// Moves the time forward, or back where `seconds` is negative.
    package func advance(bySeconds seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}
