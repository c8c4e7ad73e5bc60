/// A client that waits for somebody to allow it in a browser ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)).
package struct DeviceGrant: Hashable, Sendable {
    /// What the client gets when it is allowed.
    package enum Kind: String, Sendable, CaseIterable {
        /// A token for the command line of Hallmark or another client.
        case token
        /// A token for npm's web login.
        case npmLogin = "npm-login"
        /// A proof of a factor for one request of an npm that has a token.
        case npmChallenge = "npm-challenge"
    }

    /// Where it stands.
    package enum State: String, Sendable, CaseIterable {
        case waiting, allowed, denied, used
    }

    /// The row id.
    package let id: Int64
    /// The user code without its dash.
    package let userCodeKey: String
    package let kind: Kind
    /// What the client calls itself.
    package let client: String
    package let scopes: [TokenScope]
    /// The network that the client asked from: a /24 or a /48.
    package let network: String
    package let state: State
    /// Who allowed or denied it; for a challenge, from the beginning, whose token it is.
    package let userID: Int64?
    /// What was proven in the session that allowed it.
    package let factors: Factors
    /// What else belongs to it, by name.
    package let details: [String: String]
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    /// When the client last asked.
    package let polledAt: Timestamp?
    /// How many seconds the client has to wait between two questions.
    package let intervalSeconds: Int64

    /// Collects a row.
    package init(
        id: Int64, userCodeKey: String, kind: Kind, client: String, scopes: [TokenScope], network: String,
        state: State, userID: Int64?, factors: Factors, details: [String: String], createdAt: Timestamp,
        expiresAt: Timestamp, polledAt: Timestamp?, intervalSeconds: Int64
    ) {
        self.id = id
        self.userCodeKey = userCodeKey
        self.kind = kind
        self.client = client
        self.scopes = scopes
        self.network = network
        self.state = state
        self.userID = userID
        self.factors = factors
        self.details = details
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.polledAt = polledAt
        self.intervalSeconds = intervalSeconds
    }

    /// The user code as people read it: two groups of four.
    package var userCode: String { "\(userCodeKey.prefix(4))-\(userCodeKey.dropFirst(4))" }
}
