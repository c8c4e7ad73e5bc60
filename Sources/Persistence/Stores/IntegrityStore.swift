package import RegistryModel

/// A file's row beside what its blob must be.
package struct StoredFile: Sendable {
    package let id: Int64
    package let ecosystem: EcosystemID
    package let project: String
    package let name: String
    package let size: Int64
    package let digests: FileDigests
    /// Whether the digest of the metadata document beside the file agrees with the document.
    package let metadata: [UInt8]?
    package let metadataDigest: SHA256Digest?

    /// Its place for people.
    package var label: String { "\(ecosystem)/\(project)/\(name)" }
}

/// What lists show of a project, beside that of which it is made.
package struct ShownVersion: Sendable {
    package let projectID: Int64
    package let ecosystem: EcosystemID
    package let project: String
    /// The version that lists show; nil where they show none.
    package let version: String?
    /// When they say it was published last.
    package let publishedAt: Timestamp?
    /// The live releases.
    package let live: [ReleaseSummary]
    /// The release tagged `latest`, in whatever state.
    package let tagged: Int64?

    /// Its place for people.
    package var label: String { "\(ecosystem)/\(project)" }
}

/// A place in the files in the order of their blobs.
package struct StoredFilePosition: Hashable, Sendable {
    package let digest: SHA256Digest
    package let id: Int64

    /// Collects both.
    package init(digest: SHA256Digest, id: Int64) {
        self.digest = digest
        self.id = id
    }
}

/// Rows that disagree with each other, and rows beside which a blob must lie.
package struct IntegrityStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// How many files are needed, how many bytes they have, how many come before that place.
    package func totals(
        removedBefore: Timestamp, since: Timestamp?, before place: StoredFilePosition?
    ) throws -> (files: Int64, bytes: Int64, done: Int64) {
        let passed: SQL =
            place.map {
                "COALESCE(SUM(CASE WHEN f.sha256 < \($0.digest) THEN f.size ELSE 0 END), 0)"
            } ?? "0"
        let row = try connection.first(
            """
            SELECT COUNT(*) AS files, CAST(COALESCE(SUM(f.size), 0) AS BIGINT) AS bytes,
                CAST(\(sql: passed) AS BIGINT) AS done
            FROM files f JOIN releases r ON r.id = f.release_id
            WHERE \(sql: BlobReferenceStore.isNeeded(removedBefore)) \(sql: Self.received(since))
            """)
        return (try row?.int("files") ?? 0, try row?.int("bytes") ?? 0, try row?.int("done") ?? 0)
    }

    /// Files whose blob is needed, in the order of their blobs.
    package func files(
        after place: StoredFilePosition?, removedBefore: Timestamp, since: Timestamp?, limit: Int
    ) throws -> [StoredFile] {
        let start: SQL =
            place.map { "AND f.sha256 >= \($0.digest) AND (f.sha256 > \($0.digest) OR f.id > \($0.id))" } ?? ""
        return try connection.query(
            """
            SELECT f.id, f.name, f.size, f.sha256, f.md5, f.sha1, f.sha512, f.blake2b256, f.metadata,
                f.metadata_sha256, p.ecosystem, p.name AS project
            FROM files f JOIN releases r ON r.id = f.release_id JOIN projects p ON p.id = f.project_id
            WHERE \(sql: BlobReferenceStore.isNeeded(removedBefore)) \(sql: Self.received(since)) \(sql: start)
            ORDER BY f.sha256, f.id LIMIT \(limit)
            """
        ).map { row in
            StoredFile(
                id: try row.int("id"), ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
                project: try row.text("project"), name: try row.text("name"), size: try row.int("size"),
                digests: FileDigests(
                    sha256: try row.sha256("sha256"), md5: try row.bytes("md5"), sha1: try row.bytes("sha1"),
                    sha512: try row.bytes("sha512"), blake2b256: try row.bytes("blake2b256")),
                metadata: try row.optionalBytes("metadata"),
                metadataDigest: try row.optionalSHA256("metadata_sha256"))
        }
    }

    private static func received(_ since: Timestamp?) -> SQL {
        since.map { "AND f.received_at >= \($0)" } ?? ""
    }
}

