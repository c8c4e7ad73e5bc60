import GRDB
import NIOPosix
import RegistryModel
import Synchronization

/// The one writer of a SQLite database: group commit on a thread of its own.
///
/// Closures that wait share one IMMEDIATE transaction, each in a savepoint: one that throws is rolled back to its
/// savepoint and its error goes to its caller alone. **Nobody is answered before the COMMIT succeeded.** When the
/// transaction cannot be completed for a reason that may lie with one of the closures (a deferred constraint, a
/// transaction that SQLite rolled back by itself), each runs once more in a transaction of its own; a failed write or a
/// busy database is everybody's error.
final class SQLiteWriter: Sendable {
    /// What became of one run of a closure.
    private enum Outcome {
        /// It returned; calling the closure hands its value to the caller.
        case returned(@Sendable () -> Void)
        case threw(any Error)
    }

    /// A closure and its caller.
    private struct Job: Sendable {
        let attempt: @Sendable (SQLiteConnection) -> Outcome
        let fail: @Sendable (any Error) -> Void
    }

    private struct Queue {
        var jobs: [Job] = []
        var inspections: [@Sendable () -> Void] = []
        var isDraining = false
        var isOpen = true
        var closing: [CheckedContinuation<Void, Never>] = []
    }

    private let pool: DatabasePool
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting: Int
    private let batch: Int
    private let queue = Mutex(Queue())

    init(pool: DatabasePool, waiting: Int, batch: Int) {
        self.pool = pool
        self.waiting = waiting
        self.batch = batch
        thread.start()
    }

    deinit {
        thread.shutdownGracefully { _ in }
    }

    /// How many closures wait for the next transaction.
    var depth: Int { queue.withLock(\.jobs.count) }

    /// Queues a closure and waits for its durable result.
    func run<T: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            let job = Job(
                attempt: { connection in
                    do {
                        let value = try body(connection)
                        return .returned { continuation.resume(returning: value) }
                    } catch {
                        return .threw(error)
                    }
                },
                fail: { continuation.resume(throwing: $0) })
            do throws(SQLFault) {
                try enqueue { queue in queue.jobs.append(job) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Refuses new closures, finishes the waiting ones, and closes the database.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = queue.withLock { queue in
                queue.isOpen = false
                if queue.isDraining { queue.closing.append(continuation) }
                return !queue.isDraining
            }
            if isIdle { continuation.resume() }
        }
        await withCheckedContinuation { continuation in
            thread.submit { [pool] _ in
                // GRDB closes the writer before the readers, so the last connection would be one that cannot check-point.
                _ = try? pool.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
                try? pool.close()
                continuation.resume()
            }
        }
    }

