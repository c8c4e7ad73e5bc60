import Accounts
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

/// What holds when the machine's time is set back by more than ``SteadyClock`` bridges.
@Suite("A clock that is set back")
struct ClockTests {
    @Test(
        "Releases, their order, events and rights stay right", arguments: TestBackend.allCases,
        [10, 3600, 86_400 * 400])
    func setBack(backend: TestBackend, seconds: Int64) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let before = try await registry.history("lantern")
            let secret = try await registry.accounts.createOperatorToken(
                userName: "alice", scopes: [], lifetimeSeconds: 3600)

            registry.clock.advance(bySeconds: -seconds)
            _ = try await registry.publish("lantern", "2.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.5.0", by: alice)
            _ = try await registry.publish("candle", "1.0.0", by: alice)
            let after = try await registry.history("lantern")
            #expect(Set(after.releases.map(\.version.display)) == ["1.0.0", "2.0.0", "1.5.0"])
            #expect(after.project.latestVersion == "2.0.0", "what is latest is a matter of versions")
            #expect(after.project.revision == before.project.revision + 2, "caches count changes, not time")
            #expect(try await registry.eventKinds("lantern").count == 4)
            #expect(try await registry.publish("lantern", "2.0.0", by: alice).isRepeat)
            await expectRefusal(.versionExists) {
                _ = try await registry.publish("lantern", "2.0.0", by: alice, dependencies: ["other"])
            }
            // Pages of events neither repeat nor skip one.
            let all = try await registry.catalog.events(after.project, limit: 100).map(\.id)
            var paged: [Int64] = []
            while let page = try await registry.catalog.events(after.project, limit: 1, before: paged.last).first {
                paged.append(page.id)
            }
            #expect(paged == all)
            #expect(Set(all).count == all.count)
            // A token from before holds, and for no longer than it was given.
            _ = try await registry.accounts.authenticate(Credential(secret: secret))
            registry.clock.advance(bySeconds: seconds + 3601)
            await expectRefusal(.tokenInvalid) {
                _ = try await registry.accounts.authenticate(Credential(secret: secret))
            }
        }
    }

    @Test("Work that waits is done as soon as the time is back, and never twice", arguments: TestBackend.allCases)
    func outbox(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let worker = OutboxWorker(core: registry.core, handlers: [])
            registry.clock.advance(bySeconds: -3600)
            let early = try await worker.drain()
            registry.clock.advance(bySeconds: 3600)
            let late = try await worker.drain()
            #expect(early + late == 2)
            #expect(try await worker.drain() == 0)
        }
    }

    @Test("A downloaded file counts on the day it is then", arguments: TestBackend.allCases)
    func downloads(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let history = try await registry.history("lantern")
            let file = try #require(history.releases.first?.files.first)
            for step: Int64 in [0, -86_400, 86_400] {
                registry.clock.advance(bySeconds: step)
                registry.downloads.count(file: file.id, project: history.project.id, family: "test")
                try await registry.downloads.flush(to: registry.core)
            }
            let counts = try await registry.catalog.downloads(history.project, days: 7)
            #expect(counts.map(\.count).reduce(0, +) == 3)
            #expect(counts.map(\.count) == [1, 2])
        }
    }
}
