import Blobs
import Crypto
import Formats
import Persistence
import RegistryModel

/// The last stage: the blob first, then one transaction that writes everything else.
struct Commit: Sendable {
    let core: RegistryCore

    func commit(_ screened: ScreenedSubmission) async throws -> Receipt {
        let file = screened.verified.inspected.file
        guard let content = file.content as? SpooledContent else {
            throw Problem(.internalError, "The upload could not be stored.", diagnostic: "content is not spooled")
        }
        let transaction = CommitTransaction(core: core, screened: screened, publishedAt: core.clock.now())
        // A first look, so that what is refused anyway does not leave its bytes behind. The one that counts follows.
        let repeated = try await core.driver.read { try transaction.preview($0) }
        // Also for a repeat: where the registry's copy is damaged or missing, these bytes take its place.
        try await store(content)
        if let repeated { return repeated }
        let receipt: Receipt
        do {
            receipt = try await core.driver.write { try transaction.run($0) }
        } catch SQLFault.uniqueViolation {
            // Somebody else's publish of the same name was committed in between; the second look says what it was.
            receipt = try await core.driver.write { try transaction.run($0) }
        }
        // Nobody is told before it is certain that no collector took the blob between the two.
        try await explained { try await core.keeper.confirm(content) }
        if !receipt.isRepeat { core.changed(receipt.project.coordinates) }
        return receipt
    }

    /// Stores the blob and makes it young, so that a collector leaves it alone until the row is there.
    private func store(_ content: SpooledContent) async throws {
        try await explained {
            try await core.blobs.store(content)
            if try await core.keeper.touch(content.digests.sha256, at: core.clock.now()) { return }
            try await core.keeper.confirm(content)
        }
    }

    private func explained(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let fault as DiskFault {
            throw Problem(fault)
        }
    }
}

/// What the commit writes.
///
/// Runs inside the write closure and may run more than once.
private struct CommitTransaction: Sendable {
    let core: RegistryCore
    let screened: ScreenedSubmission
    let publishedAt: Timestamp

    private var inspected: InspectedSubmission { screened.verified.inspected }
    private var admitted: AdmittedSubmission { inspected.admitted }
    private var manifest: Manifest { inspected.manifest }
    private var principal: Principal { admitted.principal }
    private var warnings: [String] { manifest.warnings + screened.notes + screened.holds }

    func run(_ connection: any SQLConnection) throws -> Receipt {
        let rules = PublishRules(core: core, format: admitted.format, principal: principal, name: manifest.name)
        let existing = try rules.existingProject(connection)
        let project: Project
        if let existing {
            try rules.check(existing, connection)
            project = existing
        } else {
            try rules.checkNewProject(connection)
            project = try createProject(connection)
        }
        if let receipt = try repeated(project, connection) { return receipt }
        try checkQuota(project, connection)
        let release = try findOrInsertRelease(project, connection)
        try insertFile(release: release, project: project, connection)
        try finish(project: project, release: release, connection)
        return Receipt(
            project: project, version: release.version, fileNames: [manifest.fileName], isNewProject: existing == nil,
            isRepeat: false, isHeld: release.state == .held, warnings: warnings)
    }

    /// What the transaction would say about coordinates that are taken, and about the quota; nil where it would go on.
    func preview(_ connection: any SQLConnection) throws -> Receipt? {
        let rules = PublishRules(core: core, format: admitted.format, principal: principal, name: manifest.name)
        guard let project = try rules.existingProject(connection) else { return nil }
        try rules.check(project, connection)
        if let receipt = try repeated(project, connection) { return receipt }
        try checkQuota(project, connection)
        return nil
    }

    private func createProject(_ connection: any SQLConnection) throws -> Project {
        let project = Project(
            id: core.ids.next(), ecosystem: admitted.format.ecosystem, name: manifest.name,
            visibility: core.defaultVisibility.narrowed(to: admitted.submission.visibility), status: .active,
            statusReason: nil, createdAt: publishedAt,
            updatedAt: publishedAt, revision: 1, latestVersion: nil, summary: nil)
        try ProjectStore(connection).insert(project, createdBy: principal.userID)
        try ProjectStore(connection).setMember(project.id, userID: principal.userID, role: .owner, at: publishedAt)
        try record("project.created", project, [("owner", .string(principal.userName))], connection)
        return project
    }

    /// Decides about coordinates that were used before: a repeat of the same bytes changes nothing, anything else is
    /// refused.
    ///
    /// Nil where they are free.
    private func repeated(_ project: Project, _ connection: any SQLConnection) throws -> Receipt? {
        let files = FileStore(connection)
        let digest = inspected.file.digests.sha256
        let label = "\(project.name.display) \(manifest.version.display)"
        if let (file, _) = try files.find(project.id, nameKey: nameKey) {
            guard !file.isRemoved else {
                throw Problem(
                    .fileNameReused, "'\(file.name)' was removed from this registry, and its name is never used again.")
            }
            guard file.digests.sha256 == digest else {
                let code: Problem.Code = admitted.format.atom == .file ? .fileExists : .versionExists
                throw Problem(
                    code,
                    "File already exists: '\(file.name)' of \(label) was published with other content. "
                        + "Published files never change; publish a new version.")
            }
            return Receipt(
                project: project, version: manifest.version, fileNames: [file.name], isNewProject: false,
                isRepeat: true, isHeld: false, warnings: manifest.warnings)
        }
        if admitted.format.atom == .release,
            let release = try ReleaseStore(connection).find(project.id, versionKey: manifest.version.key)
        {
            throw taken(release, label)
        }
        return nil
    }

