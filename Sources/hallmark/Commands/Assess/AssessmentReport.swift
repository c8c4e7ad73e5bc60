import Response

/// An assessment for people: levels first, then what was seen.
struct AssessmentReport {
    private let scorecard: Scorecard
    /// Whether a copy was tried, and not only what is shown to everybody.
    private let isWhole: Bool

    /// What is not asked for yet: it comes with attestations.
    private static let pending: Set<String> = ["AUTHZ-3.3"]

    init(_ scorecard: Scorecard, isWhole: Bool) {
        self.scorecard = scorecard
        self.isWhole = isWhole
    }

    /// Whether the answer is yes: everything of authentication and authorization that is asked for, or, where only the
    /// outside was looked at, nothing that failed.
    var isGood: Bool {
        guard isWhole else { return !scorecard.results.contains { $0.outcome == .fail } }
        let asked = Capability.all.filter {
            ($0.track == .authentication || $0.track == .authorization) && !Self.pending.contains($0.id)
        }
        return asked.allSatisfy { scorecard.result(of: $0.id)?.outcome == .pass }
    }

    /// A table of levels, then one of capabilities for each track.
    var text: String {
        var lines = ["Assessed \(scorecard.instance), version \(scorecard.version)", ""]
        lines += Track.allCases.map { track in
            "  \(Self.pad(track.title, 16)) level \(scorecard.level(of: track)) of 3"
        }
        for track in Track.allCases {
            lines += ["", track.title]
            for capability in Capability.all where capability.track == track {
                guard let result = scorecard.result(of: capability.id) else { continue }
                lines.append(
                    "  \(Self.pad(capability.id, 10)) \(Self.pad(result.outcome.rawValue, 8)) \(capability.title): \(result.evidence)"
                )
            }
        }
        if let count = scorecard.operatorTokens {
            lines += ["", "\(count) operator token\(count == 1 ? "" : "s") live; they need no second factor."]
        }
        if !isWhole {
            lines += [
                "", "Only what the instance shows to everybody was looked at. With --data a copy of it is tried.",
            ]
        }
        return lines.joined(separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
