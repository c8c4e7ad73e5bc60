package import Persistence

/// A database that exists for one test.
package struct TestDatabase: Sendable {
    /// What it is.
    package let backend: TestBackend
    /// The path of the file, or the URL of the database on the server.
    package let address: String

    /// The value for `HALLMARK_DATABASE_URL`.
    package var url: String {
        switch backend {
        case .sqlite: "sqlite:" + address
        case .postgres: address
        }
    }

    /// Opens it, as a process of its own would; the caller shuts the driver down.
    package func open() throws -> any SQLDriver {
        switch backend {
        case .sqlite: try SQLiteDriver(path: address)
        case .postgres: try PostgresDriver(url: address)
        }
    }
}
