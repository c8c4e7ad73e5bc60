package import RegistryModel

/// The rows of `users`.
package struct UserStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The account with that folded name.
    package func find(nameKey: String) throws -> UserRecord? {
        try connection.query("SELECT * FROM users WHERE name_key = \(nameKey)").first.map(Self.record)
    }

    /// The account with that id.
    package func find(id: Int64) throws -> UserRecord? {
        try connection.query("SELECT * FROM users WHERE id = \(id)").first.map(Self.record)
    }

    /// Whether there is any account.
    package func exists() throws -> Bool {
        try connection.first("SELECT id FROM users LIMIT 1") != nil
    }

    /// Adds an account.
    /// - Throws: `SQLFault.uniqueViolation` where a user or an organization has the folded name.
    package func insert(_ user: UserRecord, nameKey: String) throws {
        guard try OrganizationStore(connection).find(nameKey: nameKey) == nil else {
            throw SQLFault.uniqueViolation(constraint: "users.name_key")
        }
        try connection.execute(
            """
            INSERT INTO users (id, name, name_key, email, is_administrator, created_at)
            VALUES (\(user.id), \(user.name), \(nameKey), \(user.email), \(user.isAdministrator), \(user.createdAt))
            """)
    }

    static func record(_ row: SQLRow) throws -> UserRecord {
        UserRecord(
            id: try row.int("id"), name: try row.text("name"), email: try row.text("email"),
            isAdministrator: try row.bool("is_administrator"), createdAt: try row.timestamp("created_at"),
            state: UserRecord.State(rawValue: try row.text("state")) ?? .suspended,
            isModerator: try row.bool("is_moderator"), isAuditor: try row.bool("is_auditor"))
    }
}
