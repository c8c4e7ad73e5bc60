/// What one round of load brought.
struct LoadOutcome: Hashable {
    /// Requests that were answered as they should be.
    var requests = 0
    /// Publishes that were answered beside them, where they are not what is counted.
    var publishes = 0
    var seconds = 0.0
    /// Bytes that were received.
    var bytes = 0
    /// Milliseconds within which half and nearly all requests were answered.
    var p50 = 0.0
    var p99 = 0.0
    /// What went wrong; a round with any is not counted.
    var faults: [String] = []
}
