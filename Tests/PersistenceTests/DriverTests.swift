import HallmarkTesting
import Persistence
import Testing

@Suite("A database driver", .timeLimit(.minutes(10)))
struct DriverTests {
    private struct Refusal: Error, Equatable {}

    @Test("A unique or primary key names its columns, alike on both databases", arguments: TestBackend.allCases)
    func uniqueViolation(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                try connection.execute(DriverFixture.insert(1, "one"))
                try connection.execute("INSERT INTO pairs (first, second) VALUES ('a', 1)")
            }
            await #expect(throws: SQLFault.uniqueViolation(constraint: "items.name")) {
                try await driver.write { try $0.execute(DriverFixture.insert(2, "one")) }
            }
            await #expect(throws: SQLFault.uniqueViolation(constraint: "items.id")) {
                try await driver.write { try $0.execute(DriverFixture.insert(1, "two")) }
            }
            await #expect(throws: SQLFault.uniqueViolation(constraint: "pairs.first, pairs.second")) {
                try await driver.write { try $0.execute("INSERT INTO pairs (first, second) VALUES ('a', 1)") }
            }
            #expect(try await driver.names() == ["one"])
        }
    }

    @Test("A foreign key is enforced, at once or at the end", arguments: TestBackend.allCases)
    func foreignKeys(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            await #expect(throws: SQLFault.foreignKeyViolation) {
                try await driver.write { try $0.execute("INSERT INTO parts (id, item) VALUES (1, 9)") }
            }
            await #expect(throws: SQLFault.foreignKeyViolation) {
                try await driver.write { try $0.execute("INSERT INTO promises (id, item) VALUES (1, 9)") }
            }
            try await driver.write { connection in
                try connection.execute("INSERT INTO promises (id, item) VALUES (1, 9)")
                try connection.execute(DriverFixture.insert(9, "nine"))
            }
            #expect(try await driver.countOfItems() == 1)
        }
    }

    @Test("Nothing remains of a closure that throws", arguments: TestBackend.allCases)
    func rollback(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            await #expect(throws: Refusal()) {
                try await driver.write { connection in
                    try connection.execute(DriverFixture.insert(1, "one"))
                    throw Refusal()
                }
            }
            #expect(try await driver.countOfItems() == 0)
            try await driver.write { try $0.execute(DriverFixture.insert(1, "one")) }
            #expect(try await driver.countOfItems() == 1)
        }
    }

    @Test("A swallowed fault still undoes the closure", arguments: TestBackend.allCases)
    func swallowed(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            await #expect(throws: SQLFault.uniqueViolation(constraint: "items.id")) {
                try await driver.write { connection in
                    try connection.execute(DriverFixture.insert(1, "one"))
                    _ = try? connection.execute(DriverFixture.insert(1, "two"))
                    #expect(throws: SQLFault.uniqueViolation(constraint: "items.id")) {
                        try connection.execute(DriverFixture.insert(3, "three"))
                    }
                }
            }
            let count = try await driver.countOfItems()
            #expect(count == 0)
        }
    }

    @Test("A closure may answer a fault with an error of its own", arguments: TestBackend.allCases)
    func translated(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            await #expect(throws: Refusal()) {
                try await driver.write { connection in
                    try connection.execute(DriverFixture.insert(1, "one"))
                    do {
                        try connection.execute(DriverFixture.insert(1, "two"))
                    } catch SQLFault.uniqueViolation {
                        throw Refusal()
                    }
                }
            }
            let count = try await driver.countOfItems()
            #expect(count == 0)
        }
    }

    @Test("Changed rows are counted, others are not", arguments: TestBackend.allCases)
    func changes(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            let counts = try await driver.write { connection in
                [
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"),
                    try connection.execute("UPDATE items SET note = \("n") WHERE id > \(1)"),
                    try connection.execute("UPDATE items SET note = \("n") WHERE id > \(9)"),
                    try connection.execute("SELECT id FROM items"),
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'z') ON CONFLICT DO NOTHING"),
                    try connection.execute(
                        "INSERT INTO items (id, name) VALUES (1, 'z') ON CONFLICT (id) DO UPDATE SET name = 'd'"),
                    try connection.execute("CREATE TABLE later (id BIGINT)"),
                    try connection.execute("DELETE FROM items WHERE id <> 2"),
                ]
            }
            #expect(counts == [3, 2, 0, 0, 0, 1, 0, 2])
            let returned = try await driver.write { connection in
                try connection.query("UPDATE items SET note = 'x' RETURNING id, note").map { try $0.int("id") }
            }
            #expect(returned == [2])
        }
    }

    @Test("A read sees one state of the database and cannot change it", arguments: TestBackend.allCases)
    func snapshot(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            let hasRead = Signal()
            let hasWritten = Signal()
            async let counts = driver.read { connection in
                let before = try connection.first("SELECT COUNT(*) FROM items")?.int(0)
                hasRead.fire()
                hasWritten.block()
                return [before, try connection.first("SELECT COUNT(*) FROM items")?.int(0)]
            }
            await hasRead.wait()
            try await driver.write { try $0.execute(DriverFixture.insert(1, "one")) }
            #expect(try await driver.countOfItems() == 1)
            hasWritten.fire()
            #expect(try await counts == [0, 0])
            await #expect(throws: SQLFault.self) {
                try await driver.read { try $0.execute(DriverFixture.insert(2, "two")) }
            }
            #expect(try await driver.countOfItems() == 1)
        }
    }

    @Test("When too many wait, the next is refused at once", arguments: TestBackend.allCases, [true, false])
    func overload(backend: TestBackend, writing: Bool) async throws {
        try await withTestDatabase(backend, migrations: DriverFixture.migrations) { database in
            let driver = try DriverFixture.narrow(database)
            let isBlocked = Signal()
            let release = Signal()
            @Sendable func run(_ body: @escaping @Sendable (any SQLConnection) throws -> Void) async throws {
                if writing { try await driver.write(body) } else { try await driver.read(body) }
            }
            async let blocker: Void = run { _ in
                isBlocked.fire()
                release.block()
            }
            await isBlocked.wait()
            let outcomes = await withTaskGroup(of: SQLFault?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            try await run { _ in }
                            return nil
                        } catch {
                            return error as? SQLFault
                        }
                    }
                }
                var outcomes: [SQLFault?] = []
                for await outcome in group {
                    outcomes.append(outcome)
                    if outcomes.count == 8 { release.fire() }
                }
                return outcomes
            }
            #expect(outcomes == Array(repeating: SQLFault.overloaded, count: 8) + [nil, nil])
            try await blocker
            try await run { _ in }
            await driver.shutdown()
        }
    }

    @Test("A shut down driver refuses work and has finished what it accepted", arguments: TestBackend.allCases)
    func shutdown(backend: TestBackend) async throws {
        try await withTestDatabase(backend, migrations: DriverFixture.migrations) { database in
            let driver = try database.open()
            let isRunning = Signal()
            let release = Signal()
            async let writing: Void = driver.write { connection in
                try connection.execute(DriverFixture.insert(1, "one"))
                isRunning.fire()
                release.block()
            }
            await isRunning.wait()
            async let closing: Void = driver.shutdown()
            release.fire()
            try await writing
            await closing
            await #expect(throws: SQLFault.self) { try await driver.write { try $0.execute("SELECT 1") } }
            await #expect(throws: SQLFault.self) { try await driver.countOfItems() }
            let reopened = try database.open()
            #expect(try await reopened.names() == ["one"])
            await reopened.shutdown()
        }
    }
}
