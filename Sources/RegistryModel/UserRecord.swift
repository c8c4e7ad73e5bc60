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
    /// Whether it can be used.
    package let state: State
    package let isModerator: Bool
    package let isAuditor: Bool

    /// Whether an account can be used.
    package enum State: String, Sendable, CaseIterable {
        case active
        /// An administrator stopped it.
        case suspended
        /// Its owner closed it; the name stays taken.
        case deleted
    }

    /// Collects a row.
    package init(
        id: Int64, name: String, email: String, isAdministrator: Bool, createdAt: Timestamp, state: State = .active,
        isModerator: Bool = false, isAuditor: Bool = false
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.createdAt = createdAt
        self.state = state
        self.isModerator = isModerator
        self.isAuditor = isAuditor
    }
}
