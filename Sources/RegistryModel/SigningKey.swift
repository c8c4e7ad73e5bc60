/// A public key that a user registered to have signatures checked with.
package struct SigningKey: Hashable, Sendable {
    /// The row id.
    package let id: Int64
    package let userID: Int64
    /// What kind of key it is: `openpgp`.
    package let kind: String
    /// Upper-case hexadecimal, as the client's tools show it.
    package let fingerprint: String
    /// The transferable public key, binary.
    package let bytes: [UInt8]
    package let createdAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, kind: String, fingerprint: String, bytes: [UInt8], createdAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.userID = userID
        self.fingerprint = fingerprint
        self.bytes = bytes
        self.createdAt = createdAt
    }
}
