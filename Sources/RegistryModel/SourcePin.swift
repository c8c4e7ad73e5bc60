/// The address of a source repository that a project is held to.
package struct SourcePin: Hashable, Sendable {
    /// The form under which two spellings of its address are the same: `host/path`.
    package let key: String
    /// The address as the package writes it.
    package let address: String

    /// Collects both; the ecosystem's format computes the key.
    package init(key: String, address: String) {
        self.key = key
        self.address = address
    }

    /// The code host.
    package var host: String { String(key.prefix { $0 != "/" }) }
}

/// A project's source repository, and what its code host says about it.
package struct HeldSource: Hashable, Sendable {
    package let projectID: Int64
    package let pin: SourcePin
    /// Whether the project takes no releases until somebody has confirmed the repository.
    package let isFrozen: Bool
    /// The code host's own number or UUID of it, where that is known.
    package let repositoryID: String?
    /// The number that was found in its place, where that is why the project is frozen.
    package let foundID: String?
    /// When the host was last asked.
    package let checkedAt: Timestamp?

    /// Collects a row.
    package init(
        projectID: Int64, pin: SourcePin, isFrozen: Bool, repositoryID: String?, foundID: String?,
        checkedAt: Timestamp?
    ) {
        self.projectID = projectID
        self.pin = pin
        self.isFrozen = isFrozen
        self.repositoryID = repositoryID
        self.foundID = foundID
        self.checkedAt = checkedAt
    }
}
