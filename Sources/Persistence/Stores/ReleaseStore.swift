package import RegistryModel

/// What a new release's row holds beside the ``Release`` itself.
package struct ReleaseRow: Sendable {
    package let projectID: Int64
    package let release: Release
    package let publisherID: Int64
    /// Summary, licence, links and the like as compact JSON, for pages.
    package let details: JSONValue
    package let readme: Readme?

    /// Collects a row.
    package init(projectID: Int64, release: Release, publisherID: Int64, details: JSONValue, readme: Readme?) {
        self.projectID = projectID
        self.release = release
        self.publisherID = publisherID
        self.details = details
        self.readme = readme
    }
}

/// The rows of `releases` and `dependencies`.
package struct ReleaseStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The release with that version key, in whatever state, without its files.
    package func find(_ projectID: Int64, versionKey: String) throws -> Release? {
        try connection.query(
            """
            SELECT r.id, r.version, r.version_key, r.state, r.state_reason, r.deprecation, r.published_at, r.received_at,
                r.origin, r.publisher_kind, r.publisher_claims, r.document, r.staging_id,
                u.name AS publisher
            FROM releases r JOIN users u ON u.id = r.publisher_id
            WHERE r.project_id = \(projectID) AND r.version_key = \(versionKey)
            """
        ).first.map { try Self.record($0, files: []) }
    }

    /// The releases of a project in the given states with their files, oldest first.
    package func history(_ projectID: Int64, states: [ReleaseState]) throws -> [Release] {
        let files = try FileStore(connection).files(projectID: projectID)
        return try connection.query(
            """
            SELECT r.id, r.version, r.version_key, r.state, r.state_reason, r.deprecation, r.published_at, r.received_at,
                r.origin, r.publisher_kind, r.publisher_claims, r.document, r.staging_id,
                u.name AS publisher
            FROM releases r JOIN users u ON u.id = r.publisher_id
            WHERE r.project_id = \(projectID) AND r.state IN \(values: states.map(\.rawValue))
            ORDER BY r.published_at, r.id
            """
        ).map { row in try Self.record(row, files: files[try row.int("id")] ?? []) }
    }

    /// The versions of a project in the given states, without documents and files.
    package func versions(_ projectID: Int64, states: [ReleaseState]) throws -> [ReleaseSummary] {
        try connection.query(
            """
            SELECT id, version, version_key, state, published_at, staging_id FROM releases
            WHERE project_id = \(projectID) AND state IN \(values: states.map(\.rawValue))
            """
        ).map(Self.summary)
    }

    /// The release with that id, without documents and files.
    package func summary(_ releaseID: Int64) throws -> ReleaseSummary? {
        try connection.query(
            "SELECT id, version, version_key, state, published_at, staging_id FROM releases WHERE id = \(releaseID)"
        ).first.map(Self.summary)
    }

    /// The release with the version of that key, in whatever state, without documents and files.
    package func summary(projectID: Int64, versionKey: String) throws -> ReleaseSummary? {
        try connection.query(
            """
            SELECT id, version, version_key, state, published_at, staging_id FROM releases
            WHERE project_id = \(projectID) AND version_key = \(versionKey)
            """
        ).first.map(Self.summary)
    }

    /// The release that has a tag, in whatever state, without documents and files.
    package func tagged(_ tag: String, projectID: Int64) throws -> ReleaseSummary? {
        try connection.query(
            """
            SELECT r.id, r.version, r.version_key, r.state, r.published_at, r.staging_id
            FROM tags t JOIN releases r ON r.id = t.release_id
            WHERE t.project_id = \(projectID) AND t.tag = \(tag)
            """
        ).first.map(Self.summary)
    }

    static func summary(_ row: SQLRow) throws -> ReleaseSummary {
        ReleaseSummary(
            id: try row.int("id"),
            version: ReleaseVersion(display: try row.text("version"), key: try row.text("version_key")),
            state: ReleaseState(rawValue: try row.text("state")) ?? .held,
            publishedAt: try row.timestamp("published_at"), stagingID: try row.optionalInt("staging_id"))
    }

    /// Adds a release; its files are rows of their own.
    /// - Throws: `SQLFault.uniqueViolation` where the version's key is taken.
    package func insert(_ row: ReleaseRow) throws {
        let release = row.release
        try connection.execute(
            """
            INSERT INTO releases (id, project_id, version, version_key, state, state_changed_at, published_at,
                received_at, origin, publisher_id, publisher_kind, publisher_claims, document, details, readme_type,
                readme, staging_id)
            VALUES (\(release.id), \(row.projectID), \(release.version.display), \(release.version.key),
                \(release.state.rawValue), \(release.publishedAt), \(release.publishedAt), \(release.receivedAt),
                \(release.origin), \(row.publisherID), \(release.publisherKind.rawValue),
                \(release.publisherClaims?.canonicalBytes()), \(release.document.bytes()), \(row.details.bytes()), \(row.readme?.mediaType), \(row.readme?.text),
                \(release.stagingID))
            """)
    }

    /// Adds the declared dependencies of a release.
    package func insert(_ dependencies: [Dependency], releaseID: Int64, projectID: Int64) throws {
        // Several in one statement, because each costs a round trip; never many, so that the prepared ones are few.
        for chunk in Array(dependencies.enumerated()).chunked(8) {
            var statement: SQL = """
                INSERT INTO dependencies (release_id, position, project_id, ecosystem, name, name_key, requirement,
                    kind, is_optional) VALUES
                """
            for (index, (position, dependency)) in chunk.enumerated() {
                statement += index == 0 ? " " : ", "
                statement += """
                    (\(releaseID), \(position), \(projectID), \(dependency.ecosystem), \(dependency.name),
                    \(dependency.nameKey), \(dependency.requirement), \(dependency.kind), \(dependency.isOptional))
                    """
            }
            try connection.execute(statement)
        }
    }

    /// The declared dependencies of a release, in their order.
    package func dependencies(_ releaseID: Int64) throws -> [Dependency] {
        try connection.query("SELECT * FROM dependencies WHERE release_id = \(releaseID) ORDER BY position").map {
            row in
            Dependency(
                ecosystem: EcosystemID(rawValue: try row.text("ecosystem")), name: try row.text("name"),
                nameKey: try row.text("name_key"), requirement: try row.text("requirement"),
                kind: try row.text("kind"), isOptional: try row.bool("is_optional"))
        }
    }

    /// What pages show of a release beside its row: the details and the README.
    package func page(_ releaseID: Int64) throws -> (details: JSONValue, readme: Readme?)? {
        guard
            let row = try connection.query(
                "SELECT details, readme_type, readme FROM releases WHERE id = \(releaseID)"
            ).first
        else { return nil }
        let readme: Readme? =
            if let type = try row.optionalText("readme_type"), let text = try row.optionalText("readme") {
                Readme(mediaType: type, text: text)
            } else { nil }
        return (try Self.json(row.bytes("details")), readme)
    }

    /// The details alone, without a README that may be long.
    package func details(_ releaseID: Int64) throws -> JSONValue? {
        try connection.query("SELECT details FROM releases WHERE id = \(releaseID)").first.map {
            try Self.json($0.bytes("details"))
        }
    }

    /// Changes a release's state.
    package func setState(_ releaseID: Int64, _ state: ReleaseState, reason: String?, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE releases SET state = \(state.rawValue), state_reason = \(reason), state_changed_at = \(now)
            WHERE id = \(releaseID)
            """)
    }

    /// Makes a staged release what everybody sees, or holds it.
    ///
    /// It becomes visible now, so that is when it was published.
    package func release(_ releaseID: Int64, _ state: ReleaseState, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE releases SET state = \(state.rawValue), state_changed_at = \(now), published_at = \(now),
                staging_id = NULL
            WHERE id = \(releaseID)
            """)
        try connection.execute("UPDATE files SET published_at = \(now) WHERE release_id = \(releaseID)")
    }

    /// Forgets a release that was never visible, so that its version and its files' names are free again.
    /// - Returns: How many bytes its files had.
    package func erase(_ releaseID: Int64) throws -> Int64 {
        let bytes = try FileStore(connection).files(releaseID: releaseID).reduce(0) { $0 + $1.size }
        try connection.execute("DELETE FROM dependencies WHERE release_id = \(releaseID)")
        try connection.execute("DELETE FROM tags WHERE release_id = \(releaseID)")
        try connection.execute("DELETE FROM files WHERE release_id = \(releaseID)")
        try connection.execute("DELETE FROM releases WHERE id = \(releaseID)")
        return bytes
    }

    /// Whether a project has, or had, any release.
    package func exists(projectID: Int64) throws -> Bool {
        try connection.first("SELECT 1 AS one FROM releases WHERE project_id = \(projectID) LIMIT 1") != nil
    }

    /// Removes a release; what it was before is kept for ``restore(_:at:)``.
    package func remove(_ releaseID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE releases SET previous_state = state, state = \(ReleaseState.removed), state_changed_at = \(now)
            WHERE id = \(releaseID) AND state <> \(ReleaseState.removed)
            """)
    }

    /// Puts a removed release back into the state it was removed from.
    package func restore(_ releaseID: Int64, at now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE releases SET state = COALESCE(previous_state, \(ReleaseState.live)), previous_state = NULL,
                state_changed_at = \(now)
            WHERE id = \(releaseID) AND state = \(ReleaseState.removed)
            """)
    }

    /// When a release's state was last changed.
    package func stateChangedAt(_ releaseID: Int64) throws -> Timestamp? {
        try connection.query("SELECT state_changed_at FROM releases WHERE id = \(releaseID)").first?
            .timestamp("state_changed_at")
    }

    /// Sets or clears the deprecation message.
    package func setDeprecation(_ releaseID: Int64, _ message: String?) throws {
        try connection.execute("UPDATE releases SET deprecation = \(message) WHERE id = \(releaseID)")
    }

    private static func record(_ row: SQLRow, files: [PackageFile]) throws -> Release {
        var release = Release(
            id: try row.int("id"),
            version: ReleaseVersion(display: try row.text("version"), key: try row.text("version_key")),
            state: ReleaseState(rawValue: try row.text("state")) ?? .held,
            stateReason: try row.optionalText("state_reason"), deprecation: try row.optionalText("deprecation"),
            publishedAt: try row.timestamp("published_at"), receivedAt: try row.timestamp("received_at"),
            origin: try row.text("origin"), publisher: try row.text("publisher"),
            publisherKind: Principal.Kind(rawValue: try row.text("publisher_kind")) ?? .token,
            document: try json(row.bytes("document")), stagingID: try row.optionalInt("staging_id"), files: files)
        release.publisherClaims = try row.optionalBytes("publisher_claims").map(json)
        return release
    }

    static func json(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONValue.parse(bytes, maximumBytes: .max, maximumDepth: 128)
    }
}

/// A release without its documents and files.
package struct ReleaseSummary: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let version: ReleaseVersion
    package let state: ReleaseState
    package let publishedAt: Timestamp
    /// The staging it waits in, where it does.
    package let stagingID: Int64?

    init(id: Int64, version: ReleaseVersion, state: ReleaseState, publishedAt: Timestamp, stagingID: Int64?) {
        self.id = id
        self.version = version
        self.state = state
        self.publishedAt = publishedAt
        self.stagingID = stagingID
    }

    /// What there is of a release that is known.
    package init(_ release: Release) {
        self.init(
            id: release.id, version: release.version, state: release.state, publishedAt: release.publishedAt,
            stagingID: release.stagingID)
    }
}
