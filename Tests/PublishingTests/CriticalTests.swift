import Accounts
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("AUTHN-2.3 Critical projects")
struct CriticalTests {
    private static func names(_ count: Int) -> [ProjectName] {
        (0..<count).map { ProjectName(display: "p\($0)", key: "p\($0)", confusable: "p\($0)") }
    }

    /// Notes downloads of listed projects, by name.
    private func download(_ registry: TestRegistry, _ counts: [String: Int64], daysAgo: Int64 = 0) async throws {
        let day = registry.clock.now().microseconds / 86_400_000_000 - daysAgo
        try await registry.driver.write { connection in
            for (name, count) in counts {
                let project = try ProjectStore(connection).find(ProjectCoordinates(ecosystem: plain, nameKey: name))
                try DownloadStore(connection).add(
                    fileID: project?.id ?? 0, projectID: project?.id ?? 0, day: day, family: "x", count: count)
            }
        }
    }

    private func critical(_ registry: TestRegistry) async throws -> [String: Criticality.Reason] {
        let found = try await registry.ownership.critical.list(for: .anonymous)
        return Dictionary(
            uniqueKeysWithValues: found.compactMap { project in
                project.critical.map { (project.name.key, $0.reason) }
            })
    }

    @Test(
        "The most downloaded of a thousand are critical, and no less than a thousand", arguments: TestBackend.allCases)
    func downloads(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let all = Self.names(1000)
            try await registry.list(Array(all.dropLast()), in: plain, ownedBy: alice)
            let counts = Dictionary(uniqueKeysWithValues: (0..<40).map { ("p\($0)", Int64(1000 - $0)) })
            try await download(registry, counts)
            try await download(registry, ["p500": 1_000_000], daysAgo: 91)
            #expect(try await registry.ownership.critical.recompute() == .init(), "999 projects")
            try await registry.list(Array(all.suffix(1)), in: plain, ownedBy: alice)
            #expect(try await registry.ownership.critical.recompute().added == 10)
            #expect(
                try await critical(registry)
                    == Dictionary(
                        uniqueKeysWithValues: (0..<10).map { ("p\($0)", .downloads) }))
            #expect(try await registry.ownership.critical.recompute() == .init(), "nothing new")
            // A little behind they stay; clearly behind they go.
            try await download(registry, ["p15": 5000, "p16": 5000])
            let round = try await registry.ownership.critical.recompute()
            #expect(round.added == 2 && round.removed == 0)
            try await download(registry, Dictionary(uniqueKeysWithValues: (20..<40).map { ("p\($0)", 10_000) }))
            let last = try await registry.ownership.critical.recompute()
            #expect(last.added == 10 && last.removed == 12)
        }
    }

    @Test("What many depend on is critical, its owner is told, and has time", arguments: TestBackend.allCases)
    func dependents(backend: TestBackend) async throws {
        var policy = AccountPolicy()
        policy.criticalDependents = 3
        try await withRegistry(backend, policy: policy) { registry in
            let alice = try await registry.signedIn("alice", [.password, .totp])
            _ = try await registry.publish("wax", "1.0.0", by: alice)
            for name in ["a", "b"] { _ = try await registry.publish(name, "1.0.0", by: alice, dependencies: ["wax"]) }
            // A project that depends on itself, and twice, counts once.
            #expect(try await registry.ownership.critical.recompute() == .init())
            _ = try await registry.publish("c", "1.0.0", by: alice, dependencies: ["wax"])
            #expect(try await registry.ownership.critical.recompute().added == 1)
            #expect(try await critical(registry) == ["wax": .dependents])
            #expect(try await registry.notices(alice).last == "project.critical")
            #expect(try await registry.eventKinds("wax").last == "project.critical")

            _ = try await registry.publish("wax", "1.1.0", by: alice)
            registry.clock.advance(bySeconds: 14 * 86_400)
            await expectRefusal(.phishingResistanceRequired, "the grace period is over") {
                _ = try await registry.publish("wax", "1.2.0", by: alice)
            }
            let root = try await registry.signedIn("root1", isAdministrator: true)
            await expectRefusal(.phishingResistanceRequired, "an administrator neither") {
                try await registry.ownership.critical.unmark(plain, name: "wax", by: root)
            }
            let here = try await registry.accounts.commandLinePrincipal(as: nil)
            await expectRefusal(.conflict, "a mark is another thing") {
                try await registry.ownership.critical.unmark(plain, name: "wax", by: here)
            }
        }
    }

    @Test("A moderator marks; owners and strangers do not", arguments: TestBackend.allCases)
    func marks(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.signedIn("alice")
            let moderator = try await registry.signedIn("mona", isModerator: true)
            let auditor = try await registry.signedIn("walter", isAuditor: true)
            _ = try await registry.publish("lamp", "1.0.0", by: alice)
            for principal in [alice, auditor] {
                await expectRefusal(.forbidden) {
                    try await registry.ownership.critical.mark(plain, name: "lamp", by: principal)
                }
            }
            try await registry.ownership.critical.mark(plain, name: "lamp", by: moderator)
            let first = try #require(try await registry.history("lamp").project.critical)
            #expect(first.reason == .marked && !first.isEnforced(at: registry.clock.now()))
            #expect(try await registry.ownership.critical.recompute() == .init(), "a mark stays")
            registry.clock.advance(bySeconds: 86_400)
            try await registry.ownership.critical.mark(plain, name: "lamp", by: moderator)
            #expect(try await registry.history("lamp").project.critical == first, "marking again delays nothing")
            try await registry.ownership.critical.unmark(plain, name: "lamp", by: moderator)
            #expect(try await registry.history("lamp").project.critical == nil)
            #expect(try await registry.ownership.critical.recomputeDaily() != nil)
            #expect(try await registry.ownership.critical.recomputeDaily() == nil, "once a day")
            registry.clock.advance(bySeconds: 86_400)
            #expect(try await registry.ownership.critical.recomputeDaily() != nil)
        }
    }
}
