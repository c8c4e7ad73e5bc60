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

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, hash: [UInt8], prefix: String, kind: Principal.Kind, scopes: [TokenScope],
        createdAt: Timestamp, expiresAt: Timestamp, lastUsedAt: Timestamp?, revokedAt: Timestamp?,
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
}
