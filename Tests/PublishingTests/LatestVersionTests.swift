import Accounts
import Formats
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing
import Versioning

@Suite("The version that lists and search show")
struct LatestVersionTests {
    /// What may happen to a project, each at a place of its own in a draw.
    private enum Step: CaseIterable {
        case publish, publishAgain, stage, yank, unyank, remove, tag, untag, clock

        static func draw(_ random: inout SeededGenerator) -> Step {
            Bool.random(using: &random) ? .publish : allCases.randomElement(using: &random) ?? .publish
        }
    }

    /// What should be shown, from all that is visible.
    private static func expected(_ history: ProjectHistory) -> (version: String?, publishedAt: Timestamp?) {
        let scheme = SemVerScheme()
        let live = history.releases.filter { $0.state == .live }
        let stable = live.filter { !scheme.isPrerelease($0.version.display) }
        let tagged = live.first { $0.version.display == history.tags["latest"] }
        let highest = (stable.isEmpty ? live : stable).max {
            scheme.compare($0.version.display, $1.version.display) < 0
        }
        return ((tagged ?? highest)?.version.display, live.map(\.publishedAt).max())
    }

    private static func version(_ random: inout SeededGenerator) -> String {
        let numbers = (0..<3).map { _ in String(Int.random(in: 0..<4, using: &random)) }.joined(separator: ".")
        return Int.random(in: 0..<3, using: &random) == 0
            ? "\(numbers)-rc.\(Int.random(in: 0..<3, using: &random))" : numbers
    }

    private static func take(
        _ step: Step, _ random: inout SeededGenerator, _ registry: TestRegistry, _ alice: Principal
    ) async throws {
        let id = EcosystemID(rawValue: "single")
        let version = version(&random)
        let known = try? await registry.catalog.history(id, name: "lantern", for: .principal(alice))
        let old = known?.releases.randomElement(using: &random)?.version.display ?? version
        let tag = Bool.random(using: &random) ? "latest" : "next"
        let tags = Int.random(in: 0..<4, using: &random) == 0 ? [tag] : []
        switch step {
        case .publish: _ = try await registry.publish("lantern", version, by: alice, ecosystem: "single", tags: tags)
        case .publishAgain:
            _ = try await registry.publish(
                "lantern", old, by: alice, fileName: "\(Int.random(in: 0..<1_000_000, using: &random)).txt",
                ecosystem: "single", tags: tags)
        case .stage:
            let receipt = try await registry.publish(
                "lantern", version, by: alice, ecosystem: "single", tags: tags, staging: StagingWish(label: nil))
            if let key = receipt.staging?.key { try await registry.stagings.release(key, by: alice) }
        case .yank: try await registry.lifecycle.yank(id, name: "lantern", version: old, reason: nil, by: alice)
        case .unyank: try await registry.lifecycle.unyank(id, name: "lantern", version: old, by: alice)
        case .remove: try await registry.lifecycle.remove(id, name: "lantern", version: old, by: alice)
        case .tag: try await registry.lifecycle.setTag(id, name: "lantern", tag: tag, version: old, by: alice)
        case .untag: try await registry.lifecycle.removeTag(id, name: "lantern", tag: tag, by: alice)
        case .clock: registry.clock.advance(bySeconds: Int64.random(in: -5...50, using: &random))
        }
    }

    @Test(
        "After whatever happened it is the one tagged latest, else the highest stable one, else the highest",
        arguments: TestBackend.allCases, [1, 2, 3] as [UInt64])
    func steps(backend: TestBackend, seed: UInt64) async throws {
        try await withRegistry(backend) { registry in
            var random = SeededGenerator(seed: seed)
            let alice = try await registry.person("alice")
            let id = EcosystemID(rawValue: "single")
            var shown: Set<String> = []
            var steps: [String] = []
            for _ in 0..<150 {
                let step = Step.draw(&random)
                // Refused ones, as of a version that is taken, change nothing.
                do { try await Self.take(step, &random, registry, alice) } catch is Problem { continue }
                steps.append("\(step)")
                guard let history = try? await registry.catalog.history(id, name: "lantern", for: .principal(alice))
                else { continue }
                let (version, publishedAt) = Self.expected(history)
                #expect(history.project.latestVersion == version, "\(steps.suffix(5))")
                let stored = try await registry.driver.read {
                    try ProjectStore($0).latestPublishedAt(history.project.id)
                }
                #expect(stored == publishedAt, "\(steps.suffix(5))")
                if let version { shown.insert(version) }
            }
            #expect(shown.count > 5)
            #expect(Set(steps).count == Step.allCases.count, "\(Set(steps))")
        }
    }

    @Test(
        "A publish reads as much of a project with 300 releases as of one with ten", arguments: TestBackend.allCases)
    func reads(backend: TestBackend) async throws {
        try await withCountedRegistry(backend) { registry, counting in
            let alice = try await registry.person("alice")
            var rows: [Int] = []
            for number in 1...300 {
                let before = counting.rows
                _ = try await registry.publish(
                    "lantern", "1.\(number).0", by: alice, tags: number % 2 == 0 ? ["latest"] : [])
                rows.append(counting.rows - before)
            }
            #expect(rows[9] > 0)
            #expect(rows[298] == rows[8] && rows[299] == rows[9])
        }
    }
}
