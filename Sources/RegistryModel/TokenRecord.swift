/// An API token, without its secret.
package struct TokenRecord: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let userID: Int64
    /// SHA-256 of the token's text; all that is stored of it.
    package let hash: [UInt8]
    /// The first characters of the text, so that people can tell tokens apart.
    package let prefix: String
    package let kind: Principal.Kind
    /// Empty: everything the user may do.
    package let scopes: [TokenScope]
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package let lastUsedAt: Timestamp?
    package let revokedAt: Timestamp?
    /// Whether all that is published with it waits for somebody to release it.
    package let alwaysStages: Bool
    /// What its owner calls it; empty for an operator token.
    package var name = ""
    /// The networks from which it works; empty for all.
    package var networks: [AddressBlock] = []
    /// Whether it is good for one publish.
    package var isSingleUse = false
    /// When that publish was committed.
    package var usedUpAt: Timestamp?
    /// Whether changes with it need a factor that is proven along with the request.
    package var asksFactor = false
    /// The network of its last use: a /24 or a /48.
    package var lastUsedNetwork: String?
    /// Why it was revoked, for people.
    package var revokedReason: String?
    /// What was proven when it was made.
    package var factors = Factors([])
    /// What the identity token said that a trusted publisher exchanged for it.
    package var claims: JSONValue?

    /// Collects what every token has.
    package init(
        id: Int64, userID: Int64, hash: [UInt8], prefix: String, kind: Principal.Kind, scopes: [TokenScope],
        createdAt: Timestamp, expiresAt: Timestamp, lastUsedAt: Timestamp? = nil, revokedAt: Timestamp? = nil,
        alwaysStages: Bool = false
    ) {
        self.id = id
        self.userID = userID
        self.hash = hash
        self.prefix = prefix
        self.kind = kind
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
        self.alwaysStages = alwaysStages
    }

    /// The stored hash as 64 hexadecimal digits: the token's public handle.
    package var key: String { Hex.encode(hash) }

    /// How long a token that is used up is still known: what a client sends after its publish, such as checksums, is not
    /// refused.
    private static let afterglowSeconds: Int64 = 300

    /// Whether it is not used up, or was so only just now; it publishes nothing more in either case.
    package func isUsable(at now: Timestamp) -> Bool {
        usedUpAt.map { $0.advanced(bySeconds: Self.afterglowSeconds) > now } ?? true
    }

    /// Whether it may be used from that address; text that is no address lies in no network.
    package func works(from address: String) -> Bool {
        networks.isEmpty || networks.contains { $0.contains(address) }
    }
}
