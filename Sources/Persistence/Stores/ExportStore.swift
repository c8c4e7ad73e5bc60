package import RegistryModel

/// Everything that an export says, page by page, as JSON for people and other programs.
package struct ExportStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    private static let pageSize: Int64 = 64

    /// People by name; addresses only where they are asked for.
    package func users(includingPersonalData: Bool, _ body: (JSONValue) throws -> Void) throws {
        try page({ id in "SELECT * FROM users WHERE id > \(id) ORDER BY id LIMIT \(Self.pageSize)" }) { row in
            try body(
                .compactObject([
                    ("name", .string(try row.text("name"))),
                    ("email", includingPersonalData ? .string(try row.text("email")) : nil),
                    ("administrator", .bool(try row.bool("is_administrator"))),
                    ("created", Self.time(try row.timestamp("created_at"))),
                ]))
        }
    }

    /// Projects with their members and tags.
    package func projects(_ body: (JSONValue) throws -> Void) throws {
        try page({ id in
            """
            SELECT p.*, u.name AS creator FROM projects p JOIN users u ON u.id = p.created_by
            WHERE p.id > \(id) ORDER BY p.id LIMIT \(Self.pageSize)
            """
        }) { row in
            let project = try ProjectStore.record(row)
            let members = try ProjectStore(connection).members(project.id).map { member -> JSONValue in
                ["user": .string(member.userName), "role": .string(member.role.rawValue)]
            }
            let tags = try connection.query(
                """
                SELECT t.tag, r.version FROM tags t JOIN releases r ON r.id = t.release_id
                WHERE t.project_id = \(project.id) ORDER BY t.tag
                """
            ).map { JSONValue.Member(try $0.text("tag"), .string(try $0.text("version"))) }
            try body(
                .compactObject([
                    ("ecosystem", .string(project.ecosystem.rawValue)), ("name", .string(project.name.display)),
                    ("key", .string(project.name.key)), ("visibility", .string(project.visibility.rawValue)),
                    ("status", .string(project.status.rawValue)),
                    ("status_reason", project.statusReason.map(JSONValue.string)),
                    ("created", Self.time(project.createdAt)), ("creator", .string(try row.text("creator"))),
                    ("updated", Self.time(project.updatedAt)), ("summary", project.summary.map(JSONValue.string)),
                    ("latest", project.latestVersion.map(JSONValue.string)), ("members", .array(members)),
                    ("tags", .object(tags)),
                ]))
        }
    }

    /// Releases in every state with their documents and declared dependencies.
    package func releases(_ body: (JSONValue) throws -> Void) throws {
        try page({ id in
            """
            SELECT r.*, p.ecosystem, p.name, u.name AS publisher FROM releases r
                JOIN projects p ON p.id = r.project_id JOIN users u ON u.id = r.publisher_id
            WHERE r.id > \(id) ORDER BY r.id LIMIT \(Self.pageSize)
            """
        }) { row in
            let dependencies = try ReleaseStore(connection).dependencies(try row.int("id")).map { item -> JSONValue in
                [
                    "ecosystem": .string(item.ecosystem.rawValue), "name": .string(item.name),
                    "requirement": .string(item.requirement), "kind": .string(item.kind),
                    "optional": .bool(item.isOptional),
                ]
            }
            try body(
                .compactObject([
                    ("ecosystem", .string(try row.text("ecosystem"))), ("project", .string(try row.text("name"))),
                    ("version", .string(try row.text("version"))), ("state", .string(try row.text("state"))),
                    ("state_reason", try row.optionalText("state_reason").map(JSONValue.string)),
                    ("state_changed", Self.time(try row.timestamp("state_changed_at"))),
                    ("deprecation", try row.optionalText("deprecation").map(JSONValue.string)),
                    ("published", Self.time(try row.timestamp("published_at"))),
                    ("received", Self.time(try row.timestamp("received_at"))),
                    ("origin", .string(try row.text("origin"))), ("publisher", .string(try row.text("publisher"))),
                    ("publisher_kind", .string(try row.text("publisher_kind"))),
                    ("document", try ReleaseStore.json(row.bytes("document"))),
                    ("details", try ReleaseStore.json(row.bytes("details"))),
                    ("readme_type", try row.optionalText("readme_type").map(JSONValue.string)),
                    ("readme", try row.optionalText("readme").map(JSONValue.string)),
                    ("dependencies", .array(dependencies)),
                ]))
        }
    }
}

