/// Somebody who is signed in to the pages, without the session's secret.
package struct SessionRecord: Hashable, Sendable {
    package let id: Int64
    package let userID: Int64
    package let state: State
    /// What was proven so far.
    package let factors: Factors
    /// What the tokens of its forms are made with.
    package let formKey: [UInt8]
    /// Where it was begun: a /24 of IPv4, a /48 of IPv6.
    package let network: String
    /// What the browser calls itself.
    package let agent: String
    package let createdAt: Timestamp
    /// When something was last proven.
    package let authenticatedAt: Timestamp
    package let lastSeenAt: Timestamp
    package let expiresAt: Timestamp

    /// How far a session has come.
    package enum State: String, Sendable, CaseIterable {
        /// The second factor is still asked for; it may do nothing else.
        case pending
        case active
    }

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, state: State, factors: Factors, formKey: [UInt8], network: String, agent: String,
        createdAt: Timestamp, authenticatedAt: Timestamp, lastSeenAt: Timestamp, expiresAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.state = state
        self.factors = factors
        self.formKey = formKey
        self.network = network
        self.agent = agent
        self.createdAt = createdAt
        self.authenticatedAt = authenticatedAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
    }
}
