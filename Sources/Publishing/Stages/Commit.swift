import Blobs
import Crypto
import Formats
import Persistence
import RegistryModel

/// The last stage: the blob first, then one transaction that writes everything else.
struct Commit: Sendable {
    let core: RegistryCore

    /// Stores the files of some releases and writes all their rows at once.
    /// - Parameters:
    ///   - screened: The releases, each of other coordinates.
    ///   - staging: The staging that was begun for them; nil where request and policy decide.
    /// - Returns: A receipt for each, in their order.
    /// - Throws: `Problem` for the first of them that is refused; none is published then.
    func commit(_ screened: [ScreenedSubmission], into staging: Staging?) async throws -> [Receipt] {
        do {
            return try await write(screened, into: staging)
        } catch let problem as Problem where problem.code == .sourceMismatch {
            // What was refused has written nothing; that it was tried is kept.
            try await core.driver.write { [core] connection in
                for submission in screened {
                    let inspected = submission.verified.inspected
                    try SourcePinning(core, inspected, at: core.clock.now())
                        .freeze(inspected.manifest.name, by: inspected.admitted.principal, connection)
                }
            }
            throw problem
        }
    }

    private func write(_ screened: [ScreenedSubmission], into staging: Staging?) async throws -> [Receipt] {
        let contents = try screened.flatMap { try Self.contents($0) }
        let now = core.clock.now()
        let transactions = screened.map {
            CommitTransaction(core: core, screened: $0, publishedAt: now, bundle: staging)
        }
        // A first look, so that what is refused anyway does not leave its bytes behind. The one that counts follows.
        let repeated = try await core.driver.read { connection in
            try transactions.map { try $0.preview(connection) }
        }
        // Also for a repeat: where the registry's copy is damaged or missing, these bytes take its place.
        try await ContentKeeping(core: core).store(contents)
        let known = repeated.compactMap(\.self)
        if known.count == transactions.count { return known }
        let receipts: [Receipt]
        do {
            receipts = try await run(transactions)
        } catch SQLFault.uniqueViolation {
            // Somebody else's publish of the same name was committed in between; the second look says what it was.
            receipts = try await run(transactions)
        }
        // Nobody is told before it is certain that no collector took the blob between the two.
        try await ContentKeeping(core: core).confirm(contents)
        for receipt in receipts where !receipt.isRepeat { core.changed(receipt.project.coordinates) }
        return receipts
    }

    /// Runs the transaction that ``commit(_:into:)`` would run, and rolls it back; no blob is stored.
    ///
    /// It is the transaction itself and no second set of rules, so that the answer cannot differ from what a publish at
    /// this moment would be told.
    /// - Returns: The receipts there would have been, each marked as a dry run's.
    func check(_ screened: [ScreenedSubmission], into staging: Staging?) async throws -> [Receipt] {
        for submission in screened { _ = try Self.contents(submission) }
        let now = core.clock.now()
        let transactions = screened.map {
            CommitTransaction(core: core, screened: $0, publishedAt: now, bundle: staging)
        }
        do {
            try await core.driver.write { connection in
                throw RolledBack(receipts: try CommitTransaction.run(transactions, connection))
            }
            return []
        } catch let undone as RolledBack {
            return undone.receipts.map { $0.asDryRun() }
        }
    }

    /// Leaves a write closure without a commit, and carries what it found out.
    private struct RolledBack: Error {
        let receipts: [Receipt]
    }

    private func run(_ transactions: [CommitTransaction]) async throws -> [Receipt] {
        try await core.driver.write { try CommitTransaction.run(transactions, $0) }
    }

