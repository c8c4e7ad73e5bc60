import RegistryModel
package import Response

/// What the last assessment of this instance found, and how to run it.
package struct ScorecardPage: PageContent {
    package static let template = "scorecard"

    /// One of the four tracks.
    package struct TrackView: Sendable {
        let anchor: String
        let title: String
        let level: String
        let rows: [Row]
    }

    /// One capability.
    package struct Row: Sendable {
        let id: String
        let title: String
        let level: String
        let mark: StateMark
        let evidence: String
    }

    package let frame: PageFrame
    let hasScorecard: Bool
    let date: DateView?
    let isStale: Bool
    let binary: String?
    let version: String
    let operatorTokens: String?
    /// The level of each track in one line.
    let levels: String
    let tracks: [TrackView]
    let publicURL: String

    /// Describes the page.
    /// - Parameters:
    ///   - scorecard: The last assessment; nil where there was none.
    ///   - isCurrent: Whether it was of the binary and the policies that run now.
    ///   - publicURL: The instance's address.
    package init(_ scorecard: Scorecard?, isCurrent: Bool, publicURL: String) {
        frame = PageFrame(
            title: "Security scorecard", publicURL: publicURL,
            summary: "Which capabilities of the Principles for Package Repository Security this registry has.",
            canonicalPath: "/security/scorecard", section: .policy)
        self.publicURL = publicURL
        hasScorecard = scorecard != nil
        date = scorecard.map { DateView($0.assessedAt) }
        isStale = scorecard != nil && !isCurrent
        binary = scorecard?.binary
        version = scorecard?.version ?? ""
        operatorTokens = scorecard?.operatorTokens.map(Quantity.count)
        levels = scorecard.map(Self.levels) ?? ""
        tracks = scorecard.map { card in Track.allCases.map { Self.view($0, card) } } ?? []
    }

    private static func levels(_ scorecard: Scorecard) -> String {
        Track.allCases.map { "\($0.title) \(scorecard.level(of: $0)) of 3" }.joined(separator: ", ")
    }

    private static func view(_ track: Track, _ scorecard: Scorecard) -> TrackView {
        TrackView(
            anchor: track.rawValue, title: track.title, level: String(scorecard.level(of: track)),
            rows: Capability.all.filter { $0.track == track }.compactMap { capability in
                scorecard.result(of: capability.id).map { result in
                    Row(
                        id: capability.id, title: capability.title, level: String(capability.level),
                        mark: mark(result.outcome), evidence: result.evidence)
                }
            })
    }

    private static func mark(_ outcome: ProbeResult.Outcome) -> StateMark {
        switch outcome {
        case .pass: StateMark(kind: "good", icon: "✓", label: "pass")
        case .fail: StateMark(kind: "stop", icon: "✕", label: "fail")
        case .unknown: StateMark(kind: "quiet", icon: "?", label: "unknown")
        }
    }
}
