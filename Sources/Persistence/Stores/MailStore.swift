package import RegistryModel

/// The rows of `mails`: messages that were not handed over yet, and those that never will be.
package struct MailStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Puts a message into the queue.
    package func insert(_ mail: QueuedMail, userID: Int64?) throws {
        try connection.execute(
            """
            INSERT INTO mails (id, user_id, recipient, kind, sealed_content, state, attempts, created_at, available_at)
            VALUES (\(mail.id), \(userID), \(mail.recipient), \(mail.kind), \(mail.sealedContent), 'waiting', 0,
                \(mail.createdAt), \(mail.createdAt))
            """)
    }

    /// Whether there is a message whose time has come.
    package func isDue(at now: Timestamp) throws -> Bool {
        try connection.first(
            """
            SELECT id FROM mails WHERE state IN ('waiting', 'sending') AND available_at <= \(now) LIMIT 1
            """) != nil
    }

    /// Takes messages whose time has come, the oldest first, and keeps others from them until `end`.
    ///
    /// Those that somebody took and did not finish by then are taken again.
    package func take(_ limit: Int64, at now: Timestamp, until end: Timestamp) throws -> [QueuedMail] {
        // One state after the other: for both at once everything that is due would be sorted, each time.
        let due = try ["waiting", "sending"].flatMap { state in
            try connection.query(
                """
                SELECT * FROM mails WHERE state = \(state) AND available_at <= \(now)
                ORDER BY available_at, id LIMIT \(limit)
                """
            ).map { (at: try $0.timestamp("available_at"), id: try $0.int("id"), row: $0) }
        }
        return try due.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.prefix(Int(limit)).map { _, id, row in
            try connection.execute(
                """
                UPDATE mails SET state = 'sending', attempts = attempts + 1, available_at = \(end) WHERE id = \(id)
                """)
            return QueuedMail(
                id: id, recipient: try row.text("recipient"), kind: try row.text("kind"),
                sealedContent: try row.bytes("sealed_content"), attempts: try row.int("attempts") + 1,
                createdAt: try row.timestamp("created_at"))
        }
    }

    /// Removes a message that was handed over.
    package func remove(_ id: Int64) throws {
        try connection.execute("DELETE FROM mails WHERE id = \(id)")
    }

    /// Puts a message back until `time`, unless somebody else has it by now.
    package func delay(_ mail: QueuedMail, until time: Timestamp, error: String) throws {
        try connection.execute(
            """
            UPDATE mails SET state = 'waiting', available_at = \(time), last_error = \(error)
            WHERE id = \(mail.id) AND state = 'sending' AND attempts = \(mail.attempts)
            """)
    }

    /// Gives a message up: its text goes, and the row stays to be counted.
    package func end(_ id: Int64, state: String, error: String, at now: Timestamp) throws {
        let nothing: [UInt8] = []
        try connection.execute(
            """
            UPDATE mails SET state = \(state), sealed_content = \(nothing), recipient = '', available_at = \(now),
                last_error = \(error)
            WHERE id = \(id)
            """)
    }

    /// Gives up what waits since before `limit`, and removes what was given up before `old`.
    /// - Returns: How many were given up.
    package func expire(before limit: Timestamp, removing old: Timestamp, at now: Timestamp) throws -> Int {
        try connection.execute("DELETE FROM mails WHERE state IN ('refused', 'abandoned') AND available_at < \(old)")
        let rows = try connection.query(
            "SELECT id FROM mails WHERE state = 'waiting' AND created_at < \(limit) ORDER BY created_at, id LIMIT 1000")
        for row in rows { try end(try row.int("id"), state: "abandoned", error: "waited for too long", at: now) }
        return rows.count
    }

    /// How the queue stands.
    package func backlog() throws -> MailBacklog {
        let waiting = try connection.first(
            """
            SELECT COUNT(*) AS number, MIN(created_at) AS oldest FROM mails WHERE state IN ('waiting', 'sending')
            """)
        let refused = try connection.first(
            "SELECT COUNT(*) AS number FROM mails WHERE state IN ('refused', 'abandoned')")
        return MailBacklog(
            waiting: try waiting?.int("number") ?? 0, oldest: try waiting?.optionalTimestamp("oldest"),
            refused: try refused?.int("number") ?? 0)
    }
}
