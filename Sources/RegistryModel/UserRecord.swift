/// A person's account.
package struct UserRecord: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    /// The name as chosen.
    package let name: String
    /// The address; never shown to clients.
    package let email: String
    package let isAdministrator: Bool
    package let createdAt: Timestamp

    /// Collects a row.
    package init(id: Int64, name: String, email: String, isAdministrator: Bool, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.createdAt = createdAt
    }
}