    /// Reads or sets a pragma on the writing connection, between two transactions.
    @discardableResult
    func pragma(_ statement: String) async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            let work: @Sendable () -> Void = { [pool] in
                continuation.resume(
                    with: Result {
                        try pool.writeWithoutTransaction { database in
                            try Int64.fetchOne(database, sql: statement) ?? 0
                        }
                    }.mapError(Self.fault))
            }
            do throws(SQLFault) {
                try enqueue { queue in queue.inspections.append(work) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

// The queue.
extension SQLiteWriter {
    private func enqueue(_ add: (inout Queue) -> Void) throws(SQLFault) {
        let mustStart = try queue.withLock { queue throws(SQLFault) in
            guard queue.isOpen else { throw .shutDown }
            guard queue.jobs.count + queue.inspections.count < waiting else { throw .overloaded }
            add(&queue)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        if mustStart {
            thread.submit { _ in ThreadTurns.behind { self.drain() } }
        }
    }

    private func take(_ count: Int) -> [Job] {
        queue.withLock { queue in
            let taken = Array(queue.jobs.prefix(count))
            queue.jobs.removeFirst(taken.count)
            return taken
        }
    }

    /// Runs batches until the queue is empty.
    private func drain() {
        while true {
            let inspections = queue.withLock { queue in
                defer { queue.inspections = [] }
                return queue.inspections
            }
            for inspect in inspections { inspect() }
            let jobs = take(batch)
            if !jobs.isEmpty { commit(jobs) }
            let closing: [CheckedContinuation<Void, Never>]? = queue.withLock { queue in
                guard queue.jobs.isEmpty, queue.inspections.isEmpty else { return nil }
                queue.isDraining = false
                defer { queue.closing = [] }
                return queue.closing
            }
            guard let closing else { continue }
            for continuation in closing { continuation.resume() }
            return
        }
    }
}

// The shared transaction.
extension SQLiteWriter {
    /// Runs jobs, and those that arrive meanwhile, in one transaction and answers them.
    private func commit(_ first: [Job]) {
        var jobs = first
        do {
            let outcomes = try transaction(&jobs, taking: batch)
            for (job, outcome) in zip(jobs, outcomes) { answer(job, outcome) }
        } catch {
            if jobs.count > 1, Self.mayLieWithOne(error) {
                commitAlone(jobs)
            } else {
                let fault = Self.fault(error)
                for job in jobs { job.fail(fault) }
                // Those that came meanwhile would wait as long again, one batch after the other.
                if fault == .busy { for job in take(.max) { job.fail(fault) } }
            }
        }
    }

    private func commitAlone(_ jobs: [Job]) {
        var stalled: SQLFault?
        for job in jobs {
            if let stalled {
                job.fail(stalled)
                continue
            }
            do {
                var alone = [job]
                for outcome in try transaction(&alone, taking: 1) { answer(job, outcome) }
            } catch {
                let fault = Self.fault(error)
                // The next would wait as long again.
                if fault == .busy { stalled = fault }
                job.fail(fault)
            }
        }
    }

    private func answer(_ job: Job, _ outcome: Outcome) {
        switch outcome {
        case .returned(let deliver): deliver()
        case .threw(let error): job.fail(error)
        }
    }

    /// Runs jobs in one transaction, and appends those that arrive in time to `jobs` until they are `limit`.
    /// - Returns: The outcomes, in the order of `jobs`; the transaction is committed.
    /// - Throws: Why nothing was committed.
    private func transaction(_ jobs: inout [Job], taking limit: Int) throws -> [Outcome] {
        try pool.writeWithoutTransaction { database in
            try database.beginTransaction(.immediate)
            do {
                var outcomes: [Outcome] = []
                while outcomes.count < jobs.count {
                    outcomes.append(try attempt(jobs[outcomes.count], in: database))
                    if outcomes.count == jobs.count { jobs += take(max(0, limit - jobs.count)) }
                }
                try database.commit()
                return outcomes
            } catch {
                try? database.rollback()
                throw error
            }
        }
    }

    /// Runs one job in a savepoint.
    /// - Throws: ``TransactionEnded`` when SQLite rolled the whole transaction back.
    private func attempt(_ job: Job, in database: Database) throws -> Outcome {
        try database.cachedStatement(sql: "SAVEPOINT hallmark").execute()
        let connection = SQLiteConnection(database)
        var outcome = job.attempt(connection)
        if case .returned = outcome, let failure = connection.failure {
            outcome = .threw(failure)
        }
        guard database.isInsideTransaction else {
            throw TransactionEnded(fault: connection.failure ?? .other(code: "ended", message: "rolled back by SQLite"))
        }
        if case .threw = outcome {
            try database.cachedStatement(sql: "ROLLBACK TO hallmark").execute()
        }
        try database.cachedStatement(sql: "RELEASE hallmark").execute()
        return outcome
    }

    /// SQLite ended the transaction by itself, as it does when the disk is full.
    private struct TransactionEnded: Error {
        let fault: SQLFault
    }

    /// Whether one closure may be the reason why a transaction failed, so that the others should be tried without it.
    private static func mayLieWithOne(_ error: any Error) -> Bool {
        switch error {
        case is TransactionEnded: true
        case let error as DatabaseError: error.resultCode == .SQLITE_CONSTRAINT
        default: false
        }
    }

    private static func fault(_ error: any Error) -> SQLFault {
        switch error {
        case let error as TransactionEnded: error.fault
        case let error as DatabaseError: SQLFault(error)
        case let error as SQLFault: error
        default: .other(code: "unknown", message: "\(error)")
        }
    }
}
