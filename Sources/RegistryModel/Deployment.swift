/// Files that arrive in several requests and become one release: hidden until then.
///
/// Nobody sees one but whoever sends it. There is one for a user, a name and a version.
package struct Deployment: Hashable, Sendable {
    /// Where it stands.
    package enum State: String, Sendable {
        /// Takes files.
        case open
        /// Somebody is about to publish it.
        case publishing
        /// Found wanting; the next file begins it anew.
        case failed
    }

    /// The row id.
    package let id: Int64
    /// The user who sends it.
    package let userID: Int64
    /// The kind of the last credential it was sent with, and its row where it has one.
    package var principalKind: Principal.Kind
    package var tokenID: Int64?
    package let ecosystem: EcosystemID
    package let name: String
    package let nameKey: String
    package let version: ReleaseVersion
    package var state: State
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// What the adapter remembers of it.
    package var details: JSONValue

    /// Collects a row.
    package init(
        id: Int64, userID: Int64, principalKind: Principal.Kind, tokenID: Int64?, ecosystem: EcosystemID, name: String,
        nameKey: String, version: ReleaseVersion, state: State, createdAt: Timestamp, updatedAt: Timestamp,
        details: JSONValue = .object([])
    ) {
        self.id = id
        self.userID = userID
        self.principalKind = principalKind
        self.tokenID = tokenID
        self.ecosystem = ecosystem
        self.name = name
        self.nameKey = nameKey
        self.version = version
        self.state = state
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.details = details
    }
}

/// One file of a ``Deployment``; its blob is stored.
package struct DeploymentFile: Hashable, Sendable {
    /// Where it belongs, as the adapter spells it; unique in the deployment.
    package let path: String
    package let size: Int64
    package let digests: FileDigests
    package let receivedAt: Timestamp

    /// Collects a row.
    package init(path: String, size: Int64, digests: FileDigests, receivedAt: Timestamp) {
        self.path = path
        self.size = size
        self.digests = digests
        self.receivedAt = receivedAt
    }
}
