package import RegistryModel

/// The rows of `device_grants`.
package struct DeviceGrantStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Adds a grant; `deviceHash` is the SHA-256 of the client's secret.
    /// - Throws: `SQLFault.uniqueViolation` where the user code is taken.
    package func insert(_ grant: DeviceGrant, deviceHash: [UInt8]) throws {
        let scopes = grant.scopes.map(\.description).joined(separator: " ")
        try connection.execute(
            """
            INSERT INTO device_grants (id, device_hash, user_code_key, kind, client, scopes, network, state, user_id,
                factors, details, created_at, expires_at, interval_seconds)
            VALUES (\(grant.id), \(deviceHash), \(grant.userCodeKey), \(grant.kind), \(grant.client), \(scopes),
                \(grant.network), \(grant.state), \(grant.userID), \(grant.factors.description),
                \(JSONValue.texts(grant.details).canonicalBytes()), \(grant.createdAt), \(grant.expiresAt),
                \(grant.intervalSeconds))
            """)
    }

    /// The grant of that client.
    package func find(deviceHash: [UInt8]) throws -> DeviceGrant? {
        try connection.query("SELECT * FROM device_grants WHERE device_hash = \(deviceHash)").first.map(Self.record)
    }

    /// The grant with that user code.
    package func find(userCodeKey: String) throws -> DeviceGrant? {
        try connection.query("SELECT * FROM device_grants WHERE user_code_key = \(userCodeKey)").first
            .map(Self.record)
    }

    /// How many grants that network asked for since then.
    package func count(network: String, since time: Timestamp) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) AS n FROM device_grants WHERE network = \(network) AND created_at > \(time)")?.int("n")
            ?? 0
    }

    /// Moves a grant on, for one of several that try at once.
    /// - Returns: Whether it was in the first state.
    package func move(
        _ id: Int64, from: DeviceGrant.State, to state: DeviceGrant.State, userID: Int64?, factors: Factors
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE device_grants SET state = \(state), user_id = \(userID), factors = \(factors.description)
            WHERE id = \(id) AND state = \(from)
            """) > 0
    }

    /// Notes that the client asked.
    package func notePoll(_ id: Int64, at now: Timestamp, intervalSeconds: Int64) throws {
        try connection.execute(
            "UPDATE device_grants SET polled_at = \(now), interval_seconds = \(intervalSeconds) WHERE id = \(id)")
    }

    /// Forgets grants whose time is over.
    package func expire(before now: Timestamp) throws -> Int {
        try connection.execute("DELETE FROM device_grants WHERE expires_at < \(now)")
    }

    private static func record(_ row: SQLRow) throws -> DeviceGrant {
        DeviceGrant(
            id: try row.int("id"), userCodeKey: try row.text("user_code_key"),
            kind: DeviceGrant.Kind(rawValue: try row.text("kind")) ?? .token, client: try row.text("client"),
            scopes: try row.text("scopes").split(separator: " ").map {
                TokenScope(String($0)) ?? TokenScope(actions: [])
            },
            network: try row.text("network"), state: DeviceGrant.State(rawValue: try row.text("state")) ?? .used,
            userID: try row.optionalInt("user_id"), factors: Factors(text: try row.text("factors")),
            details: try ReleaseStore.json(row.bytes("details")).textMembers,
            createdAt: try row.timestamp("created_at"), expiresAt: try row.timestamp("expires_at"),
            polledAt: try row.optionalTimestamp("polled_at"), intervalSeconds: try row.int("interval_seconds"))
    }
}
