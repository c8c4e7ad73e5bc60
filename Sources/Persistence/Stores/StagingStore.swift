package import RegistryModel

/// The rows of `stagings`, and which releases wait in them.
package struct StagingStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The staging with that key.
    package func find(key: String) throws -> Staging? {
        try connection.query(
            """
            SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by
            WHERE s.staging_key = \(key)
            """
        ).first.map(Self.record)
    }

    /// The staging with that id.
    package func find(id: Int64) throws -> Staging? {
        try connection.query(
            "SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by WHERE s.id = \(id)"
        ).first.map(Self.record)
    }

    /// What decides about the staging with that id; costs the same however much waits in it.
    package func head(id: Int64) throws -> StagingHead? {
        try connection.query(
            """
            SELECT s.id, s.staging_key, s.state, s.needs_second_person, s.created_by, s.expires_at, u.name AS creator
            FROM stagings s JOIN users u ON u.id = s.created_by WHERE s.id = \(id)
            """
        ).first.map { row in
            StagingHead(
                id: try row.int("id"), key: try row.text("staging_key"), state: try Self.state(row),
                needsSecondPerson: try row.bool("needs_second_person"), creatorID: try row.int("created_by"),
                creator: try row.text("creator"), expiresAt: try row.timestamp("expires_at"))
        }
    }

    /// The stagings that a user made, newest first.
    package func list(creatorID: Int64, limit: Int) throws -> [Staging] {
        try connection.query(
            """
            SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by
            WHERE s.created_by = \(creatorID) ORDER BY s.created_at DESC, s.id DESC LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// The stagings that hold a release of a project on which a user has a role, newest first.
    package func list(memberID: Int64, limit: Int) throws -> [Staging] {
        try connection.query(
            """
            SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by
            WHERE s.id IN (
                SELECT r.staging_id FROM project_members m JOIN releases r ON r.project_id = m.project_id
                WHERE m.user_id = \(memberID) AND r.staging_id IS NOT NULL)
            ORDER BY s.created_at DESC, s.id DESC LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Those that are not final and whose time is over, also where the process that looked at them has died.
    package func expired(at now: Timestamp, limit: Int) throws -> [Staging] {
        try connection.query(
            """
            SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by
            WHERE s.state IN \(values: StagingState.allCases.filter { !$0.isFinal }.map(\.rawValue))
                AND s.expires_at <= \(now)
            LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Those that somebody worked on and does no more, though they have not come to an end.
    package func lost(at now: Timestamp, limit: Int) throws -> [Staging] {
        try connection.query(
            """
            SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by
            WHERE s.worked_until IS NOT NULL AND s.worked_until <= \(now) LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Says until when somebody works on a staging that has not come to an end.
    package func extend(_ id: Int64, until time: Timestamp) throws {
        try connection.execute(
            "UPDATE stagings SET worked_until = \(time) WHERE id = \(id) AND worked_until IS NOT NULL")
    }

    /// Adds a staging, on which somebody works until that time.
    package func insert(_ staging: Staging, workedUntil: Timestamp? = nil) throws {
        try connection.execute(
            """
            INSERT INTO stagings (id, staging_key, ecosystem, label, state, origin, needs_second_person, created_by,
                created_at, changed_at, expires_at, report, worked_until)
            VALUES (\(staging.id), \(staging.key), \(staging.ecosystem), \(staging.label), \(staging.state.rawValue),
                \(staging.origin), \(staging.needsSecondPerson), \(staging.creatorID), \(staging.createdAt),
                \(staging.changedAt), \(staging.expiresAt), \(staging.report.json.bytes()), \(workedUntil))
            """)
    }

    /// Changes where a staging is and what its report says; nobody works on it any more once it waits or has come to an end.
    package func update(
        _ id: Int64, state: StagingState, needsSecondPerson: Bool, report: StagingReport, at now: Timestamp
    ) throws {
        let work: SQL = state == .pending || state == .validating ? "" : ", worked_until = NULL"
        try connection.execute(
            """
            UPDATE stagings SET state = \(state.rawValue), needs_second_person = \(needsSecondPerson),
                report = \(report.json.bytes()), changed_at = \(now)\(sql: work)
            WHERE id = \(id)
            """)
    }

    /// Takes a staging that has not come to an end for the rest of the transaction: who writes to it meanwhile waits.
    /// - Returns: Whether there is one.
    package func take(_ id: Int64, at now: Timestamp) throws -> Bool {
        let open = StagingState.allCases.filter { !$0.isFinal }.map(\.rawValue)
        return try connection.execute(
            "UPDATE stagings SET changed_at = \(now) WHERE id = \(id) AND state IN \(values: open)") > 0
    }

    /// Asks for somebody else than its creator to release a staging.
    package func requireSecondPerson(_ id: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE stagings SET needs_second_person = \(true), changed_at = \(now)
            WHERE id = \(id) AND needs_second_person = \(false)
            """)
    }

    /// The releases that wait in a staging: the project of each, and the release without its documents.
    package func releases(_ id: Int64) throws -> [(projectID: Int64, release: ReleaseSummary)] {
        try connection.query(
            """
            SELECT project_id, id, version, version_key, state, published_at, staging_id FROM releases
            WHERE staging_id = \(id)
            """
        ).map { (try $0.int("project_id"), try ReleaseStore.summary($0)) }
    }

    private static func state(_ row: SQLRow) throws -> StagingState {
        StagingState(rawValue: try row.text("state")) ?? .failed
    }

    private static func record(_ row: SQLRow) throws -> Staging {
        Staging(
            id: try row.int("id"), key: try row.text("staging_key"),
            ecosystem: EcosystemID(rawValue: try row.text("ecosystem")), label: try row.text("label"),
            state: try state(row), origin: try row.text("origin"),
            needsSecondPerson: try row.bool("needs_second_person"), creatorID: try row.int("created_by"),
            creator: try row.text("creator"), createdAt: try row.timestamp("created_at"),
            changedAt: try row.timestamp("changed_at"), expiresAt: try row.timestamp("expires_at"),
            report: StagingReport(json: try ReleaseStore.json(row.bytes("report"))))
    }
}
