/// What this registry asks of a release, and how many builds of a snapshot it keeps.
package struct MavenPolicy: Hashable, Sendable {
    /// A part of what Maven Central asks; coordinates that agree and a readable POM are asked of everybody.
    package enum Demand: String, CaseIterable, Sendable {
        /// MD5 and SHA-1 of every file.
        case checksums
        /// Versions of the dependencies, and no expression that nobody can resolve.
        case dependencies
        case javadoc
        /// Name, description, address, licence, developers and source control in the POM.
        case metadata
        /// An OpenPGP signature of every file, by a key that the publisher registered.
        case signatures
        case sources
    }

    /// In namespaces that are verified, or that the operator assigned.
    package var verified: Set<Demand>
    /// Everywhere else.
    package var unclaimed: Set<Demand>
    /// How many builds of one snapshot version are kept.
    package var snapshotsKept: Int

    /// The defaults: Central's whole list where it is known who owns the name.
    package init(
        verified: Set<Demand> = Set(Demand.allCases), unclaimed: Set<Demand> = [.checksums], snapshotsKept: Int = 10
    ) {
        self.verified = verified
        self.unclaimed = unclaimed
        self.snapshotsKept = snapshotsKept
    }
}
