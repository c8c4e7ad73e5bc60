/// How long a test waits for what should come at once before it takes it for lost.
///
/// It tells a hang from an answer and says nothing about speed: a busy machine can take minutes for what takes
/// milliseconds otherwise.
package let hangLimit = Duration.seconds(300)

/// What a test waited for and did not get.
package struct WaitedInVain: Error, CustomStringConvertible {
    /// What was to hold or to come.
    package let what: String

    package var description: String { "waited for \(hangLimit) in vain: \(what)" }
}

/// Waits until something holds of which no event tells, and lets others work meanwhile.
///
/// - Parameters:
///   - what: What is to hold, for whoever reads that it never did.
///   - pause: How long nobody asks after each answer.
///   - condition: Asks.
/// - Throws: ``WaitedInVain`` after ``hangLimit``, `CancellationError` where the test's time is over before, so that a wait in
///   vain is a failure and not a hang; what `condition` throws.
package func waitUntil(
    _ what: String, every pause: Duration = .milliseconds(1), _ condition: () async throws -> Bool
) async throws {
    try await waitFor(what, every: pause) { try await condition() ? () : nil }
}

/// Waits for something to be there of which no event tells, and lets others work meanwhile.
///
/// - Parameters:
///   - what: What is to come, for whoever reads that it never did.
///   - pause: How long nobody looks after each look.
///   - value: Looks for it; nil where it is not there.
/// - Returns: It.
/// - Throws: As ``waitUntil(_:every:_:)``.
@discardableResult
package func waitFor<Value>(
    _ what: String, every pause: Duration = .milliseconds(1), _ value: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + hangLimit
    while true {
        if let value = try await value() { return value }
        guard ContinuousClock.now < end else { throw WaitedInVain(what: what) }
        try await Task.sleep(for: pause)
    }
}
