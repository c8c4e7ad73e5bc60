package import RegistryModel

/// The rows of `email_domains`, and the addresses that are at them.
package struct EmailDomainStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// An address at a domain.
    package struct Address: Hashable, Sendable {
        package let id: Int64
        package let userID: Int64
        package let address: String
    }

    /// Adds the domains of confirmed addresses that are not there yet, to be looked at soon.
    ///
    /// It goes from domain to domain in the index: how many addresses there are at one costs nothing.
    package func insertMissing(at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO email_domains (domain, state, created_at, next_check_at)
            WITH RECURSIVE held (domain) AS (
                SELECT MIN(domain) FROM user_emails WHERE domain > ''
                UNION ALL
                SELECT (SELECT MIN(e.domain) FROM user_emails e WHERE e.domain > held.domain) FROM held
                WHERE held.domain IS NOT NULL
            )
            SELECT domain, 'ok', \(now), \(now) FROM held
            WHERE domain IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM email_domains d WHERE d.domain = held.domain)
                AND EXISTS (SELECT 1 FROM user_emails e WHERE e.domain = held.domain AND e.verified_at IS NOT NULL)
            ON CONFLICT (domain) DO NOTHING
            """)
    }

    /// Removes domains in good order that no address has any more.
    package func removeUnused() throws {
        try connection.execute(
            """
            DELETE FROM email_domains WHERE state = 'ok'
                AND NOT EXISTS (SELECT 1 FROM user_emails WHERE user_emails.domain = email_domains.domain)
            """)
    }

    /// Takes domains that are due, and keeps others from them until `end`.
    package func take(_ limit: Int64, at now: Timestamp, until end: Timestamp) throws -> [EmailDomain] {
        let rows = try connection.query(
            """
            SELECT * FROM email_domains WHERE next_check_at <= \(now) ORDER BY next_check_at, domain LIMIT \(limit)
            """
        ).map(Self.record)
        for row in rows {
            try connection.execute("UPDATE email_domains SET next_check_at = \(end) WHERE domain = \(row.domain)")
        }
        return rows
    }

    /// One domain.
    package func find(_ domain: String) throws -> EmailDomain? {
        try connection.query("SELECT * FROM email_domains WHERE domain = \(domain)").first.map(Self.record)
    }

    /// The domains whose names come after `name`, in order; with `state` only those in it.
    package func list(after name: String, state: EmailDomain.State?, limit: Int64) throws -> [EmailDomain] {
        let rows =
            if let state {
                try connection.query(
                    """
                    SELECT * FROM email_domains WHERE domain > \(name) AND state = \(state.rawValue)
                    ORDER BY domain LIMIT \(limit)
                    """)
            } else {
                try connection.query(
                    "SELECT * FROM email_domains WHERE domain > \(name) ORDER BY domain LIMIT \(limit)")
            }
        return try rows.map(Self.record)
    }

    /// Writes what was found.
    package func update(_ row: EmailDomain) throws {
        try connection.execute(
            """
            UPDATE email_domains SET state = \(row.state.rawValue), registered_at = \(row.registeredAt),
                registrar = \(row.registrar), checked_at = \(row.checkedAt), next_check_at = \(row.nextCheckAt),
                failing_since = \(row.failingSince), last_error = \(row.lastError)
            WHERE domain = \(row.domain)
            """)
    }

    /// The addresses at a domain that were confirmed at `time` or before, the oldest first, at most `limit`.
    package func confirmedAddresses(at domain: String, until time: Timestamp, limit: Int64) throws -> [Address] {
        try connection.query(
            """
            SELECT id, user_id, address FROM user_emails
            WHERE domain = \(domain) AND verified_at IS NOT NULL AND verified_at <= \(time)
            ORDER BY verified_at, id LIMIT \(limit)
            """
        ).map { Address(id: try $0.int("id"), userID: try $0.int("user_id"), address: try $0.text("address")) }
    }

    /// Takes an address's confirmation away.
    package func unconfirm(_ id: Int64) throws {
        try connection.execute("UPDATE user_emails SET verified_at = NULL WHERE id = \(id)")
    }

    private static func record(_ row: SQLRow) throws -> EmailDomain {
        EmailDomain(
            domain: try row.text("domain"), state: EmailDomain.State(rawValue: try row.text("state")) ?? .failing,
            registeredAt: try row.optionalTimestamp("registered_at"), registrar: try row.optionalText("registrar"),
            createdAt: try row.timestamp("created_at"), checkedAt: try row.optionalTimestamp("checked_at"),
            nextCheckAt: try row.timestamp("next_check_at"), failingSince: try row.optionalTimestamp("failing_since"),
            lastError: try row.optionalText("last_error"))
    }
}
