package import Persistence
import Synchronization

/// Asks SQLite, before every statement, how it would run it, and keeps the answers.
package final class PlanRecordingDriver: SQLDriver {
    /// A statement and the steps of its [plan](https://www.sqlite.org/eqp.html).
    package struct Plan: Hashable, Sendable {
        package let statement: String
        package let steps: [String]
    }

    package let dialect = SQLDialect.sqlite
    private let inner: any SQLDriver
    private let seen = Mutex<Set<Plan>>([])

    /// Runs everything on `inner`, which must be SQLite.
    package init(_ inner: any SQLDriver) {
        self.inner = inner
    }

    /// Every plan so far.
    package var plans: Set<Plan> { seen.withLock { $0 } }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await inner.read { [self] connection in try body(Connection(inner: connection, driver: self)) }
    }

    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await inner.write { [self] connection in try body(Connection(inner: connection, driver: self)) }
    }

    package func shutdown() async {
        await inner.shutdown()
    }

    private func note(_ sql: SQL, _ connection: any SQLConnection) throws {
        let steps = try connection.query("EXPLAIN QUERY PLAN " + sql).map { try $0.text("detail") }
        _ = seen.withLock { $0.insert(Plan(statement: sql.description, steps: steps)) }
    }

    private struct Connection: SQLConnection {
        let inner: any SQLConnection
        let driver: PlanRecordingDriver

        var dialect: SQLDialect { inner.dialect }

        func execute(_ sql: SQL) throws -> Int {
            try driver.note(sql, inner)
            return try inner.execute(sql)
        }

        func query(_ sql: SQL) throws -> [SQLRow] {
            try driver.note(sql, inner)
            return try inner.query(sql)
        }
    }
}
