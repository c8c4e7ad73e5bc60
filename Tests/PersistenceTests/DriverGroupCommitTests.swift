import HallmarkTesting
import Testing

@testable import Persistence

@Suite("Group commit", .timeLimit(.minutes(10)))
struct DriverGroupCommitTests {
    private struct Refusal: Error, Equatable {}

    @Test(
        "200 writers at once: each gets its own answer, and what was acknowledged is there after reopening",
        arguments: TestBackend.allCases)
    func concurrentWriters(backend: TestBackend) async throws {
        try await withTestDatabase(backend, migrations: DriverFixture.migrations) { database in
            let driver = try database.open()
            try await driver.write { try $0.execute(DriverFixture.insert(0, "taken")) }
            let acknowledged = await withTaskGroup(of: (Int, Bool).self) { group in
                for id in 1...200 {
                    group.addTask { (id, await Self.write(id, to: driver)) }
                }
                return await group.reduce(into: Set<Int>()) { set, outcome in
                    if outcome.1 { set.insert(outcome.0) }
                }
            }
            await driver.shutdown()
            #expect(acknowledged == Set((1...200).filter { !$0.isMultiple(of: 5) && !$0.isMultiple(of: 7) }))
            let reopened = try database.open()
            let names = try await reopened.names()
            #expect(Set(names) == Set(acknowledged.map { "n\($0)" } + ["taken"]))
            #expect(names.count == acknowledged.count + 1)
            await reopened.shutdown()
        }
    }

    /// Every fifth violates a constraint, every seventh changes its mind after it has written.
    private static func write(_ id: Int, to driver: any SQLDriver) async -> Bool {
        do {
            try await driver.write { connection in
                try connection.execute(DriverFixture.insert(id, "n\(id)"))
                if id.isMultiple(of: 5) { try connection.execute(DriverFixture.insert(id + 1000, "taken")) }
                if id.isMultiple(of: 7) { throw Refusal() }
            }
            return true
        } catch {
            let expected: Bool =
                id.isMultiple(of: 5)
                ? error as? SQLFault == .uniqueViolation(constraint: "items.name") : error is Refusal
            #expect(expected, "\(id): \(error)")
            return false
        }
    }