    private func taken(_ release: Release, _ label: String) -> Problem {
        release.state == .removed
            ? Problem(
                .versionRemoved, "\(label) was removed from this registry; a removed version is never used again.")
            : Problem(
                .versionExists, "\(label) is already published as \(release.version.display). Publish a new version.")
    }

    private func checkQuota(_ project: Project, _ connection: any SQLConnection) throws {
        let stored = try ProjectStore(connection).storedBytes(project.id)
        guard stored + Int64(inspected.file.content.length) <= core.limits.projectBytes else {
            throw Problem(
                .quotaExceeded,
                "'\(project.name.display)' would hold more than \(core.limits.projectBytes) bytes. Ask the operator for more room."
            )
        }
    }

    private func findOrInsertRelease(_ project: Project, _ connection: any SQLConnection) throws -> Release {
        let releases = ReleaseStore(connection)
        if let release = try releases.find(project.id, versionKey: manifest.version.key) {
            guard release.state != .removed, release.state != .dropped else {
                throw taken(release, "\(project.name.display) \(manifest.version.display)")
            }
            guard publishedAt < release.publishedAt.advanced(bySeconds: core.limits.releaseOpenDays * 86_400) else {
                throw Problem(
                    .releaseClosed,
                    "\(project.name.display) \(release.version.display) takes no more files: its first one is older than "
                        + "\(core.limits.releaseOpenDays) days. Publish a new version.")
            }
            try checkNeighbours(release, connection)
            return release
        }
        let release = Release(
            id: core.ids.next(), version: manifest.version, state: screened.holds.isEmpty ? .live : .held,
            stateReason: nil, deprecation: nil, publishedAt: publishedAt, receivedAt: admitted.receivedAt,
            origin: "upload", publisher: principal.userName, publisherKind: principal.kind,
            document: manifest.document, files: [])
        try releases.insert(
            ReleaseRow(
                projectID: project.id, release: release, publisherID: principal.userID,
                details: ReleaseDetails.encode(manifest), readme: manifest.readme))
        try releases.insert(manifest.dependencies, releaseID: release.id, projectID: project.id)
        return release
    }

    /// Holds the new file against those that the release has, removed ones too: their names are taken for ever.
    private func checkNeighbours(_ release: Release, _ connection: any SQLConnection) throws {
        for file in try FileStore(connection).files(releaseID: release.id) {
            guard let conflict = admitted.format.conflict(of: manifest, with: file) else { continue }
            throw Problem(.fileExists, "File already exists: \(conflict) Publish a new version.")
        }
    }

    private var nameKey: String { manifest.fileName.lowercased() }

    private func insertFile(release: Release, project: Project, _ connection: any SQLConnection) throws {
        let file = PackageFile(
            id: core.ids.next(), name: manifest.fileName, size: Int64(inspected.file.content.length),
            digests: inspected.file.digests, publishedAt: publishedAt, receivedAt: admitted.receivedAt,
            kind: manifest.fileKind, document: manifest.fileDocument,
            metadataDigest: manifest.fileMetadata.flatMap { SHA256Digest(Array(SHA256.hash(data: $0))) },
            isRemoved: false)
        let files = FileStore(connection)
        try files.insertBlob(file.digests.sha256, size: file.size, at: publishedAt)
        try files.insert(
            file, nameKey: nameKey, metadata: manifest.fileMetadata, origin: "upload", releaseID: release.id,
            projectID: project.id)
    }

    private func finish(project: Project, release: Release, _ connection: any SQLConnection) throws {
        for tag in admitted.submission.tags where release.state == .live {
            try ProjectStore(connection).setTag(project.id, tag: tag, releaseID: release.id)
        }
        let change = ProjectChange(core: core, connection: connection, at: publishedAt)
        try change.finish(project, addedBytes: Int64(inspected.file.content.length))
        try record(
            release.state == .held ? "file.held" : "file.published", project,
            [
                ("version", .string(release.version.display)), ("file", .string(manifest.fileName)),
                ("size", .integer(Int64(inspected.file.content.length))),
                ("sha256", .string(inspected.file.digests.sha256.hex)),
                ("proofs", .strings(screened.verified.proofs)), ("holds", .strings(screened.holds)),
            ], connection)
    }

    private func record(
        _ kind: String, _ project: Project, _ details: [(String, JSONValue)], _ connection: any SQLConnection
    ) throws {
        try ProjectChange(core: core, connection: connection, at: publishedAt)
            .record(kind, project, by: principal, details)
    }
}
