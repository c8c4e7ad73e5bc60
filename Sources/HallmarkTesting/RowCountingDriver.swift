package import Persistence
import Synchronization

/// Counts the rows that statements return, and the bytes of text and blobs in them.
package final class RowCountingDriver: SQLDriver {
    private let inner: any SQLDriver
    private let count = Mutex((rows: 0, bytes: 0))

    /// Runs everything on `inner`.
    package init(_ inner: any SQLDriver) {
        self.inner = inner
    }

    package var dialect: SQLDialect { inner.dialect }

    /// The rows so far.
    package var rows: Int { count.withLock { $0.rows } }

    /// The bytes so far.
    package var bytes: Int { count.withLock { $0.bytes } }

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

    private struct Connection: SQLConnection {
        let inner: any SQLConnection
        let driver: RowCountingDriver

        var dialect: SQLDialect { inner.dialect }

        func execute(_ sql: SQL) throws -> Int { try inner.execute(sql) }

        func query(_ sql: SQL) throws -> [SQLRow] {
            let rows = try inner.query(sql)
            let bytes = rows.reduce(0) { sum, row in row.values.reduce(sum) { $0 + Self.length($1) } }
            driver.count.withLock { count in
                count.rows += rows.count
                count.bytes += bytes
            }
            return rows
        }

        private static func length(_ value: SQLValue) -> Int {
            switch value {
            case .null, .integer: 0
            case .text(let text): text.utf8.count
            case .blob(let bytes): bytes.count
            }
        }
    }
}
