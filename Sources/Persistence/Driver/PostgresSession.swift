import CPostgres
import Logging

/// One connection to a PostgreSQL server.
///
/// `@unchecked Sendable` with this invariant: a session is used by one thread at a time, namely by whoever took it out of
/// the driver's list of idle sessions (or made it) and has not put it back.
final class PostgresSession: @unchecked Sendable {
    private static let limit = 256
    private let connection: OpaquePointer
    private let notices: NoticeSink
    /// Names of prepared statements by text and types.
    private var prepared: [String: String] = [:]

    /// Connects and sets the session's limits.
    ///
    /// Blocks until it is done or the time is over.
    init(_ settings: PostgresSettings, logger: Logger) throws(SQLFault) {
        connection = try settings.connect()
        notices = NoticeSink(logger: logger)
        PQsetNoticeProcessor(connection, noticeProcessor, Unmanaged.passUnretained(notices).toOpaque())
        do throws(PostgresFailure) {
            try command(settings.preamble)
        } catch {
            throw error.fault
        }
    }

    deinit {
        PQfinish(connection)
    }

    /// Whether the connection stands and no transaction is open.
    var isIdle: Bool {
        PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// The socket, to wait for notifications.
    var socket: Int32 { PQsocket(connection) }

    /// Runs commands without values and drops what they return.
    /// - Returns: The tag of the last command.
    @discardableResult
    func command(_ text: String) throws(PostgresFailure) -> String {
        let result = PQexec(connection, text)
        defer { PQclear(result) }
        try check(result)
        return String(cString: PQcmdStatus(result))
    }

    /// Runs a statement and returns how many rows it changed.
    func execute(_ sql: SQL) throws -> Int {
        let result = try send(sql)
        defer { PQclear(result) }
        try check(result)
        let tag = String(cString: PQcmdStatus(result))
        guard !tag.hasPrefix("SELECT") else { return 0 }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Runs a statement and returns its rows.
    func query(_ sql: SQL) throws -> [SQLRow] {
        let result = try send(sql)
        defer { PQclear(result) }
        try check(result)
        let width = PQnfields(result)
        let columns = (0..<width).map { String(cString: PQfname(result, $0)) }
        let types = (0..<width).map { PQftype(result, $0) }
        var rows: [SQLRow] = []
        for row in 0..<PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for (index, column) in columns.enumerated() {
                let field = Int32(index)
                if PQgetisnull(result, row, field) == 1 {
                    values.append(.null)
                } else {
                    let bytes = UnsafeRawBufferPointer(
                        start: PQgetvalue(result, row, field), count: Int(PQgetlength(result, row, field)))
                    values.append(try PostgresType.decode(bytes, type: types[index], column: column))
                }
            }
            rows.append(SQLRow(columns: columns, values: values))
        }
        return rows
    }

    /// Forgets all prepared statements.
    func deallocate() {
        prepared = [:]
        _ = try? command("DEALLOCATE ALL")
    }

    /// Takes in what the server sent without being asked.
    /// - Returns: The payloads of the notifications, or nil when the connection is lost.
    func notifications() -> [String]? {
        guard PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK else { return nil }
        var payloads: [String] = []
        while let notification = PQnotifies(connection) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }
}

extension PostgresSession {
    /// Runs a statement; the caller clears the result.
    private func send(_ sql: SQL) throws -> OpaquePointer? {
        let text = try sql.text(for: .postgres)
        let parameters = PostgresParameters(sql.values)
        let count = Int32(clamping: sql.values.count)
        guard sql.isReusable else {
            return parameters.withArrays { values, lengths, formats in
                PQexecParams(connection, text, count, parameters.types, values, lengths, formats, 1)
            }
        }
        let name = try prepare(text, parameters)
        return parameters.withArrays { values, lengths, formats in
            PQexecPrepared(connection, name, count, values, lengths, formats, 1)
        }
    }

    private func prepare(_ text: String, _ parameters: PostgresParameters) throws(PostgresFailure) -> String {
        let key = parameters.signature + " " + text
        if let name = prepared[key] { return name }
        if prepared.count >= Self.limit { deallocate() }
        let name = "hallmark_\(prepared.count)"
        let result = PQprepare(connection, name, text, Int32(clamping: parameters.types.count), parameters.types)
        defer { PQclear(result) }
        try check(result)
        prepared[key] = name
        return name
    }

    private func check(_ result: OpaquePointer?) throws(PostgresFailure) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw PostgresFailure(result, on: connection)
        }
    }
}

/// Where the server's notices go instead of standard error.
private final class NoticeSink: Sendable {
    let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }
}

private func noticeProcessor(_ sink: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let sink, let message else { return }
    let text = String(cString: message)
    Unmanaged<NoticeSink>.fromOpaque(sink).takeUnretainedValue().logger.debug("PostgreSQL: \(text)")
}
