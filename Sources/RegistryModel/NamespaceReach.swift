/// What somebody's role on a namespace reaches: the projects inside about which the namespace says something.
///
/// It is a condition on names and times and no list of projects, so that a person's few namespaces cost the same however
/// many projects are in them.
package struct NamespaceReach: Hashable, Sendable {
    /// How many namespaces of one person are looked at.
    package static let maximum = 100

    package let ecosystem: EcosystemID
    /// The namespace's key.
    package let key: String
    /// The names inside.
    package let ranges: [NameRange]
    /// Whether the key is a project's name too: that of a prefix.
    package let includesKey: Bool
    /// Whose the namespace is; their projects belong to it whenever they were created.
    package let ownerID: Int64
    /// The organization that has the namespace, where one does; its projects belong to it then.
    package let organizationID: Int64?
    /// From when on projects that were created under it belong to it.
    package let verifiedAt: Timestamp?

    /// Collects the conditions.
    package init(
        ecosystem: EcosystemID, key: String, ranges: [NameRange], includesKey: Bool, ownerID: Int64,
        organizationID: Int64?, verifiedAt: Timestamp?
    ) {
        self.ecosystem = ecosystem
        self.key = key
        self.ranges = ranges
        self.includesKey = includesKey
        self.ownerID = ownerID
        self.organizationID = organizationID
        self.verifiedAt = verifiedAt
    }
}