    @Test("Nobody is answered before the shared transaction is committed")
    func answeredAfterCommit() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let driver = try SQLiteDriver(path: database.address)
            let observer = try database.open()
            let (isBlocked, release, firstHasRun, isAnswered) = (Signal(), Signal(), Signal(), Signal())
            async let blocker: Void = driver.write { _ in
                isBlocked.fire()
                release.block()
            }
            await isBlocked.wait()
            async let first: Int64 = {
                try await driver.write { connection in
                    try connection.execute(DriverFixture.insert(1, "one"))
                    firstHasRun.fire()
                }
                isAnswered.fire()
                return try await observer.countOfItems()
            }()
            // Whichever of the two waits first, the other is in the same transaction.
            async let second: Bool = driver.write { connection in
                guard firstHasRun.block(seconds: 0.5) else { return false }
                return isAnswered.block(seconds: 0.3)
            }
            defer { release.fire() }
            try await waitUntil("the writes wait") { driver.waitingWrites == 2 }
            release.fire()
            #expect(try await second == false)
            #expect(try await first == 1)
            try await blocker
            await driver.shutdown()
            await observer.shutdown()
        }
    }

    /// Lets `bodies` wait together, so that they share a transaction, and returns the fault of each.
    private func together(
        _ driver: SQLiteDriver, _ bodies: [@Sendable (any SQLConnection) throws -> Void]
    ) async throws -> [SQLFault?] {
        let (isBlocked, release) = (Signal(), Signal())
        let blocker = Task {
            try await driver.write { _ in
                isBlocked.fire()
                release.block()
            }
        }
        await isBlocked.wait()
        return try await withThrowingTaskGroup(of: (Int, SQLFault?).self) { group in
            for (index, body) in bodies.enumerated() {
                group.addTask {
                    do {
                        try await driver.write(body)
                        return (index, nil)
                    } catch {
                        return (index, error as? SQLFault)
                    }
                }
            }
            do {
                defer { release.fire() }
                try await waitUntil("the writes wait") { driver.waitingWrites == bodies.count }
            }
            var faults = [SQLFault?](repeating: nil, count: bodies.count)
            for try await (index, fault) in group { faults[index] = fault }
            _ = try await blocker.value
            return faults
        }
    }

    @Test("A constraint that fails at COMMIT is the error of its own closure alone")
    func deferredConstraint() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let driver = try SQLiteDriver(path: database.address)
            let faults = try await together(
                driver,
                [
                    { try $0.execute(DriverFixture.insert(1, "one")) },
                    { try $0.execute("INSERT INTO promises (id, item) VALUES (1, 99)") },
                    { try $0.execute(DriverFixture.insert(2, "two")) },
                ])
            #expect(faults == [nil, .foreignKeyViolation, nil])
            #expect(try await driver.countOfItems() == 2)
            await driver.shutdown()
        }
    }

    @Test("A full disk is the error of the closure that does not fit; the others are kept")
    func full() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let driver = try SQLiteDriver(path: database.address)
            _ = try await driver.write { try $0.query("PRAGMA max_page_count = 64") }
            let faults = try await together(
                driver,
                [
                    { try $0.execute(DriverFixture.insert(1, "one")) },
                    { connection in
                        let body = [UInt8](repeating: 1, count: 1_000_000)
                        try connection.execute("INSERT INTO items (id, name, body) VALUES (9, 'big', \(body))")
                    },
                    { try $0.execute(DriverFixture.insert(2, "two")) },
                ])
            #expect(faults[0] == nil)
            #expect(faults[2] == nil)
            guard case .storage("13", _) = faults[1] else {
                Issue.record("\(String(describing: faults[1])) is not SQLITE_FULL")
                return
            }
            #expect(try await driver.names() == ["one", "two"])
            await driver.shutdown()
        }
    }

    @Test("A commit waits for the disk: synchronous is FULL on the writing connection")
    func synchronous() async throws {
        try await withTestDatabase(.sqlite) { database in
            let driver = try SQLiteDriver(path: database.address)
            #expect(try await driver.synchronousLevel() == 2)
            let mode = try await driver.read { try $0.first("PRAGMA journal_mode")?.text(0) }
            #expect(mode == "wal")
            await driver.shutdown()
        }
    }

    @Test("The data version changes when another process commits, not when this one does")
    func dataVersion() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let driver = try SQLiteDriver(path: database.address)
            let other = try SQLiteDriver(path: database.address)
            let start = try await driver.dataVersion()
            for id in 1...20 { try await driver.write { try $0.execute(DriverFixture.insert(id, "n\(id)")) } }
            #expect(try await driver.countOfItems() == 20)
            #expect(try await driver.dataVersion() == start)
            try await other.write { try $0.execute(DriverFixture.insert(21, "other")) }
            let changed = try await driver.dataVersion()
            #expect(changed != start)
            #expect(try await driver.dataVersion() == changed)
            await driver.shutdown()
            await other.shutdown()
        }
    }

    @Test("Another process waits for the writer, and is told when it waited too long")
    func busy() async throws {
        try await withTestDatabase(.sqlite, migrations: DriverFixture.migrations) { database in
            let driver = try SQLiteDriver(path: database.address)
            let patient = try SQLiteDriver(path: database.address, busyTimeout: 20)
            let hasty = try SQLiteDriver(path: database.address, busyTimeout: 0.05)
            let (isBlocked, release) = (Signal(), Signal())
            async let blocker: Void = driver.write { connection in
                try connection.execute(DriverFixture.insert(1, "one"))
                isBlocked.fire()
                release.block()
            }
            await isBlocked.wait()
            async let second: Void = patient.write { _ = try $0.execute(DriverFixture.insert(2, "two")) }
            await #expect(throws: SQLFault.busy) {
                try await hasty.write { try $0.execute(DriverFixture.insert(3, "three")) }
            }
            release.fire()
            try await blocker
            try await second
            #expect(try await hasty.names() == ["one", "two"])
            for driver in [driver, patient, hasty] { await driver.shutdown() }
        }
    }
}
