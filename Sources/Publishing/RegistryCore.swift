package import Accounts
package import Blobs
package import Formats
package import Persistence
package import RegistryModel

/// What every use case of publishing and reading works with; made once by the composition root.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
package final class RegistryCore: Sendable {
    package let driver: any SQLDriver
    package let blobs: any BlobStore
    /// Keeps the same blobs apart from what nobody needs.
    package let keeper: any BlobKeeper
    package let spool: Spool
    /// Threads on which publishes run.
    package let publishingPool: BlockingPool
    /// Threads on which large archives are opened.
    package let inspectionPool: BlockingPool
    /// Threads on which package files are read.
    package let readingPool: BlockingPool
    /// Threads for compression and rendering.
    package let renderingPool: BlockingPool
    package let clock: any WallClock
    package let ids: RowIDs
    package let formats: [EcosystemID: any PackageFormat]
    package let limits: PublishLimits
    package let defaultVisibility: Visibility
    /// What is asked of the people who publish.
    package let policy: AccountPolicy
    /// Tells people what happened to what is theirs.
    package let notices: Notices
    /// Called after a change has been committed, so that caches drop what they hold of the project.
    package let changed: @Sendable (ProjectCoordinates) -> Void

    /// Collects the parts.
    package init(
        driver: any SQLDriver, blobs: any BlobStore, keeper: any BlobKeeper, spool: Spool,
        publishingPool: BlockingPool, inspectionPool: BlockingPool, readingPool: BlockingPool,
        renderingPool: BlockingPool, clock: any WallClock,
        ids: RowIDs, formats: [any PackageFormat], limits: PublishLimits, defaultVisibility: Visibility = .public,
        policy: AccountPolicy = AccountPolicy(), notices: Notices? = nil,
        changed: @escaping @Sendable (ProjectCoordinates) -> Void
    ) {
        self.driver = driver
        self.blobs = blobs
        self.keeper = keeper
        self.spool = spool
        self.publishingPool = publishingPool
        self.inspectionPool = inspectionPool
        self.readingPool = readingPool
        self.renderingPool = renderingPool
        self.clock = clock
        self.ids = ids
        self.formats = Dictionary(formats.map { ($0.ecosystem, $0) }) { first, _ in first }
        self.limits = limits
        self.defaultVisibility = defaultVisibility
        self.policy = policy
        self.notices = notices ?? Notices(ids: ids, clock: clock, publicURL: "", secrets: NoSecrets())
        self.changed = changed
    }

    /// The format of an ecosystem.
    ///
    /// Throws ``Problem/Code/notFound`` where the instance does not serve it.
    func format(_ ecosystem: EcosystemID) throws(Problem) -> any PackageFormat {
        guard let format = formats[ecosystem] else {
            throw Problem(.notFound, "This registry does not serve the ecosystem '\(ecosystem)'.")
        }
        return format
    }

    /// The key of a name that a reader asks for; a name that cannot exist is simply not found.
    func coordinates(_ ecosystem: EcosystemID, _ name: String) throws -> ProjectCoordinates {
        let format = try format(ecosystem)
        guard let key = format.lookupKey(name) else { throw Self.notFound(ecosystem, name) }
        return ProjectCoordinates(ecosystem: ecosystem, nameKey: key)
    }

    static func notFound(_ ecosystem: EcosystemID, _ name: String) -> Problem {
        Problem(.notFound, "There is no project '\(name.prefix(214))' here.")
    }
}

/// Seals nothing: for what tells nobody anything, such as a check of a restored database.
private struct NoSecrets: SecretBox {
    func seal(_ secret: [UInt8], for place: String) throws -> [UInt8] { throw Self.refusal }
    func open(_ sealed: [UInt8], for place: String) throws -> [UInt8] { throw Self.refusal }

    private static let refusal = Problem(
        .internalError, "Something went wrong here.", diagnostic: "there is no master key for mail")
}
