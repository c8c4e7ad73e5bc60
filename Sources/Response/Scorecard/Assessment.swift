/// What pages and the API show about this instance's security: what it is, and what its last assessment found.
package struct Assessment: Sendable {
    /// What the instance says about itself.
    package let facts: InstanceFacts
    /// The last assessment.
    package let scorecards: Scorecards

    /// Collects both.
    package init(facts: InstanceFacts, scorecards: Scorecards) {
        self.facts = facts
        self.scorecards = scorecards
    }

    /// The last assessment, and whether it was of the binary and the policies that run now.
    package func current() async throws -> (scorecard: Scorecard, isCurrent: Bool)? {
        guard let scorecard = try await scorecards.last() else { return nil }
        let binary = try await facts.binaryDigest()
        return (scorecard, scorecard.binary == binary && scorecard.policies == facts.policyDigest)
    }
}
