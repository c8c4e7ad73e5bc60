import HallmarkTesting
import RegistryModel
import Testing

@testable import Persistence

@Suite("Migrations", .timeLimit(.minutes(10)))
struct MigrationTests {
    private struct Noon: WallClock {
        func now() -> Timestamp { Timestamp(seconds: 43_200) }
    }

    private static let people = Migration(
        number: 1, name: "people", sql: "CREATE TABLE people (id {int} PRIMARY KEY, name {text} NOT NULL);\n")
    private static let first = Migration(
        number: 2, name: "first person",
        sql: """
            -- Not a statement; although it ends like one;
            INSERT INTO people (id, name)
            VALUES (1, 'a;b');
            INSERT INTO people (id, name) VALUES (2, 'c')
            """)
    private static let broken = Migration(
        number: 3, name: "broken", sql: "CREATE TABLE half (id {int});\nINSERT INTO nowhere VALUES (1);\n")

    private func migrator(_ driver: any SQLDriver, _ migrations: [Migration]) -> Migrator {
        Migrator(driver: driver, migrations: migrations, clock: Noon())
    }

    @Test("Steps are applied once, in order, and recorded", arguments: TestBackend.allCases)
    func forward(backend: TestBackend) async throws {
        try await withDatabase(backend) { driver in
            let old = migrator(driver, [Self.people])
            #expect(try await old.currentVersion() == 0)
            #expect(try await old.pending() == [Self.people])
            #expect(try await old.migrate() == [Self.people])
            #expect(try await old.currentVersion() == 1)

            let new = migrator(driver, [Self.first, Self.people])
            #expect(try await new.pending() == [Self.first])
            #expect(try await new.migrate() == [Self.first])
            #expect(try await new.migrate() == [])
            #expect(try await new.pending() == [])
            let names = try await driver.read { connection in
                try connection.query("SELECT name FROM people ORDER BY id").map { try $0.text(0) }
            }
            #expect(names == ["a;b", "c"])
            let rows = try await driver.read { connection in
                try connection.query("SELECT number, name, applied_at FROM schema_migrations ORDER BY number")
            }
            #expect(try rows.map { try $0.int("number") } == [1, 2])
            #expect(try rows.map { try $0.text("name") } == ["people", "first person"])
            #expect(try rows.map { try $0.timestamp("applied_at") } == [Noon().now(), Noon().now()])
        }
    }

    @Test("The schema is made on an empty database, and nothing is left to do", arguments: TestBackend.allCases)
    func schema(backend: TestBackend) async throws {
        try await withDatabase(backend) { driver in
            let schema = migrator(driver, Migration.all)
            #expect(try await schema.migrate() == Migration.all)
            let left = try await schema.pending()
            #expect(left.isEmpty)
        }
    }

    @Test("A database of a newer program is refused and left alone", arguments: TestBackend.allCases)
    func tooNew(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: [Self.people, Self.first]) { driver in
            let old = migrator(driver, [Self.people])
            await #expect(throws: SQLFault.schemaTooNew(found: 2, known: 1)) { try await old.migrate() }
            await #expect(throws: SQLFault.schemaTooNew(found: 2, known: 1)) { try await old.pending() }
            await #expect(throws: SQLFault.schemaTooNew(found: 2, known: 0)) {
                try await migrator(driver, []).migrate()
            }
            let version = try await old.currentVersion()
            #expect(version == 2)
        }
    }

    @Test("A published step must not change", arguments: TestBackend.allCases)
    func changed(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: [Self.people]) { driver in
            let edited = Migration(number: 1, name: "people", sql: Self.people.sql + " ")
            await #expect(throws: SQLFault.migrationChanged(number: 1)) {
                try await migrator(driver, [edited, Self.first]).migrate()
            }
            let version = try await migrator(driver, [Self.people]).currentVersion()
            #expect(version == 1)
        }
    }

    @Test("A step that fails leaves nothing, and those before it stay", arguments: TestBackend.allCases)
    func failing(backend: TestBackend) async throws {
        try await withDatabase(backend) { driver in
            await #expect(throws: SQLFault.self) {
                try await migrator(driver, [Self.people, Self.first, Self.broken]).migrate()
            }
            let repaired = Migration(number: 3, name: "repaired", sql: "CREATE TABLE half (id {int});\n")
            let next = migrator(driver, [Self.people, Self.first, repaired])
            let version = try await next.currentVersion()
            #expect(version == 2)
            #expect(try await next.migrate() == [repaired])
        }
    }

    @Test("Several nodes that start at once migrate once", arguments: TestBackend.allCases)
    func atOnce(backend: TestBackend) async throws {
        let migrations =
            [Self.people, Self.first]
            + (3...12).map { number in
                Migration(
                    number: number, name: "m\(number)",
                    sql: "INSERT INTO people (id, name) SELECT MAX(id) + 1, 'n' FROM people;")
            }
        try await withTestDatabase(backend) { database in
            let drivers = try (0..<4).map { _ in try database.open() }
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for driver in drivers {
                    group.addTask {
                        try await Migrator(driver: driver, migrations: migrations, clock: Noon()).migrate()
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.map(\.number).sorted() == Array(1...12))
            let count = try await drivers[0].read { try $0.first("SELECT COUNT(*) FROM people")?.int(0) }
            #expect(count == 12)
            for driver in drivers { await driver.shutdown() }
        }
    }

    @Test("Types and blocks are filled in for each database")
    func dialects() {
        let migration = Migration(
            number: 1, name: "m",
            sql: """
                CREATE TABLE t (
                    a {text}, b {bytes}, c {int}
                ) {strict};
                --sqlite
                CREATE VIRTUAL TABLE s USING fts5 (a);
                --end
                --postgres
                CREATE INDEX s ON t USING gin (a);
                CREATE INDEX u ON t (b);
                --end
                -- the end;
                DROP TABLE t ;
                """)
        #expect(
            migration.statements(for: .sqlite) == [
                "CREATE TABLE t (\n    a TEXT, b BLOB, c INTEGER\n) STRICT", "CREATE VIRTUAL TABLE s USING fts5 (a)",
                "DROP TABLE t ",
            ])
        #expect(
            migration.statements(for: .postgres) == [
                "CREATE TABLE t (\n    a text COLLATE \"C\", b bytea, c bigint\n) ",
                "CREATE INDEX s ON t USING gin (a)",
                "CREATE INDEX u ON t (b)", "DROP TABLE t ",
            ])
    }
}
