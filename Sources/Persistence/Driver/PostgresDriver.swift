package import Logging
import Synchronization

/// PostgreSQL through libpq: a bounded pool of connections, each used on a thread of a bounded pool.
///
/// Writes are SERIALIZABLE and run again, after a random pause, when they lose against another transaction. A connection
/// that is lost before COMMIT was sent costs another try; during COMMIT the caller learns ``SQLFault/connectionLost``,
/// because the outcome is unknown. No error or log line contains the URL or its password.
package final class PostgresDriver: MigrationDriver {
    package let dialect = SQLDialect.postgres
    private let settings: PostgresSettings
    private let threads: BoundedPool
    private let logger: Logger
    private let idle = Mutex<[PostgresSession]>([])
    private let reach = ServerReach()

    /// Prepares the pool; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - url: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with libpq's parameters after `?`.
    ///   - connections: How many closures may run at once.
    ///   - waiting: How many more may wait, before ``SQLFault/overloaded`` is the answer.
    ///   - connectTimeout: Seconds to wait for a connection, 2 at least.
    ///   - statementTimeout: Seconds that a statement may run; twice as long, a closure may pause between two.
    ///   - lockTimeout: Seconds to wait for a lock.
    ///   - logger: Hears the server's notices, and why it cannot be reached.
    /// - Throws: ``SQLFault/other(code:message:)`` when the URL is not valid.
    package init(
        url: String, connections: Int = 8, waiting: Int = 1024, connectTimeout: Int = 5, statementTimeout: Int = 30,
        lockTimeout: Int = 10, logger: Logger = Logger(label: "hallmark.postgres")
    ) throws(SQLFault) {
        settings = try PostgresSettings(
            url: url, connectTimeout: connectTimeout, statementTimeout: statementTimeout, lockTimeout: lockTimeout)
        threads = BoundedPool(threads: max(1, connections), waiting: waiting)
        self.logger = logger
    }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await run(.read, body)
    }

    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await run(.write, body)
    }

    func migrate<T: Sendable>(
        _ body: @escaping @Sendable (any MigrationConnection) throws -> T
    ) async throws -> T {
        try await run(.migration, body)
    }

    package func shutdown() async {
        await threads.close()
        let sessions = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        // Releasing a session closes its connection.
        logger.debug("Closed \(sessions.count) connections to PostgreSQL.")
    }
}

// Running transactions.
extension PostgresDriver {
    private enum Mode {
        case read, write, migration

        var begin: String {
            switch self {
            case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            case .write: "BEGIN ISOLATION LEVEL SERIALIZABLE"
            case .migration:
                // READ COMMITTED, because the snapshot of any other level would be older than the lock. The number of
                // the lock is "hallmark" in ASCII.
                """
                BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
                SELECT pg_advisory_xact_lock(7521970067163996779)
                """
            }
        }
    }

    private enum Attempt<T: Sendable>: Sendable {
        case done(T)
        case failed(any Error)
        case again(PostgresFailure.Kind)
    }

    private func run<T: Sendable>(
        _ mode: Mode, _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws -> T {
        try threads.admit()
        defer { threads.finish() }
        var tries: Int64 = 0
        while true {
            let attempt = try await threads.perform { self.attempt(mode, body) }
            switch attempt {
            case .done(let value): return value
            case .failed(let error): throw error
            case .again(let kind):
                tries += 1
                let isLost = kind == .lost
                guard tries < (isLost ? 3 : 24) else { throw isLost ? SQLFault.connectionLost : SQLFault.busy }
                // The pause holds no thread and no connection.
                let longest: Int64 = min(250_000, 2000 << min(tries, 7)) * (isLost ? 4 : 1)
                try await Task.sleep(for: .microseconds(Int64.random(in: longest / 4...longest)))
            }
        }
    }

    /// Runs a closure once, on the current thread.
    private func attempt<T>(_ mode: Mode, _ body: (PostgresConnection) throws -> T) -> Attempt<T> {
        // To try again at once would only make everybody behind this closure wait for the same refusal.
        guard let session = checkOut() else { return .failed(SQLFault.connectionLost) }
        defer { checkIn(session) }
        let connection = PostgresConnection(session)
        var isCommitting = false
        do {
            try session.command(mode.begin)
            let value = try body(connection)
            // A closure that swallowed a fault must not believe that the rest was kept.
            if let failure = connection.failure { throw failure }
            isCommitting = true
            guard try session.command("COMMIT") == "COMMIT" else {
                return .failed(SQLFault.other(code: "25P02", message: "the transaction was rolled back"))
            }
            return .done(value)
        } catch {
            guard let failure = connection.failure ?? error as? PostgresFailure else {
                rollBack(session)
                return .failed(error)
            }
            switch failure.kind {
            case .statement:
                rollBack(session)
                return .failed(error is PostgresFailure ? failure.fault : error)
            case .conflict:
                rollBack(session)
                return .again(.conflict)
            case .stale:
                rollBack(session)
                session.deallocate()
                return .again(.stale)
            case .lost:
                // The others are of the same age and probably lost too.
                let lost = idle.withLock { idle in
                    defer { idle = [] }
                    return idle
                }
                logger.debug("Dropped \(lost.count) idle connections to PostgreSQL with a lost one.")
                return isCommitting && mode != .read ? .failed(SQLFault.connectionLost) : .again(.lost)
            }
        }
    }

    private func rollBack(_ session: PostgresSession) {
        guard !session.isIdle else { return }
        _ = try? session.command("ROLLBACK")
    }

    /// An idle session or a new one; nil when the server cannot be reached.
    private func checkOut() -> PostgresSession? {
        if let session = idle.withLock({ $0.popLast() }) { return session }
        guard reach.begin() else { return nil }
        let start = ContinuousClock.now
        do throws(SQLFault) {
            let session = try PostgresSession(settings, logger: logger)
            reach.ended(connected: true, after: start.duration(to: .now))
            return session
        } catch {
            reach.ended(connected: false, after: start.duration(to: .now))
            logger.warning("PostgreSQL cannot be reached.", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func checkIn(_ session: PostgresSession) {
        guard session.isIdle else { return }
        idle.withLock { $0.append(session) }
    }
}
