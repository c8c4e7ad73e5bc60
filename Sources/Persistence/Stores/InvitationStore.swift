package import RegistryModel

/// The rows of `invitations`.
package struct InvitationStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    private static let rows: SQL = """
        SELECT i.*, u.name AS invited, b.name AS inviter FROM invitations i JOIN users u ON u.id = i.user_id
            JOIN users b ON b.id = i.invited_by
        """

    /// The invitation with that id, whether its time is over or not.
    package func find(_ id: Int64) throws -> Invitation? {
        try connection.query(
            """
            \(sql: Self.rows) WHERE i.id = \(id)
            """
        ).first.map(record)
    }

    /// The invitation of somebody to one thing.
    package func find(_ subject: InvitationSubject, _ subjectID: Int64, userID: Int64) throws -> Invitation? {
        try connection.query(
            """
            \(sql: Self.rows) WHERE i.subject_kind = \(subject) AND i.subject_id = \(subjectID) AND i.user_id = \(userID)
            """
        ).first.map(record)
    }

    /// All invitations to one thing, by the invited's name.
    package func list(_ subject: InvitationSubject, _ subjectID: Int64) throws -> [Invitation] {
        try connection.query(
            """
            \(sql: Self.rows) WHERE i.subject_kind = \(subject) AND i.subject_id = \(subjectID) ORDER BY u.name_key
            """
        ).map(record)
    }

    /// Somebody's invitations, newest first.
    package func list(userID: Int64, limit: Int) throws -> [Invitation] {
        try connection.query(
            """
            \(sql: Self.rows) WHERE i.user_id = \(userID) ORDER BY i.created_at DESC, i.id DESC LIMIT \(limit)
            """
        ).map(record)
    }

    /// How many invitations somebody made that wait, counted up to `limit`.
    package func count(inviterID: Int64, limit: Int64) throws -> Int64 {
        try connection.query(
            """
            SELECT COUNT(*) AS n FROM (
                SELECT 1 AS one FROM invitations WHERE invited_by = \(inviterID) LIMIT \(limit)) s
            """
        ).first?.int("n") ?? 0
    }

    /// Makes an invitation, in the place of one to the same that waits.
    package func put(_ invitation: Invitation) throws {
        try connection.execute(
            """
            INSERT INTO invitations (id, subject_kind, subject_id, user_id, role, invited_by, created_at, expires_at)
            VALUES (\(invitation.id), \(invitation.subject), \(invitation.subjectID), \(invitation.userID),
                \(invitation.role), \(invitation.inviterID), \(invitation.createdAt), \(invitation.expiresAt))
            ON CONFLICT (subject_kind, subject_id, user_id) DO UPDATE SET id = excluded.id, role = excluded.role,
                invited_by = excluded.invited_by, created_at = excluded.created_at, expires_at = excluded.expires_at
            """)
    }

    /// Ends an invitation.
    /// - Returns: Whether it was there: of two who end it at once, one is told so.
    package func remove(_ id: Int64) throws -> Bool {
        try connection.execute("DELETE FROM invitations WHERE id = \(id)") > 0
    }

    /// Ends all invitations to one thing.
    package func removeAll(_ subject: InvitationSubject, _ subjectID: Int64) throws {
        try connection.execute(
            "DELETE FROM invitations WHERE subject_kind = \(subject) AND subject_id = \(subjectID)")
    }

    /// Ends what nobody accepted in time.
    /// - Returns: How many went.
    package func expire(at now: Timestamp) throws -> Int {
        try connection.execute("DELETE FROM invitations WHERE expires_at <= \(now)")
    }

    private func record(_ row: SQLRow) throws -> Invitation {
        let subject = InvitationSubject(rawValue: try row.text("subject_kind")) ?? .project
        let subjectID = try row.int("subject_id")
        return Invitation(
            id: try row.int("id"), subject: subject, subjectID: subjectID, label: try label(subject, subjectID),
            userID: try row.int("user_id"), userName: try row.text("invited"), role: try row.text("role"),
            inviterID: try row.int("invited_by"), inviter: try row.text("inviter"),
            createdAt: try row.timestamp("created_at"), expiresAt: try row.timestamp("expires_at"))
    }

    /// What an invitation is to, for people; a row that is gone has no name.
    private func label(_ subject: InvitationSubject, _ id: Int64) throws -> String {
        switch subject {
        case .organization: try OrganizationStore(connection).find(id: id)?.name ?? ""
        case .team: try OrganizationStore(connection).team(id: id)?.label ?? ""
        case .project:
            try ProjectStore(connection).find(id: id).map { "\($0.ecosystem) \($0.name.display)" } ?? ""
        case .namespace: try NamespaceStore(connection).find(id: id).map { "\($0.ecosystem) \($0.name)" } ?? ""
        }
    }
}
