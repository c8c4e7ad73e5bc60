package import RegistryModel

/// The rows of `sessions` and `known_devices`.
package struct SessionStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The session with that hash, its account, and whether that must change its password.
    package func find(hash: [UInt8]) throws -> (record: SessionRecord, user: UserRecord, mustChangePassword: Bool)? {
        guard let row = try connection.query("SELECT * FROM sessions WHERE hash = \(hash)").first else { return nil }
        let record = try Self.record(row)
        guard let user = try connection.first("SELECT * FROM users WHERE id = \(record.userID)") else { return nil }
        return (record, try UserStore.record(user), try user.bool("must_change_password"))
    }

    /// An account's sessions that are not over, newest first.
    package func list(userID: Int64, now: Timestamp, idleSince: Timestamp) throws -> [SessionRecord] {
        try connection.query(
            """
            SELECT * FROM sessions WHERE user_id = \(userID) AND expires_at > \(now) AND last_seen_at > \(idleSince)
            ORDER BY created_at DESC, id DESC LIMIT 200
            """
        ).map(Self.record)
    }

    /// Adds a session.
    package func insert(_ session: SessionRecord, hash: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO sessions (id, hash, user_id, state, factors, form_key, network, agent, created_at,
                authenticated_at, last_seen_at, expires_at)
            VALUES (\(session.id), \(hash), \(session.userID), \(session.state), \(session.factors.description),
                \(session.formKey), \(session.network), \(session.agent), \(session.createdAt),
                \(session.authenticatedAt), \(session.lastSeenAt), \(session.expiresAt))
            """)
    }

    /// Gives a session another secret and what it has proven by now.
    /// - Returns: Whether it was there.
    package func rotate(_ session: SessionRecord, hash: [UInt8]) throws -> Bool {
        try connection.execute(
            """
            UPDATE sessions SET hash = \(hash), state = \(session.state), factors = \(session.factors.description),
                form_key = \(session.formKey), authenticated_at = \(session.authenticatedAt),
                last_seen_at = \(session.lastSeenAt), expires_at = \(session.expiresAt)
            WHERE id = \(session.id)
            """) > 0
    }

    /// Notes that a session was seen.
    package func touch(_ id: Int64, at now: Timestamp) throws {
        try connection.execute("UPDATE sessions SET last_seen_at = \(now) WHERE id = \(id) AND last_seen_at < \(now)")
    }

    /// Ends the session with that hash.
    package func end(hash: [UInt8]) throws {
        try connection.execute("DELETE FROM sessions WHERE hash = \(hash)")
    }

    /// Ends one of an account's sessions.
    /// - Returns: Whether there was one.
    package func end(_ id: Int64, userID: Int64) throws -> Bool {
        try connection.execute("DELETE FROM sessions WHERE id = \(id) AND user_id = \(userID)") > 0
    }

    /// Ends an account's sessions, all but one where that is given.
    /// - Returns: How many.
    @discardableResult
    package func endAll(userID: Int64, but kept: Int64?) throws -> Int {
        try connection.execute("DELETE FROM sessions WHERE user_id = \(userID) AND id <> \(kept ?? -1)")
    }

    /// Removes what is over.
    package func sweep(now: Timestamp, idleSince: Timestamp) throws {
        try connection.execute("DELETE FROM sessions WHERE expires_at <= \(now) OR last_seen_at <= \(idleSince)")
    }

    /// Whether the account has signed in from that device.
    package func knows(device: [UInt8], userID: Int64) throws -> Bool {
        try connection.first("SELECT user_id FROM known_devices WHERE user_id = \(userID) AND hash = \(device)") != nil
    }

    /// Whether the account has signed in from any device.
    package func knowsDevices(userID: Int64) throws -> Bool {
        try connection.first("SELECT user_id FROM known_devices WHERE user_id = \(userID) LIMIT 1") != nil
    }

    /// Notes that the account signed in from a device.
    package func note(device: [UInt8], userID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            INSERT INTO known_devices (user_id, hash, first_seen_at, last_seen_at)
            VALUES (\(userID), \(device), \(now), \(now))
            ON CONFLICT (user_id, hash) DO UPDATE SET last_seen_at = excluded.last_seen_at
            """)
    }

    /// Forgets an account's devices, all but one where that is given.
    package func forgetDevices(userID: Int64, but kept: [UInt8]?) throws {
        try connection.execute(
            "DELETE FROM known_devices WHERE user_id = \(userID) AND hash <> \(kept ?? [UInt8]())")
    }

    private static func record(_ row: SQLRow) throws -> SessionRecord {
        SessionRecord(
            id: try row.int("id"), userID: try row.int("user_id"),
            state: SessionRecord.State(rawValue: try row.text("state")) ?? .pending,
            factors: Factors(text: try row.text("factors")), formKey: try row.bytes("form_key"),
            network: try row.text("network"), agent: try row.text("agent"), createdAt: try row.timestamp("created_at"),
            authenticatedAt: try row.timestamp("authenticated_at"), lastSeenAt: try row.timestamp("last_seen_at"),
            expiresAt: try row.timestamp("expires_at"))
    }
}
