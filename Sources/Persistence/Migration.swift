/// One numbered step of the schema.
///
/// The text is SQL in the dialect that SQLite and PostgreSQL share, with placeholders for the types that differ:
///
/// | placeholder | SQLite | PostgreSQL |
/// | --- | --- | --- |
/// | `{text}` | `TEXT` | `text COLLATE "C"` |
/// | `{bytes}` | `BLOB` | `bytea` |
/// | `{int}` | `INTEGER` | `bigint` |
/// | `{strict}`, after a table's closing parenthesis | `STRICT` | nothing |
///
/// A statement ends at a `;` that is the last character of its line but for white space; a line that starts with `--`
/// is a comment. Lines between `--sqlite` and `--end`, or `--postgres` and `--end`, are for one database only; search
/// tables need them, nothing else does.
package struct Migration: Hashable, Sendable {
    /// Its place, counted from 1.
    package let number: Int
    /// What it does, for people.
    package let name: String
    /// The text, with placeholders.
    package let sql: String

    /// Takes a migration's text.
    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// FNV-1a (64 bits) of the text: it guards against an edit by mistake, not against an adversary.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 16)
    }

    /// The statements for one database.
    func statements(for dialect: SQLDialect) -> [String] {
        var statements: [String] = []
        var current: [Substring] = []
        var block: SQLDialect?
        for line in sql.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let trimmed = line.trimmingSpaces
            switch trimmed {
            case "--sqlite": block = .sqlite
            case "--postgres": block = .postgres
            case "--end": block = nil
            default:
                guard !trimmed.isEmpty, !trimmed.hasPrefix("--"), block == nil || block == dialect else { continue }
                guard trimmed.hasSuffix(";") else {
                    current.append(line)
                    continue
                }
                current.append(trimmed.dropLast())
                statements.append(Self.filled(current.joined(separator: "\n"), dialect))
                current = []
            }
        }
        // A last statement without its `;` counts; the database decides whether it is one.
        if !current.isEmpty { statements.append(Self.filled(current.joined(separator: "\n"), dialect)) }
        return statements
    }

    private static func filled(_ text: String, _ dialect: SQLDialect) -> String {
        let types: [(String, String)] =
            switch dialect {
            case .sqlite: [("{text}", "TEXT"), ("{bytes}", "BLOB"), ("{int}", "INTEGER"), ("{strict}", "STRICT")]
            case .postgres:
                [("{text}", "text COLLATE \"C\""), ("{bytes}", "bytea"), ("{int}", "bigint"), ("{strict}", "")]
            }
        return types.reduce(text) { text, pair in text.replacing(pair.0, with: pair.1) }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        let front = drop(while: \.isWhitespace)
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return front[...last]
    }
}
