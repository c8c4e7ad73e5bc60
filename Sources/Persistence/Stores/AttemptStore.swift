package import RegistryModel

/// The rows of `attempt_counters`.
package struct AttemptStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// How many attempts count, and when the last was.
    package func find(scope: String, subject: [UInt8]) throws -> (count: Int64, lastAt: Timestamp)? {
        try connection.first(
            "SELECT count, last_at FROM attempt_counters WHERE scope = \(scope) AND subject = \(subject)"
        ).map { (try $0.int("count"), try $0.timestamp("last_at")) }
    }

    /// Sets a counter.
    package func put(scope: String, subject: [UInt8], count: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO attempt_counters (scope, subject, count, last_at)
            VALUES (\(scope), \(subject), \(count), \(now))
            ON CONFLICT (scope, subject) DO UPDATE SET count = excluded.count, last_at = excluded.last_at
            """)
    }

    /// Gives attempts back.
    package func lower(scope: String, subject: [UInt8]) throws {
        try connection.execute(
            "UPDATE attempt_counters SET count = count - 1 WHERE scope = \(scope) AND subject = \(subject) AND count > 0"
        )
    }

    /// Forgets a counter.
    package func clear(scope: String, subject: [UInt8]) throws {
        try connection.execute("DELETE FROM attempt_counters WHERE scope = \(scope) AND subject = \(subject)")
    }

    /// Removes what was last touched before.
    package func sweep(before: Timestamp) throws {
        try connection.execute("DELETE FROM attempt_counters WHERE last_at < \(before)")
    }
}
