import Persistence
import RegistryModel

/// What a backup says about itself: the file `backup.json`.
package struct BackupManifest: Sendable {
    /// A file of JSON lines.
    struct Part: Hashable, Sendable {
        let path: String
        let rows: Int64
        let bytes: Int64
        let sha256: String
    }

    /// A table's part and its columns.
    struct Table: Sendable {
        let name: String
        let columns: [(name: String, kind: String)]
        let part: Part
    }

    /// The name of the snapshot, which is also a folder.
    let snapshot: String
    /// When the snapshot was taken.
    package let createdAt: String
    /// The number of the newest migration of the database.
    package let schema: Int64
    let tables: [Table]
    /// Which blobs the rows need.
    let blobs: Part
    /// How many bytes those have.
    package let blobBytes: Int64
    let hasKey: Bool

    static let path = "backup.json"
    static let keyPath = "keys/master"
    static let format = "hallmark-backup"
    static let version: Int64 = 1

    /// The file that is written when everything else is there.
    var completionPath: String { "database/\(snapshot)/complete.json" }

    static func blobPath(_ hex: String) -> String {
        "blobs/\(hex.prefix(2))/\(hex.dropFirst(2).prefix(2))/\(hex)"
    }

    var bytes: [UInt8] {
        let value: JSONValue = [
            "format": .string(Self.format), "format_version": .integer(Self.version), "snapshot": .string(snapshot),
            "created": .string(createdAt), "schema": .integer(schema),
            "tables": .array(
                tables.map { table in
                    .object(
                        [
                            JSONValue.Member("table", .string(table.name)),
                            JSONValue.Member(
                                "columns", .array(table.columns.map { [.string($0.name), .string($0.kind)] })),
                        ] + Self.members(table.part))
                }),
            "blobs": .object(Self.members(blobs) + [JSONValue.Member("content_bytes", .integer(blobBytes))]),
            "key_included": .bool(hasKey),
        ]
        return value.bytes()
    }

    private static func members(_ part: Part) -> [JSONValue.Member] {
        [
            JSONValue.Member("path", .string(part.path)), JSONValue.Member("rows", .integer(part.rows)),
            JSONValue.Member("bytes", .integer(part.bytes)), JSONValue.Member("sha256", .string(part.sha256)),
        ]
    }
}

extension BackupManifest {
    /// Reads a manifest.
    ///
    /// Throws ``Problem/Code/badRequest`` with what is wrong.
    package init(_ bytes: [UInt8]) throws {
        guard let value = try? JSONValue.parse(bytes), value["format"]?.stringValue == Self.format else {
            throw Problem(.badRequest, "This is not a backup: its file \(Self.path) cannot be read.")
        }
        guard value["format_version"]?.integerValue == Self.version else {
            throw Problem(
                .badRequest, "The backup is in a form that a newer Hallmark wrote. Restore it with that version.")
        }
        guard let snapshot = value["snapshot"]?.stringValue, Self.isPlain(snapshot),
            let schema = value["schema"]?.integerValue, schema > 0,
            let blobs = value["blobs"], let part = Self.part(blobs), let tables = value["tables"]?.arrayValue
        else { throw Self.incomplete }
        self.snapshot = snapshot
        self.schema = schema
        self.createdAt = value["created"]?.stringValue ?? ""
        self.blobs = part
        blobBytes = blobs["content_bytes"]?.integerValue ?? 0
        hasKey = value["key_included"]?.boolValue ?? false
        self.tables = try tables.map { table in
            guard let name = table["table"]?.stringValue, let part = Self.part(table),
                let columns = table["columns"]?.arrayValue
            else { throw Self.incomplete }
            return Table(
                name: name,
                columns: try columns.map { column in
                    guard let pair = column.arrayValue, pair.count == 2, let name = pair[0].stringValue,
                        let kind = pair[1].stringValue
                    else { throw Self.incomplete }
                    return (name, kind)
                }, part: part)
        }
    }

    private static func part(_ value: JSONValue) -> Part? {
        guard let path = value["path"]?.stringValue, isPlain(path), let rows = value["rows"]?.integerValue,
            let bytes = value["bytes"]?.integerValue, let sha256 = value["sha256"]?.stringValue
        else { return nil }
        return Part(path: path, rows: rows, bytes: bytes, sha256: sha256)
    }

    /// Whether a path stays where it belongs.
    private static func isPlain(_ path: String) -> Bool {
        path.utf8.count <= 200 && !path.isEmpty
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
                !segment.isEmpty && !segment.hasPrefix(".")
                    && segment.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                            || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
                    }
            }
    }

    private static var incomplete: Problem {
        Problem(.badRequest, "The backup's file \(Self.path) is not complete.")
    }
}
