package import RegistryModel

/// Tells other nodes, inside the transaction, which project has changed.
package struct ChangeAnnouncement {
    private let connection: any SQLConnection

    /// The channel on which PostgreSQL carries the announcements.
    package static let channel = "hallmark"

    /// Works on one connection, inside its transaction.
    package init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    /// Announces a change; it is heard when, and only when, the transaction commits.
    ///
    /// SQLite has no channel: its other processes notice that the database's data version has changed.
    package func announce(_ coordinates: ProjectCoordinates) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute("SELECT pg_notify(\(Self.channel), \(coordinates.description))")
    }

    /// Announces that any page may have changed, not only those of one project.
    package func announceEverything() throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute("SELECT pg_notify(\(Self.channel), \("everything"))")
    }

    /// Reads an announcement; nil for one that is about no single project.
    package static func coordinates(_ payload: String) -> ProjectCoordinates? {
        guard let slash = payload.firstIndex(of: "/") else { return nil }
        return ProjectCoordinates(
            ecosystem: EcosystemID(rawValue: String(payload[..<slash])),
            nameKey: String(payload[payload.index(after: slash)...]))
    }
}
