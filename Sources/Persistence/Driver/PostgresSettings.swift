import CPostgres
import Foundation

/// Where a PostgreSQL server is and how patient its connections are.
///
/// It holds the password and prints nothing.
struct PostgresSettings: Sendable {
    private let url: String
    private let password: String?
    let connectTimeout: Int
    let statementTimeout: Int
    let lockTimeout: Int
    let networkTimeout: Int

    /// Takes a `postgres://` URL apart, without connecting.
    ///
    /// - Throws: ``SQLFault/other(code:message:)`` for anything that libpq would misread; it never repeats a part of
    ///   the URL, where the password may be.
    init(
        url: String, connectTimeout: Int, statementTimeout: Int, lockTimeout: Int, networkTimeout: Int = 30
    ) throws(SQLFault) {
        self.url = url
        self.connectTimeout = max(2, connectTimeout)
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.networkTimeout = networkTimeout
        let options = Self.parse(url)
        let isPlausible =
            (url.hasPrefix("postgres://") || url.hasPrefix("postgresql://")) && !url.utf8.contains(0)
            // An unescaped "@" in the password moves its rest into the host name, and from there into messages.
            && options?["host"]?.contains("@") != true
            && options?["port"]?.allSatisfy { $0.isWholeNumber || $0 == "," } != false
        guard let options, isPlausible else {
            throw .other(
                code: "url",
                message: "The PostgreSQL URL is not valid; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, "
                    + "with special characters percent-encoded.")
        }
        password = options["password"]
    }

    /// Opens a connection, or explains why not.
    ///
    /// The caller owns the pointer.
    func connect() throws(SQLFault) -> OpaquePointer {
        // What comes before `dbname` gives way to the URL, what comes after overrules it.
        let parameters = [
            ("application_name", "hallmark"), ("connect_timeout", String(connectTimeout)),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", String(networkTimeout * 1000)), ("dbname", url), ("client_encoding", "UTF8"),
        ]
        var keywords = parameters.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values = parameters.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer {
            for pointer in keywords + values { free(UnsafeMutablePointer(mutating: pointer)) }
        }
        guard let connection = PQconnectdbParams(&keywords, &values, 1) else {
            throw .other(code: "memory", message: "libpq is out of memory")
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = redact(String(cString: PQerrorMessage(connection)))
            PQfinish(connection)
            throw .other(code: "08001", message: message)
        }
        return connection
    }

    /// The limits of a new session, as one command.
    var preamble: String {
        """
        SET statement_timeout = \(statementTimeout * 1000); SET lock_timeout = \(lockTimeout * 1000); \
        SET idle_in_transaction_session_timeout = \(statementTimeout * 2000)
        """
    }

    /// A message of libpq in one line and without the password.
    func redact(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let password, !password.isEmpty else { return line }
        return line.replacing(password, with: "***")
    }

    private static func parse(_ url: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        let list = PQconninfoParse(url, &message)
        PQfreemem(message)
        guard let list else { return nil }
        defer { PQconninfoFree(list) }
        var options: [String: String] = [:]
        var index = 0
        while let keyword = list[index].keyword {
            if let value = list[index].val { options[String(cString: keyword)] = String(cString: value) }
            index += 1
        }
        return options
    }
}
