import Foundation
package import RegistryModel

/// Whole tables, row by row, for backups.
package struct TableStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Hands every row of a table to `body` as a JSON array, in the order of the primary key.
    ///
    /// Integers are numbers, texts are strings, bytes are strings of base64, NULL is null.
    package func dump(_ table: BackupTable, _ body: (JSONValue) throws -> Void) throws {
        var last: [SQLValue]?
        while true {
            let rows = try connection.query(page(table, after: last))
            for row in rows {
                try body(.array(row.values.map(Self.json)))
            }
            guard rows.count == Self.pageSize, let final = rows.last else { return }
            last = Array(final.values.prefix(table.keyCount))
        }
    }

    /// Whether a table has no row.
    package func isEmpty(_ table: BackupTable) throws -> Bool {
        try connection.first("SELECT 1 AS one FROM \(sql: SQL(stringLiteral: table.statement)) LIMIT 1") == nil
    }

    /// Adds a row as ``dump(_:_:)`` gave it, with values for the named columns.
    ///
    /// - Throws: ``SQLFault/column(_:)`` where a value is not of its column's type.
    package func load(_ table: BackupTable, _ columns: [BackupTable.Column], _ row: JSONValue) throws {
        guard let values = row.arrayValue, values.count == columns.count else {
            throw SQLFault.column("\(table.name): not a row of \(columns.count) values")
        }
        var statement: SQL = "INSERT INTO \(sql: SQL(stringLiteral: table.statement)) ("
        statement += Self.list(columns)
        statement += ") VALUES ("
        for (index, column) in columns.enumerated() {
            let value = try Self.value(values[index], column, table)
            statement += index > 0 ? ", \(value)" : "\(value)"
        }
        statement += ")"
        try connection.execute(statement)
    }

    /// A row can hold megabytes.
    private static let pageSize = 64

    private func page(_ table: BackupTable, after last: [SQLValue]?) -> SQL {
        let key = Array(table.columns.prefix(table.keyCount))
        var statement: SQL = "SELECT "
        statement += Self.list(table.columns)
        statement += " FROM \(sql: SQL(stringLiteral: table.statement))"
        if let last {
            statement += " WHERE ("
            statement += Self.list(key)
            statement += ") > ("
            for (index, value) in last.enumerated() { statement += index > 0 ? ", \(value)" : "\(value)" }
            statement += ")"
        }
        statement += " ORDER BY "
        statement += Self.list(key)
        statement += " LIMIT \(Self.pageSize)"
        return statement
    }

    private static func list(_ columns: [BackupTable.Column]) -> SQL {
        var list: SQL = ""
        for (index, column) in columns.enumerated() {
            if index > 0 { list += ", " }
            list += SQL(stringLiteral: column.statement)
        }
        return list
    }

    private static func json(_ value: SQLValue) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let text): .string(text)
        case .blob(let bytes): .string(Data(bytes).base64EncodedString())
        }
    }

    private static func value(
        _ value: JSONValue, _ column: BackupTable.Column, _ table: BackupTable
    ) throws(SQLFault) -> SQLValue {
        switch (value, column.kind) {
        case (.null, _): return .null
        case (.integer(let number), .int): return .integer(number)
        case (.string(let text), .text): return .text(text)
        case (.string(let text), .bytes):
            guard let bytes = Data(base64Encoded: text) else { break }
            return .blob([UInt8](bytes))
        default: break
        }
        throw .column("\(table.name).\(column.name): not \(column.kind.rawValue)")
    }
}
