/// A connection inside a transaction, valid only within the closure it was given to.
///
/// After a statement failed, every further statement fails with the same fault and the transaction is not committed,
/// even if the closure swallows the error: PostgreSQL cannot continue there, so SQLite does not either.
package protocol SQLConnection {
    /// Which database this is; only the search index and the migrator may ask.
    var dialect: SQLDialect { get }

    /// Runs a statement and drops what it returns.
    /// - Returns: How many rows it inserted, changed or deleted itself; 0 for anything else.
    /// - Throws: ``SQLFault``.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// Runs a statement and returns its rows, all of them in memory; bound them with LIMIT.
    /// - Throws: ``SQLFault``.
    func query(_ sql: SQL) throws -> [SQLRow]
}

extension SQLConnection {
    /// The first row of an answer.
    package func first(_ sql: SQL) throws -> SQLRow? {
        try query(sql).first
    }
}
