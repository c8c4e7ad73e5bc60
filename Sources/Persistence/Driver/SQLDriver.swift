/// A database: two methods, and stores as concrete structs over them.
package protocol SQLDriver: Sendable {
    /// Which database this is; only the search index and the migrator may ask.
    var dialect: SQLDialect { get }

    /// Runs `body` in a read-only transaction that sees one state of the database.
    ///
    /// `body` runs on a thread of a bounded pool and may run again after a lost connection.
    /// - Throws: What `body` throws, or ``SQLFault``; ``SQLFault/overloaded`` when too many wait already.
    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// Runs `body` in a serializable transaction and returns when it is durable.
    ///
    /// `body` is synchronous, may run more than once, and touches only its connection. When it throws, nothing of it is
    /// kept. A cancelled task does not undo it.
    /// - Throws: What `body` throws, or ``SQLFault``; after ``SQLFault/connectionLost`` the outcome is unknown.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// Finishes what was accepted, refuses anything new, and closes the database.
    func shutdown() async
}

/// A driver that can run a migration: alone among all processes, and with text that is not an ``SQL`` value.
protocol MigrationDriver: SQLDriver {
    /// Runs `body` in a transaction that no other migrator runs beside, seeing all that others committed before.
    func migrate<T: Sendable>(_ body: @escaping @Sendable (any MigrationConnection) throws -> T) async throws -> T
}

/// The connection of a migration.
protocol MigrationConnection: SQLConnection {
    /// Runs one statement of a migration's text.
    func run(migration statement: String) throws
}
