package import RegistryModel

/// The rows of `deployments` and `deployment_files`.
package struct DeploymentStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The deployment with that id.
    package func find(_ id: Int64) throws -> Deployment? {
        try connection.query("SELECT * FROM deployments WHERE id = \(id)").first.map(Self.record)
    }

    /// A user's deployments of a project, oldest first.
    package func list(userID: Int64, ecosystem: EcosystemID, nameKey: String) throws -> [Deployment] {
        try connection.query(
            """
            SELECT * FROM deployments
            WHERE user_id = \(userID) AND ecosystem = \(ecosystem) AND name_key = \(nameKey)
            ORDER BY created_at, id
            """
        ).map(Self.record)
    }

    /// How many deployments a user has.
    package func count(userID: Int64) throws -> Int64 {
        try connection.query("SELECT COUNT(*) AS n FROM deployments WHERE user_id = \(userID)").first?.int("n") ?? 0
    }

    /// Deployments in a state that nobody has touched since `time`, the longest first.
    package func idle(_ state: Deployment.State, since time: Timestamp, limit: Int) throws -> [Deployment] {
        try connection.query(
            """
            SELECT * FROM deployments WHERE state = \(state.rawValue) AND updated_at <= \(time)
            ORDER BY updated_at LIMIT \(limit)
            """
        ).map(Self.record)
    }

    /// Adds a deployment.
    /// - Throws: `SQLFault.uniqueViolation` where its user has one of that version.
    package func insert(_ row: Deployment) throws {
        try connection.execute(
            """
            INSERT INTO deployments (id, user_id, principal_kind, token_id, ecosystem, name, name_key, version,
                version_key, state, created_at, updated_at, details)
            VALUES (\(row.id), \(row.userID), \(row.principalKind.rawValue), \(row.tokenID), \(row.ecosystem),
                \(row.name), \(row.nameKey), \(row.version.display), \(row.version.key), \(row.state.rawValue),
                \(row.createdAt), \(row.updatedAt), \(row.details.bytes()))
            """)
    }

    /// Writes what may change of a deployment.
    package func update(_ row: Deployment) throws {
        try connection.execute(
            """
            UPDATE deployments SET principal_kind = \(row.principalKind.rawValue), token_id = \(row.tokenID),
                state = \(row.state.rawValue), updated_at = \(row.updatedAt), details = \(row.details.bytes())
            WHERE id = \(row.id)
            """)
    }

    /// Notes that something is going on, so that it does not count as idle.
    package func touch(_ id: Int64, at now: Timestamp) throws {
        try connection.execute("UPDATE deployments SET updated_at = \(now) WHERE id = \(id)")
    }

    /// Moves a deployment from one state into another, for one of several that try at once.
    /// - Returns: Whether it was in that state.
    package func claim(
        _ id: Int64, from old: Deployment.State, to new: Deployment.State, at now: Timestamp
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE deployments SET state = \(new.rawValue), updated_at = \(now)
            WHERE id = \(id) AND state = \(old.rawValue)
            """) > 0
    }

    /// Removes a deployment and its files' rows.
    package func remove(_ id: Int64) throws {
        try connection.execute("DELETE FROM deployment_files WHERE deployment_id = \(id)")
        try connection.execute("DELETE FROM deployments WHERE id = \(id)")
    }

    /// A deployment's files in the order of their paths.
    package func files(_ id: Int64) throws -> [DeploymentFile] {
        try connection.query("SELECT * FROM deployment_files WHERE deployment_id = \(id) ORDER BY path").map { row in
            DeploymentFile(
                path: try row.text("path"), size: try row.int("size"),
                digests: FileDigests(
                    sha256: try row.sha256("sha256"), md5: try row.bytes("md5"), sha1: try row.bytes("sha1"),
                    sha512: try row.bytes("sha512"), blake2b256: try row.bytes("blake2b256")),
                receivedAt: try row.timestamp("received_at"))
        }
    }

    /// Adds a file, or puts it in the place of one with the same path.
    package func put(_ file: DeploymentFile, into id: Int64) throws {
        let digests = file.digests
        try connection.execute(
            """
            INSERT INTO deployment_files (deployment_id, path, sha256, md5, sha1, sha512, blake2b256, size, received_at)
            VALUES (\(id), \(file.path), \(digests.sha256), \(digests.md5), \(digests.sha1), \(digests.sha512),
                \(digests.blake2b256), \(file.size), \(file.receivedAt))
            ON CONFLICT (deployment_id, path) DO UPDATE SET sha256 = excluded.sha256, md5 = excluded.md5,
                sha1 = excluded.sha1, sha512 = excluded.sha512, blake2b256 = excluded.blake2b256,
                size = excluded.size, received_at = excluded.received_at
            """)
    }

    private static func record(_ row: SQLRow) throws -> Deployment {
        Deployment(
            id: try row.int("id"), userID: try row.int("user_id"),
            principalKind: Principal.Kind(rawValue: try row.text("principal_kind")) ?? .token,
            tokenID: try row.optionalInt("token_id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
            name: try row.text("name"), nameKey: try row.text("name_key"),
            version: ReleaseVersion(display: try row.text("version"), key: try row.text("version_key")),
            state: Deployment.State(rawValue: try row.text("state")) ?? .failed,
            createdAt: try row.timestamp("created_at"), updatedAt: try row.timestamp("updated_at"),
            details: try ReleaseStore.json(row.bytes("details")))
    }
}
