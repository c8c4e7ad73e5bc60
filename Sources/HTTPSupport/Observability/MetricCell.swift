import Synchronization

/// One writer's share of a counter's series, so that writers on different event loops do not wait for one another.
///
/// Written on one event loop only; read from anywhere.
final class MetricCell: Sendable {
    private let count = Atomic<UInt64>(0)

    /// What was counted.
    var value: UInt64 { count.load(ordering: .relaxed) }

    /// Counts one more.
    @inline(__always)
    func increment() {
        // No read-modify-write: there is no other writer.
        count.store(count.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }
}

/// One writer's share of a histogram's series: values that fall into the first bucket.
///
/// Written on one event loop only; read from anywhere.
final class MetricFastCell: Sendable {
    private let count = Atomic<UInt64>(0)
    private let nanoseconds = Atomic<UInt64>(0)

    /// How many values there were, and their sum in seconds.
    var values: (count: UInt64, sum: Double) {
        (count.load(ordering: .relaxed), Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
    }

    /// Counts a value.
    @inline(__always)
    func add(nanoseconds more: UInt64) {
        count.store(count.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        nanoseconds.store(nanoseconds.load(ordering: .relaxed) &+ more, ordering: .relaxed)
    }
}
