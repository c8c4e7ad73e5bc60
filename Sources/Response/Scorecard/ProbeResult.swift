/// What a probe of one capability found out.
package struct ProbeResult: Hashable, Sendable {
    /// The answer; only the first one counts towards a level.
    package enum Outcome: String, Sendable, CaseIterable {
        case pass, fail
        /// Nobody looked, or the look was stopped.
        case unknown
    }

    /// The longest evidence that is kept.
    package static let longestEvidence = 500

    /// The evidence of a capability that nobody looks at yet.
    package static let noProbe = "no probe yet"

    /// The capability's id.
    package let id: String
    /// The answer.
    package let outcome: Outcome
    /// What was seen, in one line.
    package let evidence: String

    /// Collects a result; the evidence is made one line of bounded length.
    package init(_ id: String, _ outcome: Outcome, _ evidence: String) {
        self.id = id
        self.outcome = outcome
        let line = evidence.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.evidence = String(line.prefix(Self.longestEvidence))
    }
}
