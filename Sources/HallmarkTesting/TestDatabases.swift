import Foundation
package import Persistence
import RegistryModel
import Testing

/// Runs `body` with a fresh database that has `migrations`, and removes it afterwards.
///
/// Where the database cannot be started the test is cancelled, which is reported as skipped.
package func withTestDatabase(
    _ backend: TestBackend, migrations: [Migration] = [], _ body: (TestDatabase) async throws -> Void
) async throws {
    guard backend.isAvailable else { try Test.cancel("\(backend) is not installed") }
    let database = try await TestDatabases.shared.make(backend, migrations)
    do {
        try await body(database)
    } catch {
        await TestDatabases.shared.remove(database)
        throw error
    }
    await TestDatabases.shared.remove(database)
}

/// Runs `body` with a driver of a fresh database that has `migrations`, and shuts it down afterwards.
///
/// Where the database cannot be started the test is cancelled, which is reported as skipped.
package func withDatabase(
    _ backend: TestBackend, migrations: [Migration] = [], _ body: (any SQLDriver) async throws -> Void
) async throws {
    try await withTestDatabase(backend, migrations: migrations) { database in
        let driver = try database.open()
        do {
            try await body(driver)
        } catch {
            await driver.shutdown()
            throw error
        }
        await driver.shutdown()
    }
}

/// Makes databases; each list of migrations runs once in a test process and is copied from then on.
private actor TestDatabases {
    static let shared = TestDatabases()

    private var files: [[Migration]: Task<Data, any Error>] = [:]
    private var templates: [[Migration]: Task<String, any Error>] = [:]

    func make(_ backend: TestBackend, _ migrations: [Migration]) async throws -> TestDatabase {
        switch backend {
        case .sqlite:
            let task = files[migrations] ?? Task { try await Self.migratedFile(migrations) }
            files[migrations] = task
            let content = try await task.value
            let file = try Self.newDirectory().appendingPathComponent("hallmark.db")
            try content.write(to: file)
            return TestDatabase(backend: .sqlite, address: file.path)
        case .postgres:
            let server = try await TestPostgres.shared.server()
            let task = templates[migrations] ?? Task { try await Self.migratedTemplate(migrations, server) }
            templates[migrations] = task
            return TestDatabase(backend: .postgres, address: try await server.create(copying: task.value))
        }
    }

    func remove(_ database: TestDatabase) async {
        switch database.backend {
        case .sqlite:
            try? FileManager.default.removeItem(at: URL(fileURLWithPath: database.address).deletingLastPathComponent())
        case .postgres:
            try? await TestPostgres.shared.server().drop(database.address)
        }
    }

    private static func migratedFile(_ migrations: [Migration]) async throws -> Data {
        let directory = try newDirectory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("template.db")
        try await migrate(SQLiteDriver(path: file.path), migrations)
        return try Data(contentsOf: file)
    }

    private static func migratedTemplate(
        _ migrations: [Migration], _ server: TestPostgresServer
    ) async throws -> String {
        let url = try await server.create(copying: nil)
        try await migrate(PostgresDriver(url: url), migrations)
        return url
    }

    private static func migrate(_ driver: any SQLDriver, _ migrations: [Migration]) async throws {
        do {
            try await Migrator(driver: driver, migrations: migrations, clock: Epoch()).migrate()
        } catch {
            await driver.shutdown()
            throw error
        }
        await driver.shutdown()
    }

    private static func newDirectory() throws -> URL {
        let name = "hallmark-test-" + UUID().uuidString
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    private struct Epoch: WallClock {
        func now() -> Timestamp { Timestamp(microseconds: 0) }
    }
}