/// A way in which rows can disagree.
package struct RowCheck: Sendable {
    /// Its name in reports.
    package let name: String
    /// What is wrong with the rows that it finds.
    package let explanation: String
    /// Whether it is worth knowing and nothing is wrong.
    package let isNote: Bool
    fileprivate let statement: SQL

    private init(_ name: String, _ explanation: String, isNote: Bool = false, _ statement: SQL) {
        self.name = name
        self.explanation = explanation
        self.isNote = isNote
        self.statement = statement
    }

    /// Every one of them; `now` tells what has been waiting for long.
    package static func all(now: Timestamp) -> [RowCheck] {
        releases + links + [
            RowCheck(
                "outbox-stuck", "a piece of work has failed again and again",
                "SELECT id, topic || ': ' || COALESCE(last_error, '') AS label FROM outbox WHERE attempts > 12"),
            RowCheck(
                "outbox-waiting", "a piece of work has waited for more than an hour; is a server running?",
                isNote: true,
                """
                SELECT id, topic AS label FROM outbox
                WHERE attempts <= 12 AND available_at < \(now.advanced(bySeconds: -3600))
                """),
        ]
    }

    private static let releases: [RowCheck] = [
        RowCheck(
            "release-without-files", "a release that can be had has no file",
            """
            SELECT r.id, p.ecosystem || '/' || p.name || ' ' || r.version AS label
            FROM releases r JOIN projects p ON p.id = r.project_id
            WHERE r.state NOT IN \(values: [ReleaseState.removed, .dropped, .staged])
                AND NOT EXISTS (SELECT 1 FROM files f WHERE f.release_id = r.id AND f.is_removed = 0)
            """),
        RowCheck(
            "removed-release-with-files", "a release was removed and its files were not",
            """
            SELECT r.id, p.ecosystem || '/' || p.name || ' ' || r.version AS label
            FROM releases r JOIN projects p ON p.id = r.project_id
            WHERE r.state = \(ReleaseState.removed)
                AND EXISTS (SELECT 1 FROM files f WHERE f.release_id = r.id AND f.is_removed = 0)
            """),
        RowCheck(
            "latest-version", "the version that lists show is no live release",
            """
            SELECT p.id, p.ecosystem || '/' || p.name AS label FROM projects p
            WHERE p.latest_version IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM releases r WHERE r.project_id = p.id AND r.state = \(ReleaseState.live)
                    AND r.version = p.latest_version)
            """),
        RowCheck(
            "stored-bytes", "the project's count of bytes is not the sum of its files",
            """
            SELECT p.id, p.ecosystem || '/' || p.name AS label FROM projects p
            WHERE p.stored_bytes <> (
                SELECT CAST(COALESCE(SUM(f.size), 0) AS BIGINT) FROM files f WHERE f.project_id = p.id)
            """),
        RowCheck(
            "blob-not-listed", "a file's digest is not among the stored blobs",
            """
            SELECT f.id, p.ecosystem || '/' || p.name || '/' || f.name AS label
            FROM files f JOIN projects p ON p.id = f.project_id
            WHERE f.is_removed = 0 AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.sha256 = f.sha256)
            """),
    ]

    private static let links: [RowCheck] = [
        RowCheck(
            "file-without-release", "a file's release is missing or belongs to another project",
            """
            SELECT f.id, f.name AS label FROM files f
            WHERE NOT EXISTS (SELECT 1 FROM releases r WHERE r.id = f.release_id AND r.project_id = f.project_id)
            """),
        RowCheck(
            "release-without-project", "a release's project or publisher is missing",
            """
            SELECT r.id, r.version AS label FROM releases r
            WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = r.project_id)
                OR NOT EXISTS (SELECT 1 FROM users u WHERE u.id = r.publisher_id)
            """),
        RowCheck(
            "project-without-owner", "nobody is an owner of the project",
            """
            SELECT p.id, p.ecosystem || '/' || p.name AS label FROM projects p
            WHERE NOT EXISTS (SELECT 1 FROM project_members m JOIN users u ON u.id = m.user_id
                WHERE m.project_id = p.id AND m.role = \(Role.owner))
            """),
        RowCheck(
            "tag-without-release", "a tag's release is missing or belongs to another project",
            """
            SELECT t.release_id AS id, t.tag AS label FROM tags t
            WHERE NOT EXISTS (SELECT 1 FROM releases r WHERE r.id = t.release_id AND r.project_id = t.project_id)
            """),
        RowCheck(
            "dependency-without-release", "a dependency's release is missing or belongs to another project",
            """
            SELECT d.release_id AS id, d.name AS label FROM dependencies d
            WHERE NOT EXISTS (SELECT 1 FROM releases r WHERE r.id = d.release_id AND r.project_id = d.project_id)
            """),
        RowCheck(
            "event-without-project", "an event's project is missing",
            """
            SELECT e.id, e.kind AS label FROM events e
            WHERE e.project_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = e.project_id)
            """),
        RowCheck(
            "work-without-event", "a piece of work names an event that is missing",
            """
            SELECT o.id, o.topic AS label FROM outbox o
            WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = o.event_id)
            """),
        RowCheck(
            "token-without-user", "a token's user is missing",
            """
            SELECT t.id, t.prefix AS label FROM tokens t
            WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id)
            """),
    ]
}

