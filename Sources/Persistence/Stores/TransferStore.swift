package import RegistryModel

/// The rows of `project_transfers`.
package struct TransferStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    private static let rows: SQL = """
        SELECT t.*, p.ecosystem, p.name AS project, u.name AS from_name FROM project_transfers t
            JOIN projects p ON p.id = t.project_id JOIN users u ON u.id = t.from_id
        """

    /// The transfer of a project, whether its time is over or not.
    package func find(_ projectID: Int64) throws -> ProjectTransfer? {
        try connection.query(
            """
            \(sql: Self.rows) WHERE t.project_id = \(projectID)
            """
        ).first.map(record)
    }

    /// The transfers to a receiver, the newest first.
    package func list(to receiver: ProjectTransfer.Receiver, limit: Int) throws -> [ProjectTransfer] {
        try connection.query(
            """
            \(sql: Self.rows) WHERE t.receiver_kind = \(receiver.kind) AND t.receiver_id = \(receiver.id)
            ORDER BY t.offered_at DESC LIMIT \(limit)
            """
        ).map(record)
    }

    /// The transfers that somebody offered, the newest first.
    package func list(from userID: Int64, limit: Int) throws -> [ProjectTransfer] {
        try connection.query(
            """
            \(sql: Self.rows) WHERE t.from_id = \(userID) ORDER BY t.offered_at DESC LIMIT \(limit)
            """
        ).map(record)
    }

    /// The accepted transfers whose time has come, the longest waiting first.
    package func due(at now: Timestamp, limit: Int) throws -> [ProjectTransfer] {
        try connection.query(
            """
            \(sql: Self.rows) WHERE t.effective_at IS NOT NULL AND t.effective_at <= \(now) ORDER BY t.effective_at LIMIT \(limit)
            """
        ).map(record)
    }

    /// Makes a transfer, or replaces the one there is.
    package func put(_ transfer: ProjectTransfer) throws {
        try connection.execute(
            """
            INSERT INTO project_transfers (project_id, from_id, receiver_kind, receiver_id, offered_at, expires_at,
                accepted_by, accepted_at, effective_at)
            VALUES (\(transfer.projectID), \(transfer.fromID), \(transfer.receiver.kind), \(transfer.receiver.id),
                \(transfer.offeredAt), \(transfer.expiresAt), \(transfer.acceptedBy), \(transfer.acceptedAt),
                \(transfer.effectiveAt))
            ON CONFLICT (project_id) DO UPDATE SET from_id = excluded.from_id,
                receiver_kind = excluded.receiver_kind, receiver_id = excluded.receiver_id,
                offered_at = excluded.offered_at, expires_at = excluded.expires_at,
                accepted_by = excluded.accepted_by, accepted_at = excluded.accepted_at,
                effective_at = excluded.effective_at
            """)
    }

    /// Ends a transfer.
    package func remove(_ projectID: Int64) throws {
        try connection.execute("DELETE FROM project_transfers WHERE project_id = \(projectID)")
    }

    /// Ends the offers that nobody accepted in time.
    /// - Returns: How many went.
    package func expire(at now: Timestamp) throws -> Int {
        try connection.execute(
            "DELETE FROM project_transfers WHERE expires_at <= \(now) AND accepted_at IS NULL")
    }

    private func record(_ row: SQLRow) throws -> ProjectTransfer {
        let id = try row.int("receiver_id")
        let isUser = try row.text("receiver_kind") == "user"
        let name =
            try isUser
            ? UserStore(connection).find(id: id)?.name : OrganizationStore(connection).find(id: id)?.name
        return ProjectTransfer(
            projectID: try row.int("project_id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
            project: try row.text("project"), fromID: try row.int("from_id"), from: try row.text("from_name"),
            receiver: isUser ? .user(id) : .organization(id), to: name ?? "",
            offeredAt: try row.timestamp("offered_at"), expiresAt: try row.timestamp("expires_at"),
            acceptedBy: try row.optionalInt("accepted_by"), acceptedAt: try row.optionalTimestamp("accepted_at"),
            effectiveAt: try row.optionalTimestamp("effective_at"))
    }
}
