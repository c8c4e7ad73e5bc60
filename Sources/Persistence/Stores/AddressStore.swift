package import RegistryModel

/// The rows of `user_emails`, and of `email_domains` as far as they decide about an address.
package struct AddressStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Whose confirmed address it is.
    package func holder(addressKey: String) throws -> Int64? {
        try connection.first(
            "SELECT user_id FROM user_emails WHERE address_key = \(addressKey) AND verified_at IS NOT NULL")?
            .int("user_id")
    }

    /// An account's addresses, the primary one first.
    package func list(userID: Int64) throws -> [AddressRecord] {
        try connection.query(
            "SELECT * FROM user_emails WHERE user_id = \(userID) ORDER BY is_primary DESC, created_at, id"
        ).map(Self.record)
    }

    /// One address.
    package func find(_ id: Int64) throws -> AddressRecord? {
        try connection.query("SELECT * FROM user_emails WHERE id = \(id)").first.map(Self.record)
    }

    /// Adds an address.
    /// - Throws: `SQLFault.uniqueViolation` where the account has it, or another has confirmed it and this one is too.
    package func insert(_ address: AddressRecord, key: String) throws {
        try connection.execute(
            """
            INSERT INTO user_emails (id, user_id, address, address_key, domain, is_primary, created_at, verified_at)
            VALUES (\(address.id), \(address.userID), \(address.address), \(key), \(address.domain),
                \(address.isPrimary), \(address.createdAt), \(address.verifiedAt))
            """)
    }

    /// Confirms an address.
    /// - Throws: `SQLFault.uniqueViolation` where another account has confirmed it.
    /// - Returns: Whether it was there and not confirmed.
    package func confirm(_ id: Int64, at now: Timestamp) throws -> Bool {
        try connection.execute(
            "UPDATE user_emails SET verified_at = \(now) WHERE id = \(id) AND verified_at IS NULL") > 0
    }

    /// Makes one of an account's addresses the primary one.
    package func makePrimary(_ address: AddressRecord) throws {
        try connection.execute("UPDATE user_emails SET is_primary = 0 WHERE user_id = \(address.userID)")
        try connection.execute("UPDATE user_emails SET is_primary = 1 WHERE id = \(address.id)")
        try connection.execute("UPDATE users SET email = \(address.address) WHERE id = \(address.userID)")
    }

    /// Removes an address.
    package func remove(_ id: Int64) throws {
        try connection.execute("DELETE FROM user_emails WHERE id = \(id)")
    }

    /// The confirmed addresses of an account whose domains somebody keeps: those that may start a recovery (AUTHN-2.1).
    package func recoverable(userID: Int64) throws -> [AddressRecord] {
        try connection.query(
            """
            SELECT e.* FROM user_emails e LEFT JOIN email_domains d ON d.domain = e.domain
            WHERE e.user_id = \(userID) AND e.verified_at IS NOT NULL AND (d.state IS NULL OR d.state <> 'abandoned')
            ORDER BY e.is_primary DESC, e.created_at, e.id
            """
        ).map(Self.record)
    }

    private static func record(_ row: SQLRow) throws -> AddressRecord {
        AddressRecord(
            id: try row.int("id"), userID: try row.int("user_id"), address: try row.text("address"),
            domain: try row.text("domain"), isPrimary: try row.bool("is_primary"),
            createdAt: try row.timestamp("created_at"), verifiedAt: try row.optionalTimestamp("verified_at"))
    }
}
