/// The rows of `settings`: values of the whole instance, such as sealed signing keys.
package struct SettingStore {
    private let connection: any SQLConnection

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// The value of that name.
    package func find(_ name: String) throws -> [UInt8]? {
        try connection.query("SELECT value FROM settings WHERE name = \(name)").first?.bytes("value")
    }

    /// Writes a row without a value, so that the database has something to store.
    package func touch(_ name: String) throws {
        try connection.execute("DELETE FROM settings WHERE name = \(name)")
        try connection.execute("INSERT INTO settings (name, value) VALUES (\(name), \([UInt8]()))")
    }

    /// Sets a value unless there is one.
    /// - Returns: The value that holds from now on, so that two nodes that start at once agree.
    package func establish(_ name: String, _ value: [UInt8]) throws -> [UInt8] {
        if let existing = try find(name) { return existing }
        try connection.execute("INSERT INTO settings (name, value) VALUES (\(name), \(value))")
        return value
    }

    /// Sets a value, whatever there was.
    package func put(_ name: String, _ value: [UInt8]) throws {
        try connection.execute(
            """
            INSERT INTO settings (name, value) VALUES (\(name), \(value))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """)
    }

    /// Changes a value that there is.
    func replace(_ name: String, _ value: [UInt8]) throws {
        try connection.execute("UPDATE settings SET value = \(value) WHERE name = \(name)")
    }

    /// Forgets a value.
    package func remove(_ name: String) throws {
        try connection.execute("DELETE FROM settings WHERE name = \(name)")
    }
}
