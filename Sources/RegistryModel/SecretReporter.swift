/// Somebody who reports leaked tokens, and the keys that sign the reports: AUTHZ-3.2.
package struct SecretReporter: Hashable, Sendable {
    /// A public key.
    package struct Key: Hashable, Sendable {
        /// What the report's header calls it.
        package let id: String
        /// SubjectPublicKeyInfo in PEM.
        package let pem: String
        /// Whether the reporter still signs with it.
        package let isCurrent: Bool

        /// Collects a key.
        package init(id: String, pem: String, isCurrent: Bool) {
            self.id = id
            self.pem = pem
            self.isCurrent = isCurrent
        }
    }

    /// The row id.
    package let id: Int64
    package let name: String
    /// The header fields with the key's id and with the signature.
    package let keyIDHeader: String
    package let signatureHeader: String
    /// Where the keys are fetched; nil where they were given.
    package let keysURL: String?
    package let keys: [Key]
    package let fetchedAt: Timestamp?
    package let createdAt: Timestamp

    /// Collects a row.
    package init(
        id: Int64, name: String, keyIDHeader: String, signatureHeader: String, keysURL: String?, keys: [Key],
        fetchedAt: Timestamp?, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.keyIDHeader = keyIDHeader
        self.signatureHeader = signatureHeader
        self.keysURL = keysURL
        self.keys = keys
        self.fetchedAt = fetchedAt
        self.createdAt = createdAt
    }
}
