import Dispatch
import GRDB
import Synchronization

/// The reading connections of a SQLite database.
///
/// Each is used by one closure at a time, in a transaction of its own. GRDB's own pool of readers asks for the schema's
/// version and prepares the transaction's statements anew at each read, which cost more than what was read.
final class SQLiteReaders: Sendable {
    private let path: String
    private let configuration: Configuration
    /// A place for each connection that may be in use.
    private let places: DispatchSemaphore
    private let idle = Mutex<[DatabaseQueue]>([])

    /// Reads the database at `path`, which another connection has opened and keeps open, over at most `count` connections.
    init(path: String, configuration: Configuration, count: Int) {
        self.path = path
        var configuration = configuration
        configuration.readonly = true
        self.configuration = configuration
        places = DispatchSemaphore(value: count)
    }

    /// Runs `body` in a transaction that sees one state of the database; waits for a connection.
    func read<T>(_ body: (SQLiteConnection) throws -> T) throws -> T {
        places.wait()
        defer { places.signal() }
        let queue = try idle.withLock { $0.popLast() } ?? DatabaseQueue(path: path, configuration: configuration)
        defer { idle.withLock { $0.append(queue) } }
        return try queue.unsafeRead { database in
            try Self.run("BEGIN DEFERRED", database)
            do {
                let value = try body(SQLiteConnection(database))
                try Self.run("COMMIT", database)
                return value
            } catch {
                if database.isInsideTransaction { try? Self.run("ROLLBACK", database) }
                throw error
            }
        }
    }

    /// Closes the connections; nothing may read any more.
    func close() {
        let queues = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        for queue in queues { try? queue.close() }
    }

    private static func run(_ statement: String, _ database: Database) throws {
        _ = try SQLiteCall(database.cachedStatement(sql: statement), in: database).execute([])
    }
}
