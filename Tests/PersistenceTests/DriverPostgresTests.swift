import HallmarkTesting
import Testing

@testable import Persistence

@Suite("PostgreSQL", .enabled(if: TestBackend.postgres.isAvailable), .timeLimit(.minutes(10)))
struct DriverPostgresTests {
    /// Two closures that each look at both rows and then change one of them: legal one after the other, not at once.
    @Test("Write skew is prevented by running one of the two again")
    func writeSkew() async throws {
        try await withDatabase(.postgres, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                try connection.execute("INSERT INTO items (id, name, size) VALUES (1, 'a', 1), (2, 'b', 1)")
            }
            let runs = Counter()
            let haveRead = [Signal(), Signal()]
            @Sendable func leave(_ index: Int) async throws -> Bool {
                try await driver.write { connection in
                    runs.next()
                    let present = try connection.first("SELECT SUM(size) FROM items")?.int(0) ?? 0
                    haveRead[index].fire()
                    haveRead[1 - index].block()
                    guard present > 1 else { return false }
                    try connection.execute("UPDATE items SET size = 0 WHERE id = \(index + 1)")
                    return true
                }
            }
            async let first = leave(0)
            async let second = leave(1)
            let left = try await [first, second]
            #expect(left.count { $0 } == 1)
            #expect(runs.value > 2)
            let present = try await driver.read { try $0.first("SELECT SUM(size) FROM items")?.int(0) }
            #expect(present == 1)
        }
    }

    @Test("Increments of one counter are all kept")
    func counter() async throws {
        try await withDatabase(.postgres, migrations: DriverFixture.migrations) { driver in
            try await driver.write { try $0.execute("INSERT INTO items (id, name, size) VALUES (1, 'n', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try await driver.write { connection in
                            let size = try connection.first("SELECT size FROM items WHERE id = 1")?.int(0) ?? 0
                            try connection.execute("UPDATE items SET size = \(size + 1) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let size = try await driver.read { try $0.first("SELECT size FROM items")?.int(0) }
            #expect(size == 40)
        }
    }

    @Test("A transaction that lost its connection before COMMIT runs again")
    func lostBeforeCommit() async throws {
        try await withDatabase(.postgres, migrations: DriverFixture.migrations) { driver in
            let runs = Counter()
            try await driver.write { connection in
                try connection.execute(DriverFixture.insert(1, "one"))
                if runs.next() == 1 {
                    try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(runs.value == 2)
            #expect(try await driver.names() == ["one"])
        }
    }

    @Test("A connection lost during COMMIT is reported and never tried again")
    func lostDuringCommit() async throws {
        let suicide = Migration(
            number: 2, name: "end the session at COMMIT",
            sql: """
                --postgres
                CREATE FUNCTION suicide() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER suicide AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION suicide();
                --end
                """)
        try await withDatabase(.postgres, migrations: DriverFixture.migrations + [suicide]) { driver in
            let runs = Counter()
            await #expect(throws: SQLFault.connectionLost) {
                try await driver.write { connection in
                    runs.next()
                    try connection.execute(DriverFixture.insert(1, "one"))
                }
            }
            #expect(runs.value == 1)
            let count = try await driver.countOfItems()
            #expect(count == 0)
        }
    }

    @Test("Idle connections that the server ended are replaced")
    func reconnect() async throws {
        try await withDatabase(.postgres, migrations: DriverFixture.migrations) { driver in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await driver.countOfItems() } }
                try await group.waitForAll()
            }
            for _ in 0..<2 {
                _ = try await driver.read { connection in
                    try connection.query(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                }
                #expect(try await driver.countOfItems() == 0)
                try await driver.write { try $0.execute("DELETE FROM items") }
            }
        }
    }

    @Test("A prepared statement survives a change of the table")
    func stalePlan() async throws {
        try await withTestDatabase(.postgres, migrations: DriverFixture.migrations) { database in
            let driver = try PostgresDriver(url: database.address, connections: 1)
            let other = try PostgresDriver(url: database.address, connections: 1)
            try await driver.write { try $0.execute(DriverFixture.insert(1, "one")) }
            let all: SQL = "SELECT * FROM items"
            #expect(try await driver.read { try $0.first(all)?.columns.count } == 5)
            try await other.write { try $0.execute("ALTER TABLE items ADD COLUMN more bigint") }
            #expect(try await driver.read { try $0.first(all)?.columns.count } == 6)
            await driver.shutdown()
            await other.shutdown()
        }
    }

    @Test("More statements than the cache holds")
    func manyStatements() async throws {
        try await withTestDatabase(.postgres) { database in
            let driver = try PostgresDriver(url: database.address, connections: 1)
            var sql: SQL = "SELECT \(0)"
            for width in 1...600 {
                sql += ", \(width)"
                let statement = sql
                #expect(try await driver.read { try $0.first(statement)?.int(width) } == Int64(width))
            }
            await driver.shutdown()
        }
    }

    @Test("A session has its limits and its name")
    func session() async throws {
        try await withTestDatabase(.postgres) { database in
            let driver = try PostgresDriver(url: database.address, statementTimeout: 1, lockTimeout: 3)
            let row = try await driver.write { connection in
                try connection.first(
                    """
                    SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
                        current_setting('idle_in_transaction_session_timeout') AS idle,
                        current_setting('application_name') AS name,
                        current_setting('transaction_isolation') AS level
                    """)
            }
            #expect(row?.values == ["1s", "3s", "2s", "hallmark", "serializable"].map(SQLValue.text))
            await #expect(throws: SQLFault.self) { try await driver.read { try $0.query("SELECT pg_sleep(30)") } }
            await driver.shutdown()
        }
    }

    @Test("Numbers that do not fit are refused")
    func numerics() async throws {
        try await withDatabase(.postgres) { driver in
            let good = try await driver.read { connection in
                try connection.first(
                    """
                    SELECT 9223372036854775807::numeric AS a, (-9223372036854775808)::numeric AS b, 10000::numeric AS c,
                        100000000.00::numeric AS d, 0.00::numeric AS e, 7::smallint AS f, (-7)::integer AS g
                    """)
            }
            #expect(
                good?.values == [.max, .min, 10_000, 100_000_000, 0, 7, -7].map(SQLValue.integer))
            for text: SQL in [
                "9223372036854775808::numeric", "(-9223372036854775809)::numeric", "1.5::numeric", "0.001::numeric",
                "'NaN'::numeric", "1e30::numeric", "now()", "ARRAY[1]",
            ] {
                await #expect(throws: SQLFault.self) {
                    try await driver.read { try $0.first("SELECT \(sql: text) AS x") }
                }
            }
        }
    }

    @Test(
        "No message repeats the password",
        arguments: [
            "postgres://user:pa55word@127.0.0.1:1/database", "postgres://user:pa55@word@127.0.0.1:5432/database",
            "postgres://user:pa55word@127.0.0.1:pa55word/database", "postgres://user:pa55word@[::1/database",
            "postgres://user:pa55word@host/database?sslmode=pa55word", "pa55word", "postgres://%zzpa55word",
        ])
    func secrets(url: String) async throws {
        func check(_ error: any Error) {
            #expect(!"\(error)".contains("pa55"), "\(error)")
            #expect(!"\(error)".contains("word@"), "\(error)")
        }
        do throws(SQLFault) {
            let settings = try PostgresSettings(url: url, connectTimeout: 2, statementTimeout: 1, lockTimeout: 1)
            _ = try settings.connect()
            Issue.record("connected to \(url)")
        } catch {
            check(error)
        }
        guard let driver = try? PostgresDriver(url: url) else { return }
        await #expect(throws: SQLFault.connectionLost) { try await driver.read { try $0.execute("SELECT 1") } }
        await driver.shutdown()
    }
}
