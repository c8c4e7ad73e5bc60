/// An address of an account.
package struct AddressRecord: Hashable, Sendable {
    package let id: Int64
    package let userID: Int64
    /// As its owner wrote it.
    package let address: String
    /// What follows the `@`, folded.
    package let domain: String
    package let isPrimary: Bool
    package let createdAt: Timestamp
    /// When its owner followed the mailed link; nil before, and after its domain was abandoned.
    package let verifiedAt: Timestamp?

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, address: String, domain: String, isPrimary: Bool, createdAt: Timestamp,
        verifiedAt: Timestamp?
    ) {
        self.id = id
        self.userID = userID
        self.address = address
        self.domain = domain
        self.isPrimary = isPrimary
        self.createdAt = createdAt
        self.verifiedAt = verifiedAt
    }
}

/// A code generator of an account, without its seed.
package struct TOTPRecord: Hashable, Sendable {
    package let id: Int64
    package let userID: Int64
    /// What its owner calls it.
    package let name: String
    package let createdAt: Timestamp
    /// When its first code was shown; it does not count before.
    package let confirmedAt: Timestamp?
    package let lastUsedAt: Timestamp?

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, name: String, createdAt: Timestamp, confirmedAt: Timestamp?, lastUsedAt: Timestamp?
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.createdAt = createdAt
        self.confirmedAt = confirmedAt
        self.lastUsedAt = lastUsedAt
    }
}

/// A WebAuthn credential of an account: a security key or a passkey.
package struct SecurityKeyRecord: Hashable, Sendable {
    package let id: Int64
    package let userID: Int64
    /// What its owner calls it.
    package let name: String
    package let credentialID: [UInt8]
    /// The key in the form that ``algorithm`` has: uncompressed coordinates, 32 bytes, or modulus and exponent.
    package let publicKey: [UInt8]
    /// The COSE algorithm.
    package let algorithm: Int64
    package let signCount: Int64
    /// Whether it signs in alone: a passkey.
    package let isDiscoverable: Bool
    package let isBackupEligible: Bool
    package let isBackedUp: Bool
    /// The model of the authenticator; zeros where it does not say.
    package let aaguid: [UInt8]
    /// How browsers reach it, such as `usb` and `internal`.
    package let transports: [String]
    package let createdAt: Timestamp
    package let lastUsedAt: Timestamp?

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, name: String, credentialID: [UInt8], publicKey: [UInt8], algorithm: Int64,
        signCount: Int64, isDiscoverable: Bool, isBackupEligible: Bool, isBackedUp: Bool, aaguid: [UInt8],
        transports: [String], createdAt: Timestamp, lastUsedAt: Timestamp?
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.credentialID = credentialID
        self.publicKey = publicKey
        self.algorithm = algorithm
        self.signCount = signCount
        self.isDiscoverable = isDiscoverable
        self.isBackupEligible = isBackupEligible
        self.isBackedUp = isBackedUp
        self.aaguid = aaguid
        self.transports = transports
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Something that happened to an account, as its owner sees it.
package struct HistoryEntry: Hashable, Sendable {
    package let id: Int64
    package let kind: Notice.Kind
    package let at: Timestamp
    package let network: String
    package let agent: String
    package let details: [String: String]

    /// Collects a row.
    package init(
        id: Int64, kind: Notice.Kind, at: Timestamp, network: String, agent: String, details: [String: String]
    ) {
        self.id = id
        self.kind = kind
        self.at = at
        self.network = network
        self.agent = agent
        self.details = details
    }
}