    private static func contents(_ screened: ScreenedSubmission) throws -> [any ByteSource] {
        try screened.verified.inspected.files.map { file in
            guard file.content is SpooledContent || file.content is KeptContent else {
                throw Problem(.internalError, "The upload could not be stored.", diagnostic: "content is not spooled")
            }
            return file.content
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
    /// The staging that was begun for this release and others.
    let bundle: Staging?

    private var inspected: InspectedSubmission { screened.verified.inspected }
    private var admitted: AdmittedSubmission { inspected.admitted }
    private var manifest: Manifest { inspected.manifest }
    private var principal: Principal { admitted.principal }
    private var source: SourcePinning { SourcePinning(core, inspected, at: publishedAt) }
    private var warnings: [String] { manifest.warnings + screened.notes + screened.holds }

    /// Writes several at once.
    ///
    /// What was found in a bundle's releases is noted together: a report that is written anew for each of hundreds of
    /// releases, and read before, takes longer than everything else.
    static func run(_ transactions: [CommitTransaction], _ connection: any SQLConnection) throws -> [Receipt] {
        var found: [StagingReport.Release] = []
        guard let first = transactions.first, let bundle = first.bundle else {
            return try transactions.map { try $0.run(connection, &found) }
        }
        try StagingRules.take(bundle, at: first.publishedAt, connection)
        let receipts = try transactions.map { try $0.run(connection, &found) }
        try StagingRules.note(found, in: bundle.id, at: first.publishedAt, connection)
        return receipts
    }

    /// Writes one release.
    /// - Parameters:
    ///   - connection: The transaction.
    ///   - found: Gets what the stages found in it, where it waits in the staging that was begun for it and others.
    /// - Returns: Its receipt.
    /// - Throws: `Problem` where it is refused, `SQLFault`.
    private func run(_ connection: any SQLConnection, _ found: inout [StagingReport.Release]) throws -> Receipt {
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
        try useUpToken(connection)
        try source.check(project, connection)
        try checkQuota(project, connection)
        let release = try findOrInsertRelease(project, connection)
        try source.note(project, connection)
        for (received, described) in inspected.pairs {
            try insertFile(received, described, release: release, project: project, connection)
        }
        let staging = try noteStaging(release, project, connection, &found)
        try finish(project: project, release: release, connection)
        return receipt(project, release, isNewProject: existing == nil, isRepeat: false, staging)
    }

    /// A token for one publish is good for this one, or for none: of several at once, one gets here first.
    private func useUpToken(_ connection: any SQLConnection) throws {
        guard principal.isSingleUse, let tokenID = principal.tokenID else { return }
        guard try TokenStore(connection).useUp(id: tokenID, at: publishedAt) else {
            throw Problem(.tokenInvalid, "This token was for one publish, which has been made. Make another token.")
        }
    }

    private func receipt(
        _ project: Project, _ release: Release, isNewProject: Bool, isRepeat: Bool, _ staging: StagingHead?
    ) -> Receipt {
        Receipt(
            project: project, version: release.version, fileNames: manifest.files.map(\.name),
            isNewProject: isNewProject, isRepeat: isRepeat, isHeld: release.state == .held,
            staging: staging?.summary,
            warnings: isRepeat ? manifest.warnings : warnings, isDryRun: false)
    }

    /// What the transaction would say about coordinates that are taken, and about the quota; nil where it would go on.
    func preview(_ connection: any SQLConnection) throws -> Receipt? {
        let rules = PublishRules(core: core, format: admitted.format, principal: principal, name: manifest.name)
        guard let project = try rules.existingProject(connection) else { return nil }
        try rules.check(project, connection)
        if let receipt = try repeated(project, connection) { return receipt }
        try source.check(project, connection)
        try checkQuota(project, connection)
        return nil
    }

    private func createProject(_ connection: any SQLConnection) throws -> Project {
        let format = admitted.format
        // What is created in an organization's namespace is the organization's; who creates it may publish to it.
        let keys = format.namespaceKeys(of: manifest.name.key)
        let around = try NamespaceStore(connection).effective(format.ecosystem, keys: keys)
        let nearest = keys.lazy.compactMap { key in around.first { $0.key == key } }.first
        let organization = nearest?.organizationID == nil ? nil : nearest?.owner
        let project = Project(
            id: core.ids.next(), ecosystem: format.ecosystem, name: manifest.name,
            visibility: core.defaultVisibility.narrowed(to: admitted.submission.visibility), status: .active,
            statusReason: nil, createdAt: publishedAt,
            updatedAt: publishedAt, revision: 1, latestVersion: nil, summary: nil,
            organizationID: nearest?.organizationID)
        try ProjectStore(connection).insert(project, createdBy: principal.userID)
        try ProjectStore(connection).setMember(
            project.id, userID: principal.userID, role: organization == nil ? .owner : .maintainer, at: publishedAt)
        var owner = organization ?? principal.userName
        if let publisherID = principal.trustedPublisherID {
            try TrustedPublisherStore(connection).attach(publisherID, to: project.id)
            owner = try organization ?? UserStore(connection).find(id: principal.userID)?.name ?? owner
        }
        try ProjectChange(core: core, connection: connection, at: publishedAt).record(
            "project.created", project, by: principal, [("owner", .string(owner))],
            visibility: try stagingRules.isWanted(project, connection) ? .private : nil)
        return project
    }

    /// Decides about coordinates that were used before: a repeat of the same bytes changes nothing, anything else is
    /// refused.
    ///
    /// Nil where they are free.
    private func repeated(_ project: Project, _ connection: any SQLConnection) throws -> Receipt? {
        let files = FileStore(connection)
        let label = "\(project.name.display) \(manifest.version.display)"
        var known: Set<Int64> = []
        var count = 0
        for (received, described) in inspected.pairs {
            guard let (file, releaseID) = try files.find(project.id, nameKey: described.name.lowercased()) else {
                continue
            }
            guard !file.isRemoved else {
                throw Problem(
                    .fileNameReused, "'\(file.name)' was removed from this registry, and its name is never used again.")
            }
            guard file.digests.sha256 == received.digests.sha256 else {
                let code: Problem.Code = admitted.format.atom == .file ? .fileExists : .versionExists
                throw Problem(
                    code,
                    "File already exists: '\(file.name)' of \(label) was published with other content. "
                        + "Published files never change; publish a new version.")
            }
            known.insert(releaseID)
            count += 1
        }
        let release = try ReleaseStore(connection).find(project.id, versionKey: manifest.version.key)
        if let release, known == [release.id], count == inspected.files.count {
            let staging = try release.stagingID.flatMap { try StagingStore(connection).head(id: $0) }
            try checkBundle(staging, label)
            return receipt(project, release, isNewProject: false, isRepeat: true, staging)
        }
        if count > 0, known != release.map({ [$0.id] }) {
            throw Problem(.fileExists, "File already exists: a file of \(label) has a name that another version has.")
        }
        if admitted.format.atom == .release, let release { throw taken(release, label) }
        return nil
    }

    /// Refuses a bundle with what waits in another one: as a repeat it would be told of as published with that other one.
    ///
    /// It happens after a crash between the two steps of a bundle that is published as soon as it is checked.
    private func checkBundle(_ staging: StagingHead?, _ label: String) throws(Problem) {
        guard let staging, let bundle, staging.id != bundle.id, !staging.state.isFinal else { return }
        throw Problem(
            .versionExists,
            "\(label) waits already in the deployment \(staging.key), with the same content. Publish or drop that one.")
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
        guard stored + inspected.totalBytes <= core.limits.projectBytes else {
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
            try checkStaging(of: release, project, connection)
            try checkNeighbours(release, connection)
            return release
        }
        let stagingID = try stagingRules.begin(project, connection)
        var release = Release(
            id: core.ids.next(), version: manifest.version,
            state: stagingID != nil ? .staged : screened.holds.isEmpty ? .live : .held,
            stateReason: nil, deprecation: nil, publishedAt: publishedAt, receivedAt: admitted.receivedAt,
            origin: "upload", publisher: principal.userName, publisherKind: principal.kind,
            document: manifest.document, stagingID: stagingID, files: [])
        release.publisherClaims = principal.publisherClaims
        try releases.insert(
            ReleaseRow(
                projectID: project.id, release: release, publisherID: principal.userID,
                details: ReleaseDetails.encode(manifest), readme: manifest.readme))
        try releases.insert(manifest.dependencies, releaseID: release.id, projectID: project.id)
        try RepositoryStore(connection).note(manifest.repositories, projectID: project.id, at: publishedAt)
        return release
    }

    /// Holds the new file against those that the release has, removed ones too: their names are taken for ever.
    private func checkNeighbours(_ release: Release, _ connection: any SQLConnection) throws {
        for file in try FileStore(connection).files(releaseID: release.id) {
            guard let conflict = admitted.format.conflict(of: manifest, with: file) else { continue }
            throw Problem(.fileExists, "File already exists: \(conflict) Publish a new version.")
        }
    }

    private var stagingRules: StagingRules {
        StagingRules(
            core: core, format: admitted.format, submission: admitted.submission, principal: principal,
            label: "\(manifest.name.display) \(manifest.version.display)", bundle: bundle, at: publishedAt)
    }

    /// A file that is to wait cannot join a release that does not.
    private func checkStaging(
        of release: Release, _ project: Project, _ connection: any SQLConnection
    ) throws {
        if let id = release.stagingID { return try stagingRules.checkJoining(id, project, connection) }
        guard try stagingRules.isWanted(project, connection) else { return }
        throw Problem(
            .conflict,
            "\(project.name.display) \(release.version.display) is published already, so that a file of it cannot be "
                + "staged. Stage a new version.")
    }

    /// Adds what the stages found to the staging's report, or to what will be.
    private func noteStaging(
        _ release: Release, _ project: Project, _ connection: any SQLConnection,
        _ found: inout [StagingReport.Release]
    ) throws -> StagingHead? {
        guard let id = release.stagingID else { return nil }
        let noted = StagingReport.Release(
            project: project.name.display, version: release.version.display,
            files: inspected.pairs.map { received, described in
                StagingReport.File(
                    name: described.name, size: Int64(received.content.length), sha256: received.digests.sha256.hex)
            },
            tags: admitted.submission.tags, warnings: manifest.warnings, notes: screened.notes,
            holds: screened.holds, proofs: screened.verified.proofs)
        if id == bundle?.id {
            found.append(noted)
        } else {
            try StagingRules.note([noted], in: id, at: publishedAt, connection)
        }
        return try StagingStore(connection).head(id: id)
    }

    private func insertFile(
        _ received: ReceivedFile, _ described: ManifestFile, release: Release, project: Project,
        _ connection: any SQLConnection
    ) throws {
        let file = PackageFile(
            id: core.ids.next(), name: described.name, size: Int64(received.content.length),
            digests: received.digests, publishedAt: publishedAt, receivedAt: admitted.receivedAt,
            kind: described.kind, document: described.document,
            metadataDigest: described.metadata.flatMap { SHA256Digest(Array(SHA256.hash(data: $0))) },
            isRemoved: false)
        let files = FileStore(connection)
        try files.insertBlob(file.digests.sha256, size: file.size, at: publishedAt)
        try files.insert(
            file, nameKey: described.name.lowercased(), metadata: described.metadata, origin: "upload",
            releaseID: release.id, projectID: project.id)
    }

    private func finish(project: Project, release: Release, _ connection: any SQLConnection) throws {
        for tag in admitted.submission.tags where release.state == .live {
            try ProjectStore(connection).setTag(project.id, tag: tag, releaseID: release.id)
        }
        let change = ProjectChange(core: core, connection: connection, at: publishedAt)
        // Of what waits, readers see nothing: neither a new revision nor an event.
        if release.state == .staged {
            try ProjectStore(connection).addStoredBytes(project.id, inspected.totalBytes)
        } else {
            // Nobody changes the release meanwhile: transactions of both databases are serializable.
            try change.finish(
                project, addedBytes: inspected.totalBytes, published: ReleaseSummary(release))
        }
        let kind =
            switch release.state {
            case .held: "file.held"
            case .staged: "file.staged"
            default: "file.published"
            }
        for (received, described) in inspected.pairs {
            try change.record(
                kind, project, by: principal,
                [
                    ("version", .string(release.version.display)), ("file", .string(described.name)),
                    ("size", .integer(Int64(received.content.length))),
                    ("sha256", .string(received.digests.sha256.hex)),
                    ("proofs", .strings(screened.verified.proofs)), ("holds", .strings(screened.holds)),
                ] + (principal.publisherClaims.map { [("claims", $0)] } ?? []),
                visibility: release.state == .staged ? .private : nil)
        }
    }
}
