import GRDB
import GRDBSQLite

/// One run of a prepared statement: binds, steps, reads, and leaves the statement ready for the next run.
///
/// It calls SQLite itself, because GRDB's rows and arguments cost several times what SQLite takes for these statements.
/// Preparing, caching and transactions stay GRDB's.
struct SQLiteCall {
    private let statement: OpaquePointer
    private let connection: OpaquePointer?

    /// Runs `statement` with values.
    init(_ statement: Statement, in database: Database) {
        self.statement = statement.sqliteStatement
        connection = database.sqliteConnection
    }

    /// Runs it to its end.
    /// - Returns: How many rows it changed.
    func execute(_ values: [SQLValue]) throws(DatabaseError) -> Int {
        defer { reset() }
        try bind(values)
        let before = sqlite3_total_changes64(connection)
        while try step() {}
        return sqlite3_total_changes64(connection) == before ? 0 : Int(sqlite3_changes64(connection))
    }

    /// Reads all rows.
    func query(_ values: [SQLValue]) throws -> [SQLRow] {
        defer { reset() }
        try bind(values)
        var rows: [SQLRow] = []
        var columns: [String] = []
        while try step() {
            if columns.isEmpty { columns = (0..<sqlite3_column_count(statement)).map(name) }
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for index in columns.indices { values.append(try value(Int32(index), columns[index])) }
            rows.append(SQLRow(columns: columns, values: values))
        }
        return rows
    }

    /// Whether there is a row.
    private func step() throws(DatabaseError) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw fault()
        }
    }

    private func reset() {
        // Its code is that of the last step, which was looked at.
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    private func bind(_ values: [SQLValue]) throws(DatabaseError) {
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .integer(let number): sqlite3_bind_int64(statement, place, number)
                case .text(let text): bind(text, place)
                case .blob(let bytes): bind(bytes, place)
                }
            guard code == SQLITE_OK else { throw fault() }
        }
    }

    private func bind(_ text: String, _ place: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            guard let copy = Self.copy(UnsafeRawBufferPointer(bytes)) else { return SQLITE_NOMEM }
            return sqlite3_bind_text64(
                statement, place, copy.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), { sqlite3_free($0) },
                UInt8(SQLITE_UTF8))
        }
    }

    private func bind(_ bytes: [UInt8], _ place: Int32) -> Int32 {
        bytes.withUnsafeBytes { bytes in
            guard let copy = Self.copy(bytes) else { return SQLITE_NOMEM }
            return sqlite3_bind_blob64(statement, place, copy, UInt64(bytes.count)) { sqlite3_free($0) }
        }
    }

    /// A copy that SQLite frees, because the value lives only as long as the call that binds it.
    ///
    /// Null only for want of memory: a null pointer would bind NULL.
    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        guard let copy = sqlite3_malloc64(UInt64(max(1, bytes.count))) else { return nil }
        UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
        return copy
    }

    private func name(_ column: Int32) -> String {
        sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
    }

    private func value(_ index: Int32, _ column: String) throws(SQLFault) -> SQLValue {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, index)
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, index)
            return .blob(
                Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))))
        case SQLITE_NULL: return .null
        default: throw .column("\(column): a floating-point number")
        }
    }

    private func fault() -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: sqlite3_errmsg(connection).map { String(cString: $0) })
    }
}
