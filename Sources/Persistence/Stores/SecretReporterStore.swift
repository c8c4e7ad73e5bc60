package import RegistryModel

/// The rows of `secret_reporters` and `secret_reports`.
package struct SecretReporterStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// All reporters that were not removed, by name.
    package func all() throws -> [SecretReporter] {
        try connection.query("SELECT * FROM secret_reporters WHERE removed_at IS NULL ORDER BY name").map(Self.record)
    }

    /// Adds a reporter, also in the place of one of that name that was removed.
    /// - Returns: Whether there was none of that name.
    package func insert(_ reporter: SecretReporter) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO secret_reporters (id, name, key_id_header, signature_header, keys_url, keys, fetched_at, created_at)
            VALUES (\(reporter.id), \(reporter.name), \(reporter.keyIDHeader), \(reporter.signatureHeader),
                \(reporter.keysURL), \(Self.json(reporter.keys)), \(reporter.fetchedAt), \(reporter.createdAt))
            ON CONFLICT (name) DO UPDATE SET key_id_header = excluded.key_id_header,
                signature_header = excluded.signature_header, keys_url = excluded.keys_url, keys = excluded.keys,
                fetched_at = excluded.fetched_at, created_at = excluded.created_at, removed_at = NULL
            WHERE secret_reporters.removed_at IS NOT NULL
            """) > 0
    }

    /// Keeps what was fetched.
    package func setKeys(_ keys: [SecretReporter.Key], of id: Int64, at now: Timestamp) throws {
        try connection.execute(
            "UPDATE secret_reporters SET keys = \(Self.json(keys)), fetched_at = \(now) WHERE id = \(id)")
    }

    /// Removes a reporter; its reports stay.
    /// - Returns: Whether it was there.
    package func remove(name: String, at now: Timestamp) throws -> Bool {
        try connection.execute(
            "UPDATE secret_reporters SET removed_at = \(now) WHERE name = \(name) AND removed_at IS NULL") > 0
    }

    /// Keeps a report; nothing of the reported text itself.
    package func insertReport(_ report: SecretReportRow) throws {
        try connection.execute(
            """
            INSERT INTO secret_reports (id, reporter_id, token_id, outcome, source, url, at)
            VALUES (\(report.id), \(report.reporterID), \(report.tokenID), \(report.outcome), \(report.source),
                \(report.url), \(report.at))
            """)
    }

    private static func json(_ keys: [SecretReporter.Key]) -> [UInt8] {
        JSONValue.array(
            keys.map { ["id": .string($0.id), "pem": .string($0.pem), "current": .bool($0.isCurrent)] }
        ).canonicalBytes()
    }

    private static func record(_ row: SQLRow) throws -> SecretReporter {
        let keys = try ReleaseStore.json(row.bytes("keys")).arrayValue ?? []
        return SecretReporter(
            id: try row.int("id"), name: try row.text("name"), keyIDHeader: try row.text("key_id_header"),
            signatureHeader: try row.text("signature_header"), keysURL: try row.optionalText("keys_url"),
            keys: keys.compactMap { key in
                guard let id = key["id"]?.stringValue, let pem = key["pem"]?.stringValue else { return nil }
                return SecretReporter.Key(id: id, pem: pem, isCurrent: key["current"]?.boolValue ?? false)
            },
            fetchedAt: try row.optionalTimestamp("fetched_at"), createdAt: try row.timestamp("created_at"))
    }
}

/// A reported secret as it is kept.
package struct SecretReportRow: Sendable {
    package let id: Int64
    package let reporterID: Int64
    /// The token that it was, where it was one.
    package let tokenID: Int64?
    /// `revoked`, `ended` for one that was dead already, or `unknown`.
    package let outcome: String
    /// Where the reporter found it, in the reporter's words.
    package let source: String
    package let url: String
    package let at: Timestamp

    /// Collects a row.
    package init(
        id: Int64, reporterID: Int64, tokenID: Int64?, outcome: String, source: String, url: String, at: Timestamp
    ) {
        self.id = id
        self.reporterID = reporterID
        self.tokenID = tokenID
        self.outcome = outcome
        self.source = source
        self.url = url
        self.at = at
    }
}
