import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("SQL values", .timeLimit(.minutes(10)))
struct SQLTests {
    private enum Colour: String {
        case red, green
    }

    /// Reads back what a statement without a table returns.
    private func echo(_ sql: SQL, _ backend: TestBackend) async throws -> SQLRow {
        var row: SQLRow?
        try await withDatabase(backend) { driver in
            row = try await driver.read { try $0.first(sql) }
        }
        return try #require(row)
    }

    @Test("Every bindable type comes back as it was", arguments: TestBackend.allCases)
    func roundTrip(backend: TestBackend) async throws {
        let digest = try #require(SHA256Digest([UInt8](repeating: 7, count: 32)))
        let time = Timestamp(microseconds: 1_767_322_245_000_006)
        let bytes = [UInt8](0...255)
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                let insert: SQL = "INSERT INTO items (id, name, note, body, size) VALUES "
                try connection.execute(
                    insert + "(\(Int64.min), \("ä€😀"), \(Colour.green), \(bytes), \(Int64.max)), "
                        + "(\(1), \(""), \(EcosystemID(rawValue: "x")), \([] as [UInt8]), \(true)), "
                        + "(\(2), \("a"), \(nil as String?), \(digest), \(time)), "
                        + "(\(3), \("b"), \(nil as Colour?), \(nil as [UInt8]?), \(nil as Int64?)), "
                        + "(\(4), \("c"), \("" as String?), \(bytes as [UInt8]?), \(false as Bool?))")
            }
            let rows = try await driver.read { try $0.query("SELECT * FROM items ORDER BY id") }
            try #require(rows.count == 5)
            #expect(try rows[0].int("id") == .min)
            #expect(try rows[0].text("name") == "ä€😀")
            #expect(try rows[0].text("note") == "green")
            #expect(try rows[0].bytes("body") == bytes)
            #expect(try rows[0].int("size") == .max)
            #expect(try rows[1].text("name").isEmpty)
            #expect(try rows[1].text("note") == "x")
            #expect(try rows[1].optionalBytes("body") == [])
            #expect(try rows[1].bool("size"))
            #expect(try rows[2].optionalText("note") == nil)
            #expect(try rows[2].sha256("body") == digest)
            #expect(try rows[2].timestamp("size") == time)
            #expect(try rows[3].optionalText("note") == nil)
            #expect(try rows[3].optionalBytes("body") == nil)
            #expect(try rows[3].optionalInt("size") == nil)
            #expect(try rows[3].optionalSHA256("body") == nil)
            #expect(try rows[4].optionalText("note") == "")
            #expect(try rows[4].optionalBool("size") == false)
        }
    }

    @Test(
        "Text is never read as SQL", arguments: TestBackend.allCases,
        [
            "'; DROP TABLE items; --", "\" OR 1=1 --", "$1", "?", "?1", ":name", "\\'; DELETE FROM items; --", "%_",
            "Robert'); DROP TABLE items;--", "/* */", "$$; DROP TABLE items; $$", "\u{FEFF}\u{202E}", "\\x00", "\r\n\t",
            String(repeating: "'", count: 2000),
        ])
    func injection(backend: TestBackend, text: String) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { try $0.execute(DriverFixture.insert(1, text)) }
            try await driver.write { try $0.execute(DriverFixture.insert(2, "other")) }
            let found = try await driver.read { connection in
                try connection.query("SELECT id FROM items WHERE name = \(text)").map { try $0.int("id") }
            }
            #expect(found == [1])
            #expect(try await driver.names() == [text, "other"])
        }
    }

    @Test("U+0000 is refused before the database sees it", arguments: TestBackend.allCases)
    func nullCharacter(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            await #expect(throws: SQLFault.nullCharacter) {
                try await driver.write { try $0.execute(DriverFixture.insert(1, "a\0b")) }
            }
            let count = try await driver.countOfItems()
            #expect(count == 0)
        }
    }

    @Test("A list binds each element, and nothing is in an empty one", arguments: TestBackend.allCases)
    func lists(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                for id in 1...40 { try connection.execute(DriverFixture.insert(id, "n\(id)")) }
            }
            func ids(_ condition: SQL) async throws -> [Int64] {
                try await driver.read { connection in
                    try connection.query("SELECT id FROM items WHERE \(sql: condition) ORDER BY id").map {
                        try $0.int(0)
                    }
                }
            }
            let many = Array(3...30)
            #expect(try await ids("id IN \(values: [2, 5])") == [2, 5])
            #expect(try await ids("id IN \(values: many)") == many.map(Int64.init))
            #expect(try await ids("name IN \(values: ["n7", "') OR 1=1 --"])") == [7])
            #expect(try await ids("id IN \(values: [] as [Int64])") == [])
            #expect(try await ids("name IN \(values: [] as [String])") == [])
            #expect(try await ids("body IN \(values: [] as [[UInt8]])") == [])
            #expect(try await ids("name IN \(values: [EcosystemID(rawValue: "n9")])") == [9])
        }
    }

    @Test("Fragments keep their values in order", arguments: TestBackend.allCases)
    func fragments(backend: TestBackend) async throws {
        let inner: SQL = "\(2) * \(10)"
        var sql: SQL = "SELECT CAST(\(1) AS BIGINT) + \(sql: inner) AS a, "
        sql += "\("x") || \("y") AS b"
        let row = try await echo(sql + "", backend)
        #expect(try row.int("a") == 21)
        #expect(try row.text("b") == "xy")
    }

    @Test("Counts, sums and EXISTS are integers", arguments: TestBackend.allCases)
    func aggregates(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                for (id, size) in [3_000_000_000, 40_000, 0, 70_009].enumerated() {
                    try connection.execute(
                        "INSERT INTO items (id, name, size) VALUES (\(id), \(String(id)), \(size))")
                }
            }
            let row = try await driver.read { connection in
                try connection.first(
                    """
                    SELECT COUNT(*) AS n, SUM(size) AS total, -SUM(size) AS negative, SUM(size) * 0 AS zero,
                        EXISTS (SELECT 1 FROM items WHERE id = \(1)) AS found, MAX(name) AS name, 1 AS one
                    FROM items
                    """)
            }
            #expect(try row?.int("n") == 4)
            #expect(try row?.int("total") == 3_000_110_009)
            #expect(try row?.int("negative") == -3_000_110_009)
            #expect(try row?.int("zero") == 0)
            #expect(try row?.bool("found") == true)
            #expect(try row?.text("name") == "3")
            #expect(try row?.bool("one") == true)
        }
    }

    @Test("A float is refused, not rounded", arguments: TestBackend.allCases)
    func floats(backend: TestBackend) async throws {
        try await withDatabase(backend) { driver in
            await #expect(throws: SQLFault.self) {
                try await driver.read { try $0.first("SELECT CAST(1.5 AS REAL) AS x") }
            }
        }
    }

    @Test("A column that is missing or of another type is a fault", arguments: TestBackend.allCases)
    func columns(backend: TestBackend) async throws {
        let row = try await echo(
            "SELECT \(7) AS number, \("t") AS word, \([1] as [UInt8]) AS bytes, NULL AS n", backend)
        #expect(throws: SQLFault.column("absent: no such column")) { try row.int("absent") }
        #expect(throws: SQLFault.column("#4: no such column")) { try row.int(4) }
        #expect(throws: SQLFault.column("#-1: no such column")) { try row.int(-1) }
        #expect(throws: SQLFault.column("word: not an integer")) { try row.int("word") }
        #expect(throws: SQLFault.column("number: not a text")) { try row.text("number") }
        #expect(throws: SQLFault.column("word: not bytes")) { try row.bytes("word") }
        #expect(throws: SQLFault.column("number: not a boolean")) { try row.bool("number") }
        #expect(throws: SQLFault.column("bytes: not a SHA-256 digest")) { try row.sha256("bytes") }
        #expect(throws: SQLFault.column("n: NULL")) { try row.int("n") }
        #expect(try row.optionalInt("n") == nil)
        #expect(try row.int(0) == 7)
        #expect(try row.text(1) == "t")
    }

    @Test("Texts are ordered by their bytes", arguments: TestBackend.allCases)
    func collation(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: DriverFixture.migrations) { driver in
            try await driver.write { connection in
                for (id, name) in ["b", "A", "a", "B", "-", "ä", "_"].enumerated() {
                    try connection.execute(DriverFixture.insert(id, name))
                }
            }
            let names = try await driver.read { connection in
                try connection.query("SELECT name FROM items ORDER BY name").map { try $0.text(0) }
            }
            #expect(names == ["-", "A", "B", "_", "a", "b", "ä"])
        }
    }
}
