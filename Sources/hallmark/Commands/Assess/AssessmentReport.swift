import Client
import Response

/// An assessment for people: levels first, then what was seen.
struct AssessmentReport {
    private let scorecard: Scorecard
    /// Whether a copy was tried, and not only what is shown to everybody.
    private let isWhole: Bool
    /// What the instance says of itself, where that is not what was tried here.
    private let claim: String?
    /// Why no copy was tried although one was asked for; the evidence of what would have been.
    private let untried: String?

    /// What is not asked for yet: it comes with attestations.
    private static let pending: Set<String> = ["AUTHZ-3.3"]

    init(_ scorecard: Scorecard, isWhole: Bool, claim: String? = nil, untried: String? = nil) {
        self.claim = claim
        self.untried = untried
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

    /// Each capability with what was seen, by track, and the levels at the end, where a reader at a terminal looks.
    ///
    /// Lines end before the 80th column, as it is read in mails and logs too. It has no colours: the words say it.
    var text: String {
        var lines = ["Assessed \(scorecard.instance), version \(Refusal.clean(scorecard.version))"]
        for track in Track.allCases { lines += [""] + section(track) }
        lines += ["", "Levels"]
        for track in Track.allCases {
            let level = Self.wrap("level \(scorecard.level(of: track)) of 3\(missing(track))", indent: 19)
            lines.append("  \(Self.pad(track.title, 16)) " + (level.first ?? "").dropFirst(19))
            lines += level.dropFirst()
        }
        if let count = scorecard.operatorTokens {
            let tokens =
                count == 1 ? "1 operator token is live; it needs" : "\(count) operator tokens are live; they need"
            lines += ["", "\(tokens) no second factor."]
        }
        if let claim { lines += [""] + Self.wrap("The instance says of itself: \(Refusal.clean(claim)).") }
        return (lines + [""] + Self.wrap(ending)).joined(separator: "\n")
    }

    private var ending: String {
        if let untried { return "No copy was tried, and nothing was kept: \(untried)." }
        return isWhole
            ? "Shown at \(scorecard.instance)/security/scorecard too."
            : "Only what the instance shows to everybody was looked at. With --data a copy of it is tried."
    }

    /// What a track's next level lacks.
    private func missing(_ track: Track) -> String {
        let next = scorecard.level(of: track) + 1
        let ids = Capability.all.filter { $0.track == track && $0.level == next }.map(\.id)
            .filter { scorecard.result(of: $0)?.outcome != .pass }
        return ids.isEmpty ? "" : "; level \(next) lacks \(ids.joined(separator: ", "))"
    }

    /// One track: a line for each capability, and below it what was seen.
    ///
    /// What nobody looked at takes no more than its line.
    private func section(_ track: Track) -> [String] {
        [track.title]
            + Capability.all.filter { $0.track == track }.flatMap { capability -> [String] in
                guard let result = scorecard.result(of: capability.id) else { return [] }
                let head =
                    "  \(Self.pad(result.outcome.rawValue, 8)) \(Self.pad(capability.id, 10)) \(capability.title)"
                let short = "\(head) (\(result.evidence == untried ? "no copy was tried" : result.evidence))"
                guard result.outcome != .unknown || short.count > 79 else { return [short] }
                return [head] + Self.wrap(Refusal.clean(result.evidence), indent: 22)
            }
    }

    /// Text in lines of at most 79 characters; a longer word has a line of its own.
    private static func wrap(_ text: String, indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > 79 {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [margin + line]
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
