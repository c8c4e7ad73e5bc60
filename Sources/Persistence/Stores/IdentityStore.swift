package import RegistryModel

/// The rows of `identities`: accounts at issuers of single sign-on.
package struct IdentityStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// An account at an issuer.
    package struct Identity: Hashable, Sendable {
        package let issuer: String
        package let subject: String
        package let createdAt: Timestamp
        package let lastUsedAt: Timestamp?
    }

    /// Whose an identity is.
    package func user(issuer: String, subject: String) throws -> UserRecord? {
        let row = try connection.first(
            "SELECT user_id FROM identities WHERE issuer = \(issuer) AND subject = \(subject)")
        guard let row else { return nil }
        return try UserStore(connection).find(id: try row.int("user_id"))
    }

    /// The identities of an account, the oldest first.
    package func list(userID: Int64) throws -> [Identity] {
        try connection.query(
            "SELECT * FROM identities WHERE user_id = \(userID) ORDER BY created_at, issuer, subject"
        ).map { row in
            Identity(
                issuer: try row.text("issuer"), subject: try row.text("subject"),
                createdAt: try row.timestamp("created_at"), lastUsedAt: try row.optionalTimestamp("last_used_at"))
        }
    }

    /// Links an identity to an account.
    /// - Throws: `SQLFault.uniqueViolation` where it is linked already.
    package func insert(issuer: String, subject: String, userID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO identities (issuer, subject, user_id, created_at, last_used_at)
            VALUES (\(issuer), \(subject), \(userID), \(now), \(now))
            """)
    }

    /// Notes that an identity was used.
    package func touch(issuer: String, subject: String, at now: Timestamp) throws {
        try connection.execute(
            "UPDATE identities SET last_used_at = \(now) WHERE issuer = \(issuer) AND subject = \(subject)")
    }

    /// Ends a link.
    /// - Returns: Whether there was one.
    package func remove(issuer: String, subject: String, userID: Int64) throws -> Bool {
        try connection.query(
            """
            DELETE FROM identities WHERE issuer = \(issuer) AND subject = \(subject) AND user_id = \(userID)
            RETURNING user_id
            """
        ).count == 1
    }

    /// Gives or takes a right on the instance.
    /// - Returns: Whether that changed anything.
    package func set(right: String, _ isGiven: Bool, userID: Int64) throws -> Bool {
        let rows =
            switch right {
            case "administrator":
                try connection.query(
                    """
                    UPDATE users SET is_administrator = \(isGiven) WHERE id = \(userID) AND is_administrator <> \(isGiven)
                    RETURNING id
                    """)
            case "moderator":
                try connection.query(
                    """
                    UPDATE users SET is_moderator = \(isGiven) WHERE id = \(userID) AND is_moderator <> \(isGiven)
                    RETURNING id
                    """)
            case "auditor":
                try connection.query(
                    """
                    UPDATE users SET is_auditor = \(isGiven) WHERE id = \(userID) AND is_auditor <> \(isGiven)
                    RETURNING id
                    """)
            default: []
            }
        return !rows.isEmpty
    }

    /// Makes an account a member of a team, and of its organization, or ends that; nothing where there is no such team.
    /// - Returns: Whether that changed anything.
    package func set(
        organization: String, team: String, _ isMember: Bool, userID: Int64, at now: Timestamp
    ) throws -> Bool {
        let row = try connection.first(
            """
            SELECT t.id AS team_id, o.id AS organization_id FROM teams t JOIN organizations o ON o.id = t.organization_id
            WHERE o.name_key = \(organization) AND t.name_key = \(team) AND o.state = 'active'
            """)
        guard let row else { return false }
        let teamID = try row.int("team_id")
        guard isMember else {
            return try connection.query(
                "DELETE FROM team_members WHERE team_id = \(teamID) AND user_id = \(userID) RETURNING user_id"
            ).count == 1
        }
        try connection.execute(
            """
            INSERT INTO organization_members (organization_id, user_id, role, since)
            VALUES (\(try row.int("organization_id")), \(userID), 'member', \(now))
            ON CONFLICT (organization_id, user_id) DO NOTHING
            """)
        return try connection.query(
            """
            INSERT INTO team_members (team_id, user_id, since) VALUES (\(teamID), \(userID), \(now))
            ON CONFLICT (team_id, user_id) DO NOTHING RETURNING user_id
            """
        ).count == 1
    }
}
