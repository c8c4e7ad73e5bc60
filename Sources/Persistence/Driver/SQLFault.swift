/// What a database refused, in the same words for SQLite and PostgreSQL.
package enum SQLFault: Error, Hashable {
    /// A unique or primary key constraint; `constraint` is `table.column, table.column` with both databases.
    ///
    /// For an index on an expression it is what the database says, which differs.
    case uniqueViolation(constraint: String)
    /// A row that is named does not exist, or a row that is deleted is still named.
    case foreignKeyViolation
    /// A text value contains U+0000.
    case nullCharacter
    /// A column is missing or holds another type than was asked for.
    case column(String)
    /// Another writer held the database for too long, or kept winning.
    case busy
    /// The server cannot be reached; during COMMIT it means that the outcome is unknown.
    case connectionLost
    /// The disk is full, takes no writes or fails, or the server is out of memory, connections or files.
    ///
    /// Nothing was changed. `code` and `message` are the database's own, for the log only.
    case storage(code: String, message: String)
    /// Too many closures are waiting already.
    case overloaded
    /// The database was migrated by a newer program.
    case schemaTooNew(found: Int, known: Int)
    /// A migration that was applied has another text now; published migrations never change.
    case migrationChanged(number: Int)
    /// Anything else: SQLSTATE or SQLite's extended result code, and the database's own sentence (for the log only).
    case other(code: String, message: String)

    /// Whether the same request may succeed a moment later without anything being repaired.
    package var isTransient: Bool {
        switch self {
        case .busy, .connectionLost, .overloaded: true
        default: false
        }
    }

    /// The driver was shut down.
    static let shutDown = SQLFault.other(code: "shutdown", message: "The database was shut down.")
}