extension IntegrityStore {
    /// The rows that a check finds, at most `limit`: their ids and what people call them.
    package func find(_ check: RowCheck, limit: Int) throws -> [(id: Int64, label: String)] {
        try connection.query("\(sql: check.statement) LIMIT \(limit)").map {
            (try $0.int("id"), try $0.text("label"))
        }
    }

    /// Projects in the order of their ids, with what lists show of them and why.
    package func shown(after id: Int64, limit: Int) throws -> [ShownVersion] {
        let projects = try connection.query(
            """
            SELECT p.id, p.ecosystem, p.name, p.latest_version, p.latest_published_at, t.release_id
            FROM projects p LEFT JOIN tags t ON t.project_id = p.id AND t.tag = 'latest'
            WHERE p.id > \(id) ORDER BY p.id LIMIT \(limit)
            """)
        let ids = try projects.map { try $0.int("id") }
        let releases = try connection.query(
            """
            SELECT project_id, id, version, version_key, state, published_at, staging_id FROM releases
            WHERE project_id IN \(values: ids) AND state = \(ReleaseState.live)
            """)
        let live = try Dictionary(grouping: releases) { try $0.int("project_id") }
        return try projects.map { row in
            let id = try row.int("id")
            return ShownVersion(
                projectID: id, ecosystem: EcosystemID(rawValue: try row.text("ecosystem")),
                project: try row.text("name"), version: try row.optionalText("latest_version"),
                publishedAt: try row.optionalTimestamp("latest_published_at"),
                live: try (live[id] ?? []).map(ReleaseStore.summary), tagged: try row.optionalInt("release_id"))
        }
    }

    /// What the database finds wrong with its own file; PostgreSQL looks after its files itself.
    package func fileFaults() throws -> [String] {
        guard connection.dialect == .sqlite else { return [] }
        return try connection.query("PRAGMA quick_check(20)").map { try $0.text(0) }.filter { $0 != "ok" }
    }

    /// The highest number of a migration that was applied.
    package func schemaVersion() throws -> Int64 {
        try connection.first("SELECT MAX(number) AS number FROM schema_migrations")?.optionalInt("number") ?? 0
    }
}
