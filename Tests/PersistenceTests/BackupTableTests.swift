import HallmarkTesting
import RegistryModel
import Testing

@testable import Persistence

@Suite("Tables of a backup")
struct BackupTableTests {
    /// The columns of every table, as the database itself tells them.
    private func schema(_ driver: any SQLDriver) async throws -> [String: Set<String>] {
        let rows = try await driver.read { connection in
            try connection.query(
                connection.dialect == .sqlite
                    ? """
                    SELECT m.name AS place, c.name AS label FROM sqlite_master m, pragma_table_info(m.name) c
                    WHERE m.type = 'table'
                    """
                    : """
                    SELECT CAST(table_name AS text) AS place, CAST(column_name AS text) AS label
                    FROM information_schema.columns WHERE table_schema = 'public'
                    """
            ).map { (try $0.text("place"), try $0.text("label")) }
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { Set($0.map(\.1)) }
    }

    @Test("Every table and column is backed up, or left out for a reason", arguments: TestBackend.allCases)
    func complete(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: Migration.all) { driver in
            let known = Dictionary(uniqueKeysWithValues: BackupTable.all.map { ($0.name, Set($0.columns.map(\.name))) })
            // FTS5 keeps each of its tables in several others.
            let own = try await schema(driver).filter { name, _ in
                !BackupTable.leftOut.keys.contains { name == $0 || name.hasPrefix("\($0)_") }
                    && !name.hasPrefix("sqlite_")
            }
            #expect(Set(own.keys) == Set(known.keys))
            for (name, columns) in own { #expect(known[name] == columns, "the columns of \(name)") }
        }
    }

    @Test("Every kind of value comes back, page after page", arguments: TestBackend.allCases)
    func values(backend: TestBackend) async throws {
        try await withDatabase(backend, migrations: Migration.all) { driver in
            let settings = try #require(BackupTable.all.first { $0.name == "settings" })
            let downloads = try #require(BackupTable.all.first { $0.name == "downloads" })
            let rows = try await driver.write { connection -> [JSONValue] in
                for number in 0..<200 {
                    try connection.execute(
                        "INSERT INTO settings (name, value) VALUES (\("n\(number % 7)é\(number)"), \([UInt8(number), 0, 255]))"
                    )
                    try connection.execute(
                        """
                        INSERT INTO downloads (file_id, day, family, project_id, count)
                        VALUES (\(number / 40 - 2), \(number % 5), \("f\(number % 40)"), \(Int64.min), \(Int64.max))
                        ON CONFLICT (file_id, day, family) DO NOTHING
                        """)
                }
                var rows: [JSONValue] = []
                for table in [settings, downloads] { try TableStore(connection).dump(table) { rows.append($0) } }
                return rows
            }
            #expect(rows.count == 400 && Set(rows).count == 400)
            try await driver.write { connection in
                try connection.execute("DELETE FROM settings")
                try connection.execute("DELETE FROM downloads")
                for row in rows {
                    let table = row.arrayValue?.count == 2 ? settings : downloads
                    try TableStore(connection).load(table, table.columns, row)
                }
            }
            let again = try await driver.read { connection in
                var rows: [JSONValue] = []
                for table in [settings, downloads] { try TableStore(connection).dump(table) { rows.append($0) } }
                return rows
            }
            #expect(again == rows)
        }
    }

    @Test("A value of another type is refused")
    func wrongType() async throws {
        try await withDatabase(.sqlite, migrations: Migration.all) { driver in
            let settings = try #require(BackupTable.all.first { $0.name == "settings" })
            for row in [[.integer(1), "AA=="], ["a", "no base64!"], ["a"], "a"] as [JSONValue] {
                await #expect(throws: SQLFault.self) {
                    try await driver.write { try TableStore($0).load(settings, settings.columns, row) }
                }
            }
        }
    }
}
