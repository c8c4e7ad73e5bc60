import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Response
import Testing

@Suite("Scorecard")
struct ScorecardTests {
    private static func scorecard(_ outcomes: [String: ProbeResult.Outcome]) -> Scorecard {
        Scorecard(
            assessedAt: Timestamp(seconds: 1_800_000_000), instance: "https://packages.example", version: "1.0",
            binary: "ab", policies: "cd", operatorTokens: 2,
            results: outcomes.map { ProbeResult($0.key, $0.value, "seen") })
    }

    private static func all(of track: Track, upTo level: Int) -> [String: ProbeResult.Outcome] {
        let own = Capability.all.filter { $0.track == track && $0.level <= level }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.id, .pass) })
    }

    @Test("There are the 32 capabilities of the Principles, each once, in four tracks of three levels")
    func capabilities() {
        #expect(Capability.all.count == 32)
        #expect(Set(Capability.all.map(\.id)).count == 32)
        let counts = Track.allCases.map { track in Capability.all.filter { $0.track == track }.count }
        #expect(counts == [12, 6, 9, 5])
        for track in Track.allCases {
            #expect(Set(Capability.all.filter { $0.track == track }.map(\.level)) == [1, 2, 3])
        }
        #expect(Capability.find("AUTHN-2.3")?.track == .authentication)
        #expect(Capability.find("AUTHN-2.3")?.level == 2)
        #expect(Capability.find("AUTHN-9.9") == nil)
    }

    @Test("A level is reached when everything up to it passes", arguments: Track.allCases, 0...3)
    func levels(track: Track, level: Int) {
        #expect(Self.scorecard(Self.all(of: track, upTo: level)).level(of: track) == level)
    }

    @Test("A weakness of a lower level takes the higher ones away, and unknown is no pass", arguments: Track.allCases)
    func gaps(track: Track) throws {
        for outcome in [ProbeResult.Outcome.fail, .unknown] {
            for level in 1...3 {
                var outcomes = Self.all(of: track, upTo: 3)
                let weak = try #require(Capability.all.first { $0.track == track && $0.level == level })
                outcomes[weak.id] = outcome
                #expect(Self.scorecard(outcomes).level(of: track) == level - 1, "\(weak.id)")
            }
        }
    }

    @Test("What nobody looked at is unknown and says so")
    func unknown() {
        let card = Self.scorecard([:])
        #expect(card.results.count == 32)
        #expect(card.results.allSatisfy { $0.outcome == .unknown && $0.evidence == "no probe yet" })
    }

    @Test("The JSON has the levels by track and every capability with its evidence")
    func json() throws {
        var outcomes = Self.all(of: .authentication, upTo: 2)
        outcomes["AUTHN-3.1"] = .fail
        let json = Self.scorecard(outcomes).json
        #expect(json["levels"]?["authentication"] == 2)
        #expect(json["levels"]?["cli"] == 0)
        let capabilities = try #require(json["capabilities"]?.arrayValue)
        #expect(capabilities.count == 32)
        #expect(capabilities[0]["id"] == "AUTHN-1.1")
        #expect(capabilities[0]["result"] == "pass")
        #expect(capabilities[0]["evidence"] == "seen")
        #expect(capabilities.first { $0["id"] == "AUTHN-3.1" }?["result"] == "fail")
        #expect(json["operator_tokens"] == 2)
    }

    @Test("Evidence is one bounded line")
    func evidence() {
        let result = ProbeResult("AUTHN-1.1", .fail, "one\ntwo\r\nthree" + String(repeating: "x", count: 1000))
        #expect(result.evidence.hasPrefix("one two three"))
        let hasBreak = result.evidence.contains(where: \.isNewline)
        #expect(!hasBreak)
        #expect(result.evidence.count == ProbeResult.longestEvidence)
    }

    @Test("Policies have one digest, whatever their order, and another one when a value differs")
    func digests() {
        let one = InstanceFacts.digest(of: ["sign-up": "open", "second-factor": "required"])
        #expect(one == InstanceFacts.digest(of: ["second-factor": "required", "sign-up": "open"]))
        #expect(one != InstanceFacts.digest(of: ["second-factor": "optional", "sign-up": "open"]))
        #expect(one.count == 64)
    }
}

@Suite("Kept scorecards")
struct ScorecardsTests {
    @Test("The last assessment is kept, and a later one takes its place", arguments: TestBackend.allCases)
    func kept(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let scorecards = Scorecards(driver: registry.core.driver, clock: registry.core.clock)
            #expect(try await scorecards.last() == nil)
            for level in [1, 3] {
                let own = Capability.all.filter { $0.track == .authentication && $0.level <= level }
                let card = Scorecard(
                    assessedAt: Timestamp(microseconds: 1_800_000_000_000_001), instance: "http://localhost",
                    version: "1", binary: nil, policies: "cd", operatorTokens: nil,
                    results: own.map { ProbeResult($0.id, .pass, "seen") })
                try await scorecards.keep(card)
                #expect(try await scorecards.last() == card)
                #expect(try await scorecards.last()?.level(of: .authentication) == level)
            }
        }
    }

    @Test("A scorecard is current while binary and policies are those that run", arguments: TestBackend.allCases)
    func current(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let scorecards = Scorecards(driver: registry.core.driver, clock: registry.core.clock)
            func assessment(_ binary: String, _ policies: [String: String]) -> Assessment {
                Assessment(
                    facts: InstanceFacts(version: "1", policies: policies) { binary }, scorecards: scorecards)
            }
            let policies = ["second-factor": "required"]
            #expect(try await assessment("ab", policies).current() == nil)
            try await scorecards.keep(
                Scorecard(
                    assessedAt: Timestamp(seconds: 1), instance: "http://localhost", version: "1", binary: "ab",
                    policies: InstanceFacts.digest(of: policies), operatorTokens: 0, results: []))
            #expect(try await assessment("ab", policies).current()?.isCurrent == true)
            #expect(try await assessment("ac", policies).current()?.isCurrent == false)
            #expect(try await assessment("ab", ["second-factor": "optional"]).current()?.isCurrent == false)
        }
    }

    @Test("Operator tokens count while they could be used", arguments: TestBackend.allCases)
    func operatorTokens(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let scorecards = Scorecards(driver: registry.core.driver, clock: registry.core.clock)
            let before = try await scorecards.liveOperatorTokens()
            _ = try await registry.person("counted")
            #expect(try await scorecards.liveOperatorTokens() == before + 1)
        }
    }
}
