package import Accounts
import Blobs
import Persistence
package import RegistryModel

/// A file that may be handed out, with what it belongs to.
package struct CatalogFile: Sendable {
    package let project: Project
    package let release: ReleaseSummaryRow
    package let file: PackageFile
}

/// The release that a file belongs to, as far as handing it out needs it.
package struct ReleaseSummaryRow: Hashable, Sendable {
    package let version: String
    package let state: ReleaseState
}

/// All that can be read.
///
/// Every call takes the reader and answers only what that reader may see.
package struct Catalog: Sendable {
    let core: RegistryCore
    /// The staging whose releases are shown beside what everybody sees.
    private let stagingID: Int64?

    /// Reads through `core`.
    package init(core: RegistryCore) {
        self.init(core: core, stagingID: nil)
    }

    private init(core: RegistryCore, stagingID: Int64?) {
        self.core = core
        self.stagingID = stagingID
    }

    /// The same with a staging's releases beside what everybody sees.
    ///
    /// Whether the reader may see the staging was asked before; nothing that is read through it may be kept for others.
    package func showing(_ staging: Staging) -> Catalog {
        Catalog(core: core, stagingID: staging.id)
    }

    /// Whether the releases of a staging are shown too.
    package var showsStaging: Bool { stagingID != nil }

    /// The releases that are shown: those of the staging as if they were released already.
    private func shown(_ releases: [Release]) -> [Release] {
        releases.compactMap { release in
            guard release.state == .staged else { return release }
            guard let stagingID, release.stagingID == stagingID else { return nil }
            var shown = Release(
                id: release.id, version: release.version, state: .live, stateReason: release.stateReason,
                deprecation: release.deprecation, publishedAt: release.publishedAt, receivedAt: release.receivedAt,
                origin: release.origin, publisher: release.publisher, publisherKind: release.publisherKind,
                document: release.document, stagingID: release.stagingID, files: release.files)
            shown.publisherClaims = release.publisherClaims
            return shown
        }
    }

    /// A project with its visible releases, oldest first.
    ///
    /// Throws ``Problem/Code/notFound`` where there is none, or none with a visible release, and where a signed-in reader
    /// may not see it; ``Problem/Code/unauthenticated`` where an anonymous reader may not.
    package func history(_ ecosystem: EcosystemID, name: String, for reader: Reader) async throws -> ProjectHistory {
        let coordinates = try core.coordinates(ecosystem, name)
        let history = try await core.driver.read { connection -> ProjectHistory? in
            guard let project = try Self.visible(coordinates, to: reader, core, connection) else { return nil }
            let projects = ProjectStore(connection)
            let states: [ReleaseState] = stagingID == nil ? [.live, .yanked] : [.live, .yanked, .staged]
            return ProjectHistory(
                project: project,
                releases: shown(try ReleaseStore(connection).history(project.id, states: states)),
                tags: try projects.tags(project.id), members: try projects.members(project.id),
                organization: try project.organizationID.flatMap {
                    try OrganizationStore(connection).find(id: $0)?.name
                })
        }
        guard let history, !history.releases.isEmpty else { throw RegistryCore.notFound(ecosystem, name) }
        return history
    }

    /// A file of a visible release.
    ///
    /// Throws as ``history(_:name:for:)``, and ``Problem/Code/projectQuarantined`` where the project is quarantined.
    package func file(
        _ ecosystem: EcosystemID, name: String, file fileName: String, for reader: Reader
    ) async throws -> CatalogFile {
        let coordinates = try core.coordinates(ecosystem, name)
        let found = try await core.driver.read { connection -> CatalogFile? in
            guard let project = try Self.visible(coordinates, to: reader, core, connection),
                let (file, releaseID) = try FileStore(connection).find(project.id, nameKey: fileName.lowercased()),
                file.name == fileName, !file.isRemoved,
                let release = try ReleaseStore(connection).summary(releaseID),
                release.state.isVisible || release.state == .staged && release.stagingID == stagingID
            else { return nil }
            return CatalogFile(
                project: project, release: ReleaseSummaryRow(version: release.version.display, state: release.state),
                file: file)
        }
        guard let found else { throw Problem(.notFound, "There is no file '\(fileName.prefix(200))' here.") }
        guard found.project.status != .quarantined else {
            throw Problem(
                .projectQuarantined,
                "'\(found.project.name.display)' is quarantined: \(found.project.statusReason ?? "no reason given")")
        }
        return found
    }

    /// The metadata document served beside a file (PEP 658).
    package func fileMetadata(
        _ ecosystem: EcosystemID, name: String, file fileName: String, for reader: Reader
    ) async throws -> [UInt8] {
        let found = try await file(ecosystem, name: name, file: fileName, for: reader)
        guard let bytes = try await core.driver.read({ try FileStore($0).metadata(found.file.id) }) else {
            throw Problem(.notFound, "No metadata is served beside '\(fileName)'.")
        }
        return bytes
    }

    /// The content of a blob.
    ///
    /// Where it is a file, the source is a `FileByteSource` that tells whether the content has been compared with the
    /// digest. Throws ``Problem/Code/blobDamaged`` where it is missing, its length is not what was stored, or damage was
    /// found before; ``Problem/Code/overloaded`` where too many wait for the disk or too many files are open.
    package func open(_ digest: SHA256Digest, size: Int64) async throws -> any ByteSource {
        do {
            return try await core.blobs.open(digest, size: size)
        } catch let fault as BlobFault {
            throw Self.damaged(diagnostic: "\(fault)")
        } catch let fault as DiskFault {
            throw Problem(reading: fault)
        }
    }

    /// The refusal of a file whose content is not what was stored.
    package static func damaged(diagnostic: String) -> Problem {
        Problem(
            .blobDamaged, "The registry's copy of this file is damaged; the operator has been told.",
            diagnostic: diagnostic)
    }

    /// Threads for reading files.
    package var readingPool: any WorkPool { core.readingPool }
    /// Threads for work that computes for long: compression, rendering of texts.
    package var renderingPool: any WorkPool { core.renderingPool }

    /// The project, where it exists and the reader may see it.
    static func visible(
        _ coordinates: ProjectCoordinates, to reader: Reader, _ core: RegistryCore, _ connection: any SQLConnection
    ) throws -> Project? {
        guard let project = try ProjectStore(connection).find(coordinates) else { return nil }
        return try isVisible(project, to: reader, core, connection) ? project : nil
    }

    /// Those of some projects that the reader may see.
    func visible(
        _ projects: [Project], to reader: Reader, _ connection: any SQLConnection
    ) throws -> [Project] {
        guard case .principal(let principal) = reader else { return projects.filter { $0.visibility == .public } }
        let hidden = projects.filter { $0.visibility == .private }.map(\.id)
        var own = Set(hidden)
        if !principal.readsEverything, !hidden.isEmpty {
            let store = ProjectStore(connection)
            let reaches = try Roles(core: core, connection: connection).reaches(of: principal.userID, in: nil)
            own = try store.projects(hidden, withRoleOf: principal.userID)
                .union(store.projects(hidden, reachedBy: reaches))
        }
        return projects.filter { project in
            project.visibility == .public
                || principal.mayUse(.read, ecosystem: project.ecosystem, nameKey: project.name.key)
                    && (project.visibility == .internal || own.contains(project.id))
        }
    }

    /// Whether the reader may see the project.
    ///
    /// Throws ``Problem/Code/unauthenticated`` where an anonymous reader may not, so that clients ask for credentials.
    private static func isVisible(
        _ project: Project, to reader: Reader, _ core: RegistryCore, _ connection: any SQLConnection
    ) throws -> Bool {
        if project.visibility == .public { return true }
        guard case .principal(let principal) = reader else {
            throw Problem(.unauthenticated, "This needs a token with the scope 'read'.")
        }
        guard principal.mayUse(.read, ecosystem: project.ecosystem, nameKey: project.name.key) else { return false }
        if project.visibility == .internal || principal.readsEverything { return true }
        return try Roles(core: core, connection: connection).role(project, principal) != nil
    }
}
