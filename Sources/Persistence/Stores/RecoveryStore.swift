package import RegistryModel

/// The rows of `recoveries`.
package struct RecoveryStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// One recovery.
    package func find(_ id: Int64) throws -> RecoveryRecord? {
        try connection.query("SELECT * FROM recoveries WHERE id = \(id)").first.map(Self.record)
    }

    /// An account's recovery that is not over.
    package func running(userID: Int64) throws -> RecoveryRecord? {
        try connection.query(
            """
            SELECT * FROM recoveries WHERE user_id = \(userID) AND state IN ('requested', 'waiting', 'open')
            ORDER BY created_at DESC LIMIT 1
            """
        ).first.map(Self.record)
    }

    /// The recoveries that are not over, the oldest first, with the names of their accounts.
    package func running() throws -> [(record: RecoveryRecord, userName: String)] {
        try connection.query(
            """
            SELECT r.*, u.name AS user_name FROM recoveries r JOIN users u ON u.id = r.user_id
            WHERE r.state IN ('requested', 'waiting', 'open') ORDER BY r.created_at, r.id LIMIT 500
            """
        ).map { (try Self.record($0), try $0.text("user_name")) }
    }

    /// Adds a recovery.
    package func insert(_ recovery: RecoveryRecord) throws {
        try connection.execute(
            """
            INSERT INTO recoveries (id, user_id, state, reason, created_at, closes_at)
            VALUES (\(recovery.id), \(recovery.userID), \(recovery.state), \(recovery.reason), \(recovery.createdAt),
                \(recovery.closesAt))
            """)
    }

    /// Notes the first approval.
    package func approveFirst(_ id: Int64, _ approval: RecoveryRecord.Approval) throws {
        try connection.execute(
            """
            UPDATE recoveries SET approver_id = \(approval.userID), approved_at = \(approval.at),
                approved_via = \(approval.via)
            WHERE id = \(id)
            """)
    }

    /// Notes the second approval, and when the recovery opens and closes.
    package func approveSecond(
        _ id: Int64, _ approval: RecoveryRecord.Approval, opensAt: Timestamp, closesAt: Timestamp
    ) throws {
        try connection.execute(
            """
            UPDATE recoveries SET second_approver_id = \(approval.userID), second_approved_at = \(approval.at),
                second_approved_via = \(approval.via), state = 'waiting', opens_at = \(opensAt), closes_at = \(closesAt)
            WHERE id = \(id)
            """)
    }

    /// Moves a recovery on.
    /// - Returns: Whether it was in one of those states.
    package func move(
        _ id: Int64, from states: [RecoveryRecord.State], to state: RecoveryRecord.State, endedAt: Timestamp?
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE recoveries SET state = \(state), ended_at = \(endedAt)
            WHERE id = \(id) AND state IN \(values: states)
            """) > 0
    }

    private static func record(_ row: SQLRow) throws -> RecoveryRecord {
        RecoveryRecord(
            id: try row.int("id"), userID: try row.int("user_id"),
            state: RecoveryRecord.State(rawValue: try row.text("state")) ?? .refused, reason: try row.text("reason"),
            createdAt: try row.timestamp("created_at"),
            first: try approval(row, "approver_id", "approved_at", "approved_via"),
            second: try approval(row, "second_approver_id", "second_approved_at", "second_approved_via"),
            opensAt: try row.optionalTimestamp("opens_at"), closesAt: try row.timestamp("closes_at"),
            endedAt: try row.optionalTimestamp("ended_at"))
    }

    private static func approval(
        _ row: SQLRow, _ who: String, _ when: String, _ how: String
    ) throws -> RecoveryRecord.Approval? {
        guard let userID = try row.optionalInt(who), let at = try row.optionalTimestamp(when) else { return nil }
        return RecoveryRecord.Approval(userID: userID, at: at, via: try row.optionalText(how) ?? "")
    }
}
