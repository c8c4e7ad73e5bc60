import CPostgres

/// A failed command: what the caller is told, and what the driver does about it.
struct PostgresFailure: Error {
    /// What can be done.
    enum Kind {
        /// Nothing: the statement is at fault.
        case statement
        /// The same transaction may succeed when it is run again.
        case conflict
        /// The prepared statements are out of date; the same transaction may succeed without them.
        case stale
        /// The connection is gone.
        case lost
    }

    let kind: Kind
    let fault: SQLFault

    static let lost = PostgresFailure(kind: .lost, fault: .connectionLost)

    /// Translates an [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html).
    ///
    /// - Parameters:
    ///   - result: What the server answered; nil when it did not.
    ///   - connection: The connection, which may turn out to be lost.
    init(_ result: OpaquePointer?, on connection: OpaquePointer) {
        let state = Self.field(result, .state) ?? ""
        guard PQstatus(connection) == CONNECTION_OK, !state.hasPrefix("08"), !state.hasPrefix("57P0") else {
            self = .lost
            return
        }
        let message = Self.field(result, .message) ?? String(cString: PQerrorMessage(connection))
        switch state {
        case "23505": self.init(kind: .statement, fault: .uniqueViolation(constraint: Self.constraint(result)))
        case "23503": self.init(kind: .statement, fault: .foreignKeyViolation)
        case "40001", "40P01": self.init(kind: .conflict, fault: .busy)
        case "55P03": self.init(kind: .statement, fault: .busy)
        case "25006": self.init(kind: .statement, fault: .storage(code: state, message: message))
        // Insufficient resources (a full disk among them), and errors of the operating system.
        case _ where state.hasPrefix("53") || state.hasPrefix("58"):
            self.init(kind: .statement, fault: .storage(code: state, message: message))
        case "0A000", "26000": self.init(kind: .stale, fault: .other(code: state, message: message))
        default: self.init(kind: .statement, fault: .other(code: state, message: message))
        }
    }

    init(kind: Kind, fault: SQLFault) {
        self.kind = kind
        self.fault = fault
    }

    /// The columns of a violated constraint in SQLite's form, `table.column, table.column`.
    ///
    /// The detail is "Key (column, column)=(value, value) already exists." in the server's language; the part between
    /// the first parenthesis and `)=(` is the same in all of them.
    private static func constraint(_ result: OpaquePointer?) -> String {
        let name = field(result, .constraint) ?? ""
        guard let table = field(result, .table), let detail = field(result, .detail),
            let start = detail.firstIndex(of: "("), let end = detail.firstRange(of: ")=(")?.lowerBound, start < end
        else { return name }
        let columns = detail[detail.index(after: start)..<end]
        return columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// The `PG_DIAG_…` macros, which are character literals that Swift does not import.
    private enum Field: Character {
        case state = "C", message = "M", detail = "D", table = "t", constraint = "n"
    }

    private static func field(_ result: OpaquePointer?, _ field: Field) -> String? {
        let code = Int32(field.rawValue.asciiValue ?? 0)
        guard let result, let text = PQresultErrorField(result, code) else { return nil }
        return String(cString: text)
    }
}
