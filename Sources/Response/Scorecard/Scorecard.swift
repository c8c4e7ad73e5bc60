package import RegistryModel

/// What an assessment of an instance found: a result for each of the 32 capabilities, and the levels that follow.
package struct Scorecard: Hashable, Sendable {
    /// When the assessment ended.
    package let assessedAt: Timestamp
    /// The address that was assessed.
    package let instance: String
    /// The version that the instance shows.
    package let version: String
    /// The SHA-256 of the binary that was assessed, where it is known.
    package let binary: String?
    /// The digest of the policies that were assessed, where it is known.
    package let policies: String?
    /// How many operator tokens were live, where that could be counted.
    package let operatorTokens: Int64?
    /// A result for every capability, in the order of ``Capability/all``.
    package let results: [ProbeResult]

    /// Collects an assessment; capabilities without a result are unknown.
    package init(
        assessedAt: Timestamp, instance: String, version: String, binary: String?, policies: String?,
        operatorTokens: Int64?, results: [ProbeResult]
    ) {
        self.assessedAt = assessedAt
        self.instance = instance
        self.version = version
        self.binary = binary
        self.policies = policies
        self.operatorTokens = operatorTokens
        self.results = Capability.all.map { capability in
            results.first { $0.id == capability.id } ?? ProbeResult(capability.id, .unknown, ProbeResult.noProbe)
        }
    }

    /// The level that a track has reached, 0 to 3.
    ///
    /// A level is reached when all its capabilities, and all those of the levels below it, pass. Unknown is no pass.
    package func level(of track: Track) -> Int {
        let own = Capability.all.filter { $0.track == track }
        let passed = Set(results.filter { $0.outcome == .pass }.map(\.id))
        let missing = own.filter { !passed.contains($0.id) }.map(\.level).min()
        return missing.map { $0 - 1 } ?? (own.map(\.level).max() ?? 0)
    }

    /// The result of one capability.
    package func result(of id: String) -> ProbeResult? {
        results.first { $0.id == id }
    }

    /// The machine-readable form: levels by track, then each capability with its evidence.
    package var json: JSONValue {
        .compactObject([
            ("levels", .object(Track.allCases.map { .init($0.rawValue, .integer(Int64(level(of: $0)))) })),
            (
                "capabilities",
                .array(
                    results.map {
                        [
                            "id": .string($0.id), "result": .string($0.outcome.rawValue),
                            "evidence": .string($0.evidence),
                        ]
                    })
            ),
            ("assessed_at", .string(assessedAt.rfc3339())), ("instance", .string(instance)),
            ("version", .string(version)), ("binary_sha256", binary.map(JSONValue.string)),
            ("policy_sha256", policies.map(JSONValue.string)),
            ("operator_tokens", operatorTokens.map(JSONValue.integer)),
        ])
    }

    /// The form that is stored: the one that is shown, and the time as a number.
    var stored: JSONValue { json.setting("at", to: .integer(assessedAt.microseconds)) }

    /// Reads the stored form; nil for anything else.
    init?(stored value: JSONValue) {
        guard let at = value["at"]?.integerValue, let instance = value["instance"]?.stringValue,
            let version = value["version"]?.stringValue, let capabilities = value["capabilities"]?.arrayValue
        else { return nil }
        var results: [ProbeResult] = []
        for capability in capabilities {
            guard let id = capability["id"]?.stringValue, let evidence = capability["evidence"]?.stringValue,
                let outcome = capability["result"]?.stringValue.flatMap(ProbeResult.Outcome.init(rawValue:))
            else { return nil }
            results.append(ProbeResult(id, outcome, evidence))
        }
        self.init(
            assessedAt: Timestamp(microseconds: at), instance: instance, version: version,
            binary: value["binary_sha256"]?.stringValue, policies: value["policy_sha256"]?.stringValue,
            operatorTokens: value["operator_tokens"]?.integerValue, results: results)
    }
}
