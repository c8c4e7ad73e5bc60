/// A session inside a transaction, for one run of one closure.
final class PostgresConnection: MigrationConnection {
    let dialect = SQLDialect.postgres
    private let session: PostgresSession
    /// The first statement that failed; the transaction cannot be committed any more.
    private(set) var failure: PostgresFailure?

    init(_ session: PostgresSession) {
        self.session = session
    }

    func execute(_ sql: SQL) throws -> Int {
        try translating { try session.execute(sql) }
    }

    func query(_ sql: SQL) throws -> [SQLRow] {
        try translating { try session.query(sql) }
    }

    func run(migration statement: String) throws {
        _ = try translating { try session.command(statement) }
    }

    private func translating<T>(_ body: () throws -> T) throws -> T {
        if let failure { throw failure.fault }
        do {
            return try body()
        } catch let error as PostgresFailure {
            failure = error
            throw error.fault
        }
    }
}
