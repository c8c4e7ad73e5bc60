package import RegistryModel

/// The rows of `account_links`: single-use links.
package struct AccountLinkStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds a link.
    package func insert(_ link: AccountLink, hash: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO account_links (id, hash, purpose, user_id, subject, created_at, expires_at)
            VALUES (\(link.id), \(hash), \(link.purpose), \(link.userID), \(link.subject), \(link.createdAt),
                \(link.expiresAt))
            """)
    }

    /// The link with that hash, where it was neither used nor has ended.
    package func find(hash: [UInt8], purpose: AccountLink.Purpose, now: Timestamp) throws -> AccountLink? {
        try connection.query(
            """
            SELECT * FROM account_links WHERE hash = \(hash) AND purpose = \(purpose) AND used_at IS NULL
                AND expires_at > \(now)
            """
        ).first.map { row in
            AccountLink(
                id: try row.int("id"), purpose: purpose, userID: try row.optionalInt("user_id"),
                subject: try row.text("subject"), createdAt: try row.timestamp("created_at"),
                expiresAt: try row.timestamp("expires_at"))
        }
    }

    /// Uses a link up.
    /// - Returns: Whether nobody had before.
    package func use(_ id: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute("UPDATE account_links SET used_at = \(now) WHERE id = \(id) AND used_at IS NULL") > 0
    }

    /// Ends all open links of a purpose, of one account or of none.
    package func end(purpose: AccountLink.Purpose, userID: Int64?, at now: Timestamp) throws {
        let owner: SQL = if let userID { "user_id = \(userID)" } else { "user_id IS NULL" }
        try connection.execute(
            "UPDATE account_links SET used_at = \(now) WHERE purpose = \(purpose) AND \(sql: owner) AND used_at IS NULL"
        )
    }

    /// Ends the open links of a purpose for one subject.
    package func end(purpose: AccountLink.Purpose, subject: String, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE account_links SET used_at = \(now)
            WHERE purpose = \(purpose) AND subject = \(subject) AND used_at IS NULL
            """)
    }

    /// Removes what ended before.
    package func sweep(before: Timestamp) throws {
        try connection.execute("DELETE FROM account_links WHERE expires_at < \(before)")
    }
}
