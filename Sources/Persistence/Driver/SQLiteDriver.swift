import Foundation
import GRDB
import RegistryModel

/// SQLite through GRDB: one writer, several readers, write-ahead log.
///
/// Waiting write closures share one transaction and therefore one fsync (``SQLiteWriter``). Several processes may open
/// the same file; each waits up to `busyTimeout` for the other's transaction.
package final class SQLiteDriver: MigrationDriver {
    package let dialect = SQLDialect.sqlite
    private let pool: DatabasePool
    private let readers: BoundedPool
    private let reading: SQLiteReaders
    private let writer: SQLiteWriter

    /// Opens the database file, or creates it in a directory that exists.
    ///
    /// - Parameters:
    ///   - path: The database file. Two more, `-wal` and `-shm`, appear beside it.
    ///   - readers: How many read closures may run at once.
    ///   - waiting: How many closures may wait, reads and writes each, before ``SQLFault/overloaded`` is the answer.
    ///   - batch: How many write closures may share a transaction.
    ///   - busyTimeout: How many seconds a writer waits for another process.
    /// - Throws: ``SQLFault``.
    package init(
        path: String, readers: Int = 4, waiting: Int = 1024, batch: Int = 64, busyTimeout: Double = 10
    ) throws(SQLFault) {
        do {
            let configuration = Self.configuration(busyTimeout: busyTimeout)
            pool = try Self.open(path, configuration)
            reading = SQLiteReaders(path: path, configuration: configuration, count: max(1, readers))
        } catch let error as DatabaseError {
            throw SQLFault(error)
        } catch {
            throw .other(code: "open", message: "\(error)")
        }
        self.readers = BoundedPool(threads: max(1, readers), waiting: waiting)
        writer = SQLiteWriter(pool: pool, waiting: waiting, batch: max(1, batch))
    }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        // A task on a thread that may block need not wake another.
        guard BlockingThread.isCurrent else { return try await readers.run { try self.readNow(body) } }
        try readers.admit()
        defer { readers.finish() }
        return try readNow(body)
    }

    private func readNow<T>(_ body: (any SQLConnection) throws -> T) throws -> T {
        do {
            return try reading.read { try body($0) }
        } catch let error as DatabaseError {
            throw SQLFault(error)
        }
    }

    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await writer.run(body)
    }

    func migrate<T: Sendable>(
        _ body: @escaping @Sendable (any MigrationConnection) throws -> T
    ) async throws -> T {
        // An index over a large table is sorted in a file.
        try await writer.pragma("PRAGMA temp_store = FILE")
        do {
            let value = try await writer.run(body)
            try await writer.pragma("PRAGMA temp_store = MEMORY")
            return value
        } catch {
            try await writer.pragma("PRAGMA temp_store = MEMORY")
            throw error
        }
    }

    /// A number that changes only when another process, or another connection, commits.
    ///
    /// It is SQLite's [data_version](https://www.sqlite.org/pragma.html#pragma_data_version) on the writing
    /// connection, where this driver's own commits do not count.
    package func dataVersion() async throws -> Int64 {
        try await writer.pragma("PRAGMA data_version")
    }

    /// The writing connection's level of [synchronous](https://www.sqlite.org/pragma.html#pragma_synchronous): 2, FULL.
    func synchronousLevel() async throws -> Int64 {
        try await writer.pragma("PRAGMA synchronous")
    }

    /// How many write closures wait for the next transaction.
    var waitingWrites: Int { writer.depth }

    package func shutdown() async {
        await readers.close()
        reading.close()
        await writer.close()
    }

    private static func configuration(busyTimeout: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "hallmark"
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        return configuration
    }

    private static func open(_ path: String, _ configuration: Configuration) throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // GRDB sets NORMAL when it turns the write-ahead log on: a commit could be lost with the power.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA cache_size = -16384")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            // What a savepoint would put back: otherwise a file is made and removed for every transaction.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            // Sixteen megabytes of log. What many publishes change is written to the database once in that time.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
        }
        syncDirectory(of: path)
        return pool
    }

    /// Makes the entry of a new file durable.
    ///
    /// SQLite does so for journals, not for the database file itself.
    private static func syncDirectory(of path: String) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = Foundation.open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
