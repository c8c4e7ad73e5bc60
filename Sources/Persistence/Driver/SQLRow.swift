package import RegistryModel

/// One row of an answer: a value copy, usable outside the closure that read it.
///
/// Every accessor throws ``SQLFault/column(_:)`` for a column that does not exist or holds another type.
package struct SQLRow: Hashable, Sendable {
    /// The names of the columns, as the statement gave them.
    package let columns: [String]
    /// The values, one for each column.
    package let values: [SQLValue]

    /// Makes a row; `values` has as many elements as `columns`.
    init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column by position, starting at 0.
    package func value(_ index: Int) throws(SQLFault) -> SQLValue {
        guard values.indices.contains(index) else { throw .column("#\(index): no such column") }
        return values[index]
    }

    /// The value of a column by name; the first one where several have the name.
    package func value(_ name: String) throws(SQLFault) -> SQLValue {
        guard let index = columns.firstIndex(of: name) else { throw .column("\(name): no such column") }
        return try value(index)
    }
}

extension SQLRow {
    /// An integer.
    package func int(_ name: String) throws(SQLFault) -> Int64 { try required(optionalInt(name), name) }
    /// An integer by position.
    package func int(_ index: Int) throws(SQLFault) -> Int64 { try required(optionalInt(index), "#\(index)") }
    /// A text.
    package func text(_ name: String) throws(SQLFault) -> String { try required(optionalText(name), name) }
    /// A text by position.
    package func text(_ index: Int) throws(SQLFault) -> String { try required(optionalText(index), "#\(index)") }
    /// Bytes.
    package func bytes(_ name: String) throws(SQLFault) -> [UInt8] { try required(optionalBytes(name), name) }
    /// Bytes by position.
    package func bytes(_ index: Int) throws(SQLFault) -> [UInt8] { try required(optionalBytes(index), "#\(index)") }
    /// A boolean: exactly 0 or 1.
    package func bool(_ name: String) throws(SQLFault) -> Bool { try Self.bool(int(name), name) }
    /// A boolean by position.
    package func bool(_ index: Int) throws(SQLFault) -> Bool { try Self.bool(int(index), "#\(index)") }
    /// A time.
    package func timestamp(_ name: String) throws(SQLFault) -> Timestamp { Timestamp(microseconds: try int(name)) }
    /// A time by position.
    package func timestamp(_ index: Int) throws(SQLFault) -> Timestamp { Timestamp(microseconds: try int(index)) }
    /// A SHA-256 digest: exactly 32 bytes.
    package func sha256(_ name: String) throws(SQLFault) -> SHA256Digest { try Self.sha256(bytes(name), name) }
    /// A SHA-256 digest by position.
    package func sha256(_ index: Int) throws(SQLFault) -> SHA256Digest { try Self.sha256(bytes(index), "#\(index)") }
}

extension SQLRow {
    /// An integer or NULL.
    package func optionalInt(_ name: String) throws(SQLFault) -> Int64? { try Self.int(value(name), name) }
    /// An integer or NULL by position.
    package func optionalInt(_ index: Int) throws(SQLFault) -> Int64? { try Self.int(value(index), "#\(index)") }
    /// A text or NULL.
    package func optionalText(_ name: String) throws(SQLFault) -> String? { try Self.text(value(name), name) }
    /// A text or NULL by position.
    package func optionalText(_ index: Int) throws(SQLFault) -> String? { try Self.text(value(index), "#\(index)") }
    /// Bytes or NULL.
    package func optionalBytes(_ name: String) throws(SQLFault) -> [UInt8]? { try Self.blob(value(name), name) }
    /// Bytes or NULL by position.
    package func optionalBytes(_ index: Int) throws(SQLFault) -> [UInt8]? { try Self.blob(value(index), "#\(index)") }

    /// A boolean or NULL.
    package func optionalBool(_ name: String) throws(SQLFault) -> Bool? {
        guard let number = try optionalInt(name) else { return nil }
        return try Self.bool(number, name)
    }

    /// A time or NULL.
    package func optionalTimestamp(_ name: String) throws(SQLFault) -> Timestamp? {
        try optionalInt(name).map(Timestamp.init(microseconds:))
    }

    /// A SHA-256 digest or NULL.
    package func optionalSHA256(_ name: String) throws(SQLFault) -> SHA256Digest? {
        guard let bytes = try optionalBytes(name) else { return nil }
        return try Self.sha256(bytes, name)
    }
}

extension SQLRow {
    private func required<T>(_ value: T?, _ column: String) throws(SQLFault) -> T {
        guard let value else { throw .column("\(column): NULL") }
        return value
    }

    private static func int(_ value: SQLValue, _ column: String) throws(SQLFault) -> Int64? {
        switch value {
        case .null: nil
        case .integer(let number): number
        case .text, .blob: throw .column("\(column): not an integer")
        }
    }

    private static func text(_ value: SQLValue, _ column: String) throws(SQLFault) -> String? {
        switch value {
        case .null: nil
        case .text(let text): text
        case .integer, .blob: throw .column("\(column): not a text")
        }
    }

    private static func blob(_ value: SQLValue, _ column: String) throws(SQLFault) -> [UInt8]? {
        switch value {
        case .null: nil
        case .blob(let bytes): bytes
        case .integer, .text: throw .column("\(column): not bytes")
        }
    }

    private static func bool(_ number: Int64, _ column: String) throws(SQLFault) -> Bool {
        switch number {
        case 0: false
        case 1: true
        default: throw .column("\(column): not a boolean")
        }
    }

    private static func sha256(_ bytes: [UInt8], _ column: String) throws(SQLFault) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes) else { throw .column("\(column): not a SHA-256 digest") }
        return digest
    }
}
