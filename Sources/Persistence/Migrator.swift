package import RegistryModel

/// Brings a database to the newest schema: numbered steps, forward only.
///
/// Each step runs in a transaction of its own, alone among all processes, and is recorded in `schema_migrations` in the
/// same transaction, so that several nodes may start at once. A database that a newer program has migrated is refused,
/// and so is a step whose text is not what was applied.
package struct Migrator: Sendable {
    private let driver: any SQLDriver
    private let migrations: [Migration]
    private let clock: any WallClock

    /// Prepares to migrate; nothing is read or written yet.
    package init(driver: any SQLDriver, migrations: [Migration], clock: any WallClock) {
        self.driver = driver
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.clock = clock
    }

    /// The number of the newest migration that the database has; 0 for an empty database.
    package func currentVersion() async throws -> Int {
        try await driver.read { connection in
            try Self.applied(connection).map(\.number).max() ?? 0
        }
    }

    /// The migrations that the database does not have yet.
    /// - Throws: ``SQLFault/schemaTooNew(found:known:)`` or ``SQLFault/migrationChanged(number:)``.
    package func pending() async throws -> [Migration] {
        try await driver.read { [migrations] connection in
            try Self.pending(migrations, connection)
        }
    }

    /// Applies what is pending.
    /// - Returns: What this call applied; another node may have applied the rest at the same time.
    /// - Throws: ``SQLFault/schemaTooNew(found:known:)``, ``SQLFault/migrationChanged(number:)``, or the fault of a
    ///   statement. The steps before the one that failed stay applied.
    @discardableResult
    package func migrate() async throws -> [Migration] {
        guard let driver = driver as? any MigrationDriver else {
            throw SQLFault.other(code: "migrate", message: "this driver cannot migrate")
        }
        var done: [Migration] = []
        while let next = try await step(driver) {
            done.append(next)
        }
        return done
    }

    /// Applies the first pending migration, or returns nil if there is none.
    private func step(_ driver: any MigrationDriver) async throws -> Migration? {
        let now = clock.now()
        return try await driver.migrate { [migrations] connection in
            guard let next = try Self.pending(migrations, connection).first else { return nil }
            for statement in Self.table + next.statements(for: connection.dialect) {
                try connection.run(migration: statement)
            }
            try connection.execute(
                """
                INSERT INTO schema_migrations (number, name, applied_at, checksum)
                VALUES (\(next.number), \(next.name), \(now), \(next.checksum))
                """)
            return next
        }
    }

    private static let table = [
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number BIGINT PRIMARY KEY,
            name TEXT NOT NULL,
            applied_at BIGINT NOT NULL,
            checksum TEXT NOT NULL
        )
        """
    ]

    private static func pending(
        _ migrations: [Migration], _ connection: any SQLConnection
    ) throws -> [Migration] {
        let applied = try applied(connection)
        let known = migrations.last?.number ?? 0
        if let newest = applied.map(\.number).max(), newest > known {
            throw SQLFault.schemaTooNew(found: newest, known: known)
        }
        let checksums = Dictionary(applied.map { ($0.number, $0.checksum) }, uniquingKeysWith: { first, _ in first })
        for migration in migrations {
            guard let checksum = checksums[migration.number] else { continue }
            guard checksum == migration.checksum else { throw SQLFault.migrationChanged(number: migration.number) }
        }
        return migrations.filter { checksums[$0.number] == nil }
    }

    private static func applied(_ connection: any SQLConnection) throws -> [(number: Int, checksum: String)] {
        let exists: SQL =
            switch connection.dialect {
            case .sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migrations'"
            case .postgres: "SELECT COUNT(to_regclass('schema_migrations'))"
            }
        guard let count = try connection.first(exists)?.int(0), count > 0 else { return [] }
        return try connection.query("SELECT number, checksum FROM schema_migrations").map { row in
            (Int(try row.int("number")), try row.text("checksum"))
        }
    }
}
