/// How far a long piece of upkeep is.
package struct UpkeepProgress: Hashable, Sendable {
    /// What is being done, in words for people.
    package let phase: String
    /// What is done, in the phase's own unit (bytes where it reads content).
    package let done: Int64
    /// What is to do in all; 0 where that is not known.
    package let total: Int64

    /// Collects the numbers.
    package init(_ phase: String, done: Int64, total: Int64) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}

/// Somebody who watches a long piece of upkeep.
package typealias UpkeepObserver = @Sendable (UpkeepProgress) -> Void
