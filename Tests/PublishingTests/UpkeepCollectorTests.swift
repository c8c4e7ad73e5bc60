import Blobs
import Formats
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("Garbage collection")
struct UpkeepCollectorTests {
    private let policy = UnpublishPolicy()
    private let day: Int64 = 86_400

    private func collector(_ registry: TestRegistry) -> GarbageCollector {
        GarbageCollector(core: registry.core, policy: policy)
    }

    @Test("What nobody needs goes in two steps, a grace period apart", arguments: TestBackend.allCases)
    func twoSteps(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let orphan = Array("nobody's".utf8)
            let digest = try await registry.core.storeOrphan(orphan)
            let collector = collector(registry)
            #expect(try await collector.run().discarded == 0, "it is young")
            registry.clock.advance(bySeconds: day + 1)
            let dry = try await collector.run(isDryRun: true)
            #expect(dry.examined == 2 && dry.discarded == 1 && dry.discardedBytes == Int64(orphan.count))
            #expect(await registry.core.serves(orphan), "a dry run changes nothing")
            #expect(try await collector.run().discarded == 1)
            #expect(await !registry.core.serves(orphan))
            #expect(try await registry.core.keeper.source(digest) != nil, "its bytes are still there")
            #expect(try await collector.run().erased == 0)
            registry.clock.advance(bySeconds: day + 1)
            #expect(try await collector.run().erased == 1)
            #expect(try await registry.core.keeper.source(digest) == nil)
            #expect(await registry.core.serves(PlainPackage.bytes("lantern", "1.0.0")))
        }
    }

    @Test("A removed release keeps its bytes while it can be restored", arguments: TestBackend.allCases)
    func removed(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let plain = EcosystemID(rawValue: "plain")
            let root = try await registry.person("carol", isAdministrator: true)
            for name in ["early", "late"] {
                _ = try await registry.publish(name, "1.0.0", by: root)
                try await registry.lifecycle.remove(plain, name: name, version: "1.0.0", by: root)
            }
            registry.clock.advance(bySeconds: 30 * day)
            #expect(try await collector(registry).run(grace: 0).discarded == 0)
            try await registry.lifecycle.restore(plain, name: "early", version: "1.0.0", by: root)
            registry.clock.advance(bySeconds: day + 1)
            #expect(try await collector(registry).run(grace: 0).discarded == 1)
            #expect(try await collector(registry).run(grace: 0).erased == 1)
            #expect(await registry.core.serves(PlainPackage.bytes("early", "1.0.0")))
            #expect(await !registry.core.serves(PlainPackage.bytes("late", "1.0.0")))
            await expectRefusal(.conflict) {
                try await registry.lifecycle.restore(plain, name: "late", version: "1.0.0", by: root)
            }
            await expectRefusal(.fileNameReused) { _ = try await registry.publish("late", "1.0.0", by: root) }
            let summary = try await IntegrityCheck(core: registry.core, policy: policy).run { _ in }
            #expect(summary.findings == 0, "a tombstone needs no bytes")
        }
    }

    @Test("A blob that was discarded although it is needed comes back", arguments: TestBackend.allCases)
    func healed(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            let blobs = try await registry.core.keeper.list(after: nil, limit: 10)
            // As if a collector had been killed between its two steps.
            _ = try await registry.core.keeper.discard(blobs, at: registry.clock.now())
            #expect(await !registry.core.serves(PlainPackage.bytes("lantern", "1.0.0")))
            registry.clock.advance(bySeconds: 40 * day)
            #expect(try await collector(registry).run().putBack == 1)
            #expect(await registry.core.serves(PlainPackage.bytes("lantern", "1.0.0")))
        }
    }

    @Test("Blobs in the layout of earlier versions are collected, put back and kept", arguments: TestBackend.allCases)
    func earlierLayout(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            _ = try await registry.publish("lantern", "1.0.0", by: alice)
            _ = try await registry.publish("lantern", "1.1.0", by: alice)
            let orphan = try await registry.core.storeOrphan(Array("nobody's".utf8))
            let needed = SHA256Digest(hashing: PlainPackage.bytes("lantern", "1.0.0"))
            for digest in [orphan, needed] { try BlobLayout.makeEarlier(digest, in: registry.blobsPath) }
            registry.clock.advance(bySeconds: day + 1)
            let report = try await collector(registry).run()
            #expect(report.examined == 3 && report.discarded == 1 && report.putBack == 0)
            registry.clock.advance(bySeconds: day + 1)
            #expect(try await collector(registry).run().erased == 1)
            // As if a collector had been killed between its two steps.
            let rest = try await registry.core.keeper.list(after: nil, limit: 10)
            #expect(try await registry.core.keeper.discard(rest, at: registry.clock.now()).count == 2)
            #expect(try await collector(registry).run().putBack == 2)
            for version in ["1.0.0", "1.1.0"] {
                #expect(await registry.core.serves(PlainPackage.bytes("lantern", version)))
            }
            let summary = try await IntegrityCheck(core: registry.core, policy: policy).run { _ in }
            #expect(summary.findings == 0)
        }
    }

    @Test("Unfinished uploads go, running ones stay", arguments: [TestBackend.sqlite])
    func unfinished(backend: TestBackend) async throws {
        try await withRegistry(backend) { registry in
            let upload = registry.core.spool.begin(limit: 1 << 20)
            try await upload.write([UInt8](repeating: 7, count: 300_000))
            #expect(try await collector(registry).run(grace: 0).unfinished == 0)
            // The file system's clock is the machine's; the registry's stands in the past.
            registry.clock.advance(bySeconds: 100 * 365 * day)
            #expect(try await collector(registry).run(grace: 0).unfinished == 1)
        }
    }

    @Test(
        "Whatever step of a publish meets whatever step of a collection, the published bytes stay",
        arguments: TestBackend.allCases, [false, true])
    func interleavings(backend: TestBackend, isEarlier: Bool) async throws {
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            let orders = Self.orders(publish: 4, collect: 6)
            #expect(orders.count == 210)
            for (index, order) in orders.enumerated() {
                let isServed = try await meet(
                    registry, alice, order, number: index, confirms: true, isEarlier: isEarlier)
                #expect(isServed, "lost when the order was \(order)")
            }
            // Everything published so far is still there, also after two more collections without a grace period.
            for _ in 0..<2 { _ = try await collector(registry).run(grace: 0) }
            for index in orders.indices {
                #expect(await registry.core.serves(PlainPackage.bytes("meeting", "1.0.\(index)")))
            }
            let summary = try await IntegrityCheck(core: registry.core, policy: policy).run { _ in }
            #expect(summary.findings == 0)
        }
    }

    @Test("Without the look after its transaction a publish can lose its bytes: the steps are real")
    func withoutConfirmation() async throws {
        try await withRegistry(.sqlite) { registry in
            let alice = try await registry.person("alice")
            var lost = 0
            for (index, order) in Self.orders(publish: 4, collect: 6).enumerated() {
                if try await !meet(registry, alice, order, number: index, confirms: false) { lost += 1 }
            }
            #expect(lost > 0)
        }
    }

    @Test("Collections beside publishes, all at once", arguments: TestBackend.allCases)
    func stress(backend: TestBackend) async throws {
        @Sendable func extras(_ version: String) -> [String] { ["busy-\(version).sig", "busy-\(version).doc"] }
        @Sendable func contents(_ version: String) -> [[UInt8]] {
            [PlainPackage.bytes("busy", version)] + extras(version).map { Array($0.utf8) }
        }
        try await withRegistry(backend) { registry in
            let alice = try await registry.person("alice")
            try await withThrowingTaskGroup { group in
                for lane in 0..<4 {
                    group.addTask {
                        for index in 0..<12 {
                            let version = "\(lane).0.\(index)"
                            for bytes in contents(version) { _ = try await registry.core.storeOrphan(bytes) }
                            let (submission, grant) = try await registry.submission(
                                "busy", version, by: alice, extras: extras(version))
                            _ = try await registry.publishing.publish(submission, with: grant)
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<20 { _ = try await collector(registry).run(grace: 0) }
                }
                try await group.waitForAll()
            }
            for lane in 0..<4 {
                for index in 0..<12 {
                    for bytes in contents("\(lane).0.\(index)") { #expect(await registry.core.serves(bytes)) }
                }
            }
        }
    }

    /// Publishes bytes that lie in the store already while they are collected, in that order of steps, without any grace.
    ///
    /// `isEarlier` says that an earlier version stored them, in its layout.
    /// - Returns: Whether the published bytes can be read, also after the next collection.
    private func meet(
        _ registry: TestRegistry, _ principal: Principal, _ order: [Turnstile.Side], number: Int, confirms: Bool,
        isEarlier: Bool = false
    ) async throws -> Bool {
        let version = "1.0.\(number)"
        let bytes = PlainPackage.bytes("meeting", version)
        let digest = try await registry.core.storeOrphan(bytes)
        if isEarlier { try BlobLayout.makeEarlier(digest, in: registry.blobsPath) }
        let turnstile = Turnstile(order)
        func keeper(_ side: Turnstile.Side) -> SteppedKeeper {
            SteppedKeeper(base: registry.core.keeper, turnstile: turnstile, side: side, confirms: confirms)
        }
        func driver(_ side: Turnstile.Side) -> SteppedDriver {
            SteppedDriver(base: registry.core.driver, turnstile: turnstile, side: side)
        }
        let publisher = registry.core.replacing(
            driver: driver(.publish), blobs: SteppedBlobs(base: registry.core.blobs, turnstile: turnstile),
            keeper: keeper(.publish))
        let collecting = GarbageCollector(
            core: registry.core.replacing(driver: driver(.collect), keeper: keeper(.collect)), policy: policy)
        async let collection: Void = {
            _ = try await collecting.run(grace: 0)
            await turnstile.finish(.collect)
        }()
        _ = try await publisher.publish("meeting", version, by: principal)
        await turnstile.finish(.publish)
        try await collection
        let isServed = await registry.core.serves(bytes)
        _ = try await collector(registry).run(grace: 0)
        let isStillServed = await registry.core.serves(bytes)
        return isServed && isStillServed
    }

    /// Every order of so many steps of each side.
    private static func orders(publish: Int, collect: Int) -> [[Turnstile.Side]] {
        if publish == 0 { return [[Turnstile.Side](repeating: .collect, count: collect)] }
        if collect == 0 { return [[Turnstile.Side](repeating: .publish, count: publish)] }
        return orders(publish: publish - 1, collect: collect).map { [.publish] + $0 }
            + orders(publish: publish, collect: collect - 1).map { [.collect] + $0 }
    }
}
