package import RegistryModel

/// The rows of `events` and `outbox`.
package struct EventStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds an event.
    package func insert(_ event: Event) throws {
        try connection.execute(
            """
            INSERT INTO events (id, kind, at, project_id, visibility, schema_version, body)
            VALUES (\(event.id), \(event.kind), \(event.at), \(event.projectID), \(event.visibility.rawValue),
                \(Event.schemaVersion), \(event.body))
            """)
    }

    /// A project's events of the given visibilities, newest first, older than the event `before` where one is given.
    package func list(
        projectID: Int64, visibilities: [Visibility], before: Int64?, limit: Int
    ) throws -> [Event] {
        let boundary: SQL =
            if let before {
                """
                AND (at, id) < ((SELECT at FROM events WHERE id = \(before)), \(before))
                """
            } else { "" }
        return try connection.query(
            """
            SELECT * FROM events WHERE project_id = \(projectID)
                AND visibility IN \(values: visibilities.map(\.rawValue)) \(sql: boundary)
            ORDER BY at DESC, id DESC LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The event with that id.
    package func find(_ id: Int64) throws -> Event? {
        try connection.query("SELECT * FROM events WHERE id = \(id)").first.map(Self.record)
    }

    /// Adds a piece of work that an idempotent worker does after the commit.
    package func enqueue(id: Int64, topic: String, eventID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO outbox (id, topic, event_id, state, attempts, available_at)
            VALUES (\(id), \(topic), \(eventID), 'pending', 0, \(now))
            """)
    }

    /// Work that is due, the longest waiting first, with the events.
    package func due(at now: Timestamp, limit: Int) throws -> [(row: OutboxRow, event: Event?)] {
        let rows = try connection.query(
            """
            SELECT * FROM outbox WHERE state = 'pending' AND available_at <= \(now)
            ORDER BY available_at LIMIT \(limit)
            """
        ).map { row in
            OutboxRow(
                id: try row.int("id"), topic: try row.text("topic"), eventID: try row.int("event_id"),
                attempts: try row.int("attempts"))
        }
        guard !rows.isEmpty else { return [] }
        let events = try connection.query("SELECT * FROM events WHERE id IN \(values: rows.map(\.eventID))")
            .map(Self.record)
        let byID = Dictionary(events.map { ($0.id, $0) }) { first, _ in first }
        return rows.map { ($0, byID[$0.eventID]) }
    }

    /// How many rows still wait, and since when the oldest does.
    package func backlog() throws -> (count: Int64, oldest: Timestamp?) {
        let row = try connection.query(
            "SELECT COUNT(*) AS n, MIN(available_at) AS oldest FROM outbox WHERE state = 'pending'"
        ).first
        return (try row?.int("n") ?? 0, try row?.optionalInt("oldest").map(Timestamp.init(microseconds:)))
    }

    /// Removes work that is done; the event itself stays.
    package func finish(_ ids: [Int64]) throws {
        try connection.execute("DELETE FROM outbox WHERE id IN \(values: ids)")
    }

    /// Puts work off after a failure.
    package func postpone(_ id: Int64, until time: Timestamp, error: String) throws {
        try connection.execute(
            """
            UPDATE outbox SET attempts = attempts + 1, available_at = \(time), last_error = \(error)
            WHERE id = \(id)
            """)
    }

    private static func record(_ row: SQLRow) throws -> Event {
        Event(
            id: try row.int("id"), kind: try row.text("kind"), at: try row.timestamp("at"),
            projectID: try row.optionalInt("project_id"),
            visibility: Visibility(rawValue: try row.text("visibility")) ?? .private, body: try row.bytes("body"))
    }
}

/// One piece of work that waits in the outbox.
package struct OutboxRow: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    /// Which worker it is for.
    package let topic: String
    package let eventID: Int64
    /// How often it failed.
    package let attempts: Int64
}