/// A file's line in an export, and where its bytes are.
package struct ExportedFile: Sendable {
    package let ecosystem: String
    /// The key of the project's name.
    package let project: String
    package let name: String
    package let digest: SHA256Digest
    package let size: Int64
    /// Whether the bytes can still be had.
    package let isAvailable: Bool
    /// Everything about it but the place of its bytes.
    package let line: JSONValue
}

extension ExportStore {
    /// Every file's row.
    package func files(removedBefore: Timestamp, _ body: (ExportedFile) throws -> Void) throws {
        try page({ id in
            """
            SELECT f.*, p.ecosystem, p.name AS project, p.name_key AS project_key, r.version,
                CASE WHEN \(sql: BlobReferenceStore.isNeeded(removedBefore)) THEN 1 ELSE 0 END AS is_available
            FROM files f JOIN releases r ON r.id = f.release_id JOIN projects p ON p.id = f.project_id
            WHERE f.id > \(id) ORDER BY f.id LIMIT \(Self.pageSize)
            """
        }) { row in
            let line = JSONValue.compactObject([
                ("ecosystem", .string(try row.text("ecosystem"))), ("project", .string(try row.text("project"))),
                ("version", .string(try row.text("version"))), ("name", .string(try row.text("name"))),
                ("kind", .string(try row.text("kind"))), ("size", .integer(try row.int("size"))),
                ("sha256", .string(Hex.encode(try row.bytes("sha256")))),
                ("sha512", .string(Hex.encode(try row.bytes("sha512")))),
                ("sha1", .string(Hex.encode(try row.bytes("sha1")))),
                ("md5", .string(Hex.encode(try row.bytes("md5")))),
                ("blake2b_256", .string(Hex.encode(try row.bytes("blake2b256")))),
                ("published", Self.time(try row.timestamp("published_at"))),
                ("received", Self.time(try row.timestamp("received_at"))),
                ("origin", .string(try row.text("origin"))), ("removed", .bool(try row.bool("is_removed"))),
                ("document", try ReleaseStore.json(row.bytes("document"))),
                ("metadata", try row.optionalBytes("metadata").map { .string(String(decoding: $0, as: UTF8.self)) }),
            ])
            try body(
                ExportedFile(
                    ecosystem: try row.text("ecosystem"), project: try row.text("project_key"),
                    name: try row.text("name"), digest: try row.sha256("sha256"), size: try row.int("size"),
                    isAvailable: try row.bool("is_available"), line: line))
        }
    }

    /// The events as they were stored: canonical JSON.
    package func events(_ body: ([UInt8]) throws -> Void) throws {
        try page({ id in "SELECT id, body FROM events WHERE id > \(id) ORDER BY id LIMIT \(Self.pageSize)" }) {
            try body(try $0.bytes("body"))
        }
    }

    /// Downloads by file, day and family of clients.
    package func downloads(_ body: (JSONValue) throws -> Void) throws {
        try page({ id in
            """
            SELECT f.id, f.name, p.ecosystem, p.name AS project FROM files f JOIN projects p ON p.id = f.project_id
            WHERE f.id > \(id) ORDER BY f.id LIMIT \(Self.pageSize)
            """
        }) { file in
            for row in try connection.query(
                "SELECT day, family, count FROM downloads WHERE file_id = \(file.int("id")) ORDER BY day, family")
            {
                try body([
                    "ecosystem": .string(try file.text("ecosystem")), "project": .string(try file.text("project")),
                    "file": .string(try file.text("name")),
                    "day": .string(try Self.day(row.int("day"))),
                    "family": .string(try row.text("family")), "count": .integer(try row.int("count")),
                ])
            }
        }
    }

    private func page(_ statement: (Int64) -> SQL, _ body: (SQLRow) throws -> Void) throws {
        var last = Int64.min
        while true {
            let rows = try connection.query(statement(last))
            for row in rows { try body(row) }
            guard rows.count == Int(Self.pageSize), let final = try rows.last?.int("id") else { return }
            last = final
        }
    }

    private static func day(_ day: Int64) -> String {
        let (seconds, overflow) = day.multipliedReportingOverflow(by: 86_400)
        return overflow ? "" : String(Timestamp(seconds: seconds).rfc3339(.seconds).prefix(10))
    }

    private static func time(_ time: Timestamp) -> JSONValue { .string(time.rfc3339()) }
}
