package import RegistryModel

/// The rows of `account_history`, and to whom notices are sent.
package struct NoticeStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The confirmed addresses of an account, the primary one first.
    package func confirmedAddresses(userID: Int64) throws -> [String] {
        try connection.query(
            """
            SELECT address FROM user_emails WHERE user_id = \(userID) AND verified_at IS NOT NULL
            ORDER BY is_primary DESC, created_at, id
            """
        ).map { try $0.text("address") }
    }

    /// Adds to an account's history.
    package func insertHistory(id: Int64, userID: Int64, notice: Notice, at now: Timestamp) throws {
        let details = JSONValue.object(
            notice.details.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
        try connection.execute(
            """
            INSERT INTO account_history (id, user_id, kind, at, network, agent, details)
            VALUES (\(id), \(userID), \(notice.kind.rawValue), \(now), \(notice.origin?.network ?? ""),
                \(notice.origin?.agent ?? ""), \(details.canonicalBytes()))
            """)
    }
}
