/// Waits until something holds of which no event tells, and lets others work meanwhile.
///
/// - Parameter condition: What is to hold; asked every millisecond.
/// - Throws: `CancellationError` where the test's time is over, so that a wait in vain is a failure and not a hang.
package func waitUntil(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}

/// How long a test waits for what should come at once before it takes it for lost.
///
/// It tells a hang from an answer and says nothing about speed: a busy machine can take minutes for what takes
/// milliseconds otherwise.
package let hangLimit = Duration.seconds(300)
