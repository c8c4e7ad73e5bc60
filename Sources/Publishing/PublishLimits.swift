package import Archives
package import RegistryModel

/// What one publish, one project and one user may take up.
package struct PublishLimits: Hashable, Sendable {
    /// Bytes of one file.
    package var fileBytes: Int
    /// Bytes of one archive of releases.
    package var bundleBytes: Int
    /// Bytes of all files of a project together.
    package var projectBytes: Int64
    /// New projects per user and day; operator tokens are exempt.
    package var projectsPerDay: Int64
    /// How many days after its first file a release takes no more of them, where files are published one by one.
    package var releaseOpenDays: Int64
    /// How many days a staged release waits before it goes by itself.
    package var stagingDays: Int64
    /// Who may create projects in a namespace that is nobody's.
    package var unclaimedNamespaces: UnclaimedNamespaces
    /// What an archive may ask of whoever opens it.
    package var archive: ArchiveLimits

    /// The defaults of the contract.
    package init(
        fileBytes: Int = 512 << 20, bundleBytes: Int = 1 << 30, projectBytes: Int64 = 10 << 30,
        projectsPerDay: Int64 = 20, releaseOpenDays: Int64 = 14, stagingDays: Int64 = 30,
        unclaimedNamespaces: UnclaimedNamespaces = .firstCome, archive: ArchiveLimits = ArchiveLimits()
    ) {
        self.fileBytes = fileBytes
        self.bundleBytes = bundleBytes
        self.projectBytes = projectBytes
        self.projectsPerDay = projectsPerDay
        self.releaseOpenDays = releaseOpenDays
        self.stagingDays = stagingDays
        self.unclaimedNamespaces = unclaimedNamespaces
        self.archive = archive
    }
}
