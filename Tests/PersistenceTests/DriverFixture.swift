import Dispatch
import Foundation
import HallmarkTesting
import Persistence
import Synchronization

/// The tables of the driver tests.
enum DriverFixture {
    static let migrations = [
        Migration(
            number: 1, name: "tables",
            sql: """
                CREATE TABLE items (
                    id {int} PRIMARY KEY,
                    name {text} NOT NULL UNIQUE,
                    note {text},
                    body {bytes},
                    size {int}
                ) {strict};
                CREATE TABLE pairs (
                    first {text} NOT NULL,
                    second {int} NOT NULL,
                    PRIMARY KEY (first, second)
                ) {strict};
                CREATE TABLE parts (
                    id {int} PRIMARY KEY,
                    item {int} NOT NULL REFERENCES items (id)
                ) {strict};
                CREATE TABLE promises (
                    id {int} PRIMARY KEY,
                    item {int} NOT NULL REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED
                ) {strict};
                """)
    ]

    /// Inserts an item that is nothing but its name.
    static func insert(_ id: Int, _ name: String) -> SQL {
        "INSERT INTO items (id, name) VALUES (\(id), \(name))"
    }

    /// Opens a driver that few may wait for.
    static func narrow(_ database: TestDatabase) throws -> any SQLDriver {
        switch database.backend {
        case .sqlite: try SQLiteDriver(path: database.address, readers: 1, waiting: 2)
        case .postgres: try PostgresDriver(url: database.address, connections: 1, waiting: 2)
        }
    }
}

extension SQLDriver {
    /// How many items there are.
    func countOfItems() async throws -> Int64 {
        try await read { connection in
            try connection.first("SELECT COUNT(*) FROM items")?.int(0) ?? -1
        }
    }

    /// The names of the items, in the order of their ids.
    func names() async throws -> [String] {
        try await read { connection in
            try connection.query("SELECT name FROM items ORDER BY id").map { try $0.text("name") }
        }
    }
}

/// Counts from 1.
final class Counter: Sendable {
    private let count = Atomic(0)

    /// One more than the last time.
    @discardableResult
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }

    /// The last number.
    var value: Int { count.load(ordering: .relaxed) }
}

/// An event that happens once, for tasks to await and for threads to block on.
final class Signal: Sendable {
    private struct State {
        var isFired = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let semaphore = DispatchSemaphore(value: 0)

    /// Lets everybody go on, now and later.
    func fire() {
        let waiters = state.withLock { state in
            state.isFired = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        semaphore.signal()
    }

    /// Waits in a task.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isFired = state.withLock { state in
                if !state.isFired { state.waiters.append(continuation) }
                return state.isFired
            }
            if isFired { continuation.resume() }
        }
    }

    /// Blocks a thread for some seconds at most; without a number, for longer than any busy machine takes.
    /// - Returns: Whether it was fired.
    @discardableResult
    func block(seconds: Double = 300) -> Bool {
        guard semaphore.wait(timeout: .now() + seconds) == .success else { return false }
        semaphore.signal()
        return true
    }
}
