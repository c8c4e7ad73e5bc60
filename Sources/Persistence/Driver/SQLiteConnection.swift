import GRDB

/// A GRDB connection inside a transaction.
///
/// It is a class for the one thing it remembers, its first failed statement, and it never leaves the closure's thread.
final class SQLiteConnection: MigrationConnection {
    let dialect = SQLDialect.sqlite
    private let database: Database
    /// The fault of the first statement that failed; the closure's work is not kept.
    private(set) var failure: SQLFault?

    init(_ database: Database) {
        self.database = database
    }

    func execute(_ sql: SQL) throws -> Int {
        try run(sql) { try $0.execute(sql.values) }
    }

    func query(_ sql: SQL) throws -> [SQLRow] {
        try run(sql) { try $0.query(sql.values) }
    }

    func run(migration statement: String) throws {
        try translating { try database.execute(sql: statement) }
    }

    private func run<T>(_ sql: SQL, _ body: (SQLiteCall) throws -> T) throws -> T {
        let text = try sql.text(for: .sqlite)
        return try translating {
            let statement =
                try sql.isReusable ? database.cachedStatement(sql: text) : database.makeStatement(sql: text)
            return try body(SQLiteCall(statement, in: database))
        }
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        if let failure { throw failure }
        do {
            return try body()
        } catch let error as DatabaseError {
            let fault = SQLFault(error)
            failure = fault
            throw fault
        }
    }
}

extension SQLFault {
    /// What the disk under the database, or the memory, is at fault for.
    private static let storageCodes: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM, .SQLITE_PERM,
    ]

    /// Translates [result codes](https://www.sqlite.org/rescode.html).
    init(_ error: DatabaseError) {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            let prefix = "UNIQUE constraint failed: "
            let message = error.message ?? ""
            self = .uniqueViolation(
                constraint: message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            self = .foreignKeyViolation
        case let code where code.primaryResultCode == .SQLITE_BUSY || code.primaryResultCode == .SQLITE_LOCKED:
            self = .busy
        case let code where Self.storageCodes.contains(code.primaryResultCode):
            self = .storage(code: String(code.rawValue), message: error.message ?? "no message")
        case let code:
            self = .other(code: String(code.rawValue), message: error.message ?? "no message")
        }
    }
}
