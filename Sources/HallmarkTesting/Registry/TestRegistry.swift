package import Accounts
import Blobs
package import Formats
package import Foundation
package import Persistence
package import Publishing
package import RegistryModel
import Synchronization

/// The use cases over a real database and real files, without HTTP.
package struct TestRegistry: Sendable {
    package let core: RegistryCore
    package let accounts: Accounts
    package let catalog: Catalog
    package let lifecycle: Lifecycle
    package let stagings: Stagings
    package let publishing: PublishingPipeline
    package let downloads: DownloadCounter
    package let clock: ManualClock
    package let driver: any SQLDriver
    /// Where blobs and spool lie.
    package let directory: URL
    /// The projects whose change was announced, in order.
    package let changes: ChangeLog

    /// What was announced.
    package final class ChangeLog: Sendable {
        private let seen = Mutex<[ProjectCoordinates]>([])

        /// Every announcement so far.
        package var all: [ProjectCoordinates] { seen.withLock { $0 } }

        func note(_ coordinates: ProjectCoordinates) { seen.withLock { $0.append(coordinates) } }
    }

    /// An account with an unlimited operator token.
    package func person(_ name: String, isAdministrator: Bool = false) async throws -> Principal {
        _ = try await accounts.createUser(
            name: name, email: "\(name)@example.org", isAdministrator: isAdministrator)
        return try await principal(name)
    }

    /// The principal behind a new operator token of an existing account.
    package func principal(_ name: String, scopes: [String] = []) async throws -> Principal {
        let token = try await accounts.createOperatorToken(
            userName: name, scopes: scopes.compactMap(TokenScope.init), lifetimeSeconds: 3600)
        return try await accounts.authenticate(Credential(secret: token))
    }

    /// Publishes a package of ``PlainFormat``.
    package func publish(
        _ name: String, _ version: String, by principal: Principal, dependencies: [String] = [],
        fileName: String? = nil, ecosystem: String = "plain", claimedVersion: String? = nil, tags: [String] = [],
        staging: StagingWish? = nil, isDryRun: Bool = false
    ) async throws -> Receipt {
        let (submission, grant) = try await submission(
            name, version, by: principal, dependencies: dependencies, fileName: fileName, ecosystem: ecosystem,
            claimedVersion: claimedVersion, tags: tags, staging: staging, isDryRun: isDryRun)
        return try await publishing.publish(submission, with: grant)
    }

    /// Receives a package of ``PlainFormat`` without publishing it.
    ///
    /// `extras` are names of further files, whose text is their name.
    package func submission(
        _ name: String, _ version: String, by principal: Principal, dependencies: [String] = [],
        fileName: String? = nil, ecosystem: String = "plain", claimedVersion: String? = nil, tags: [String] = [],
        extras: [String] = [], staging: StagingWish? = nil, isDryRun: Bool = false
    ) async throws -> (submission: Submission, grant: UploadGrant) {
        let id = EcosystemID(rawValue: ecosystem)
        let grant = try await publishing.open(UploadHead(ecosystem: id), by: principal)
        let spool = publishing.spool(for: grant)
        let text = ([name, version] + dependencies).joined(separator: "\n")
        try await spool.write(Array(text.utf8))
        var files = [try await spool.finish(name: fileName ?? "\(name)-\(version).txt")]
        for extra in extras {
            let spool = publishing.spool(for: grant)
            try await spool.write(Array(extra.utf8))
            files.append(try await spool.finish(name: extra))
        }
        let submission = Submission(
            ecosystem: id, name: name, version: claimedVersion ?? version, files: files, claim: .object([]),
            tags: tags, staging: staging, isDryRun: isDryRun)
        return (submission, grant)
    }

    /// A project's history as `reader` sees it.
    package func history(_ name: String, for reader: Reader = .anonymous) async throws -> ProjectHistory {
        try await catalog.history(EcosystemID(rawValue: "plain"), name: name, for: reader)
    }

    /// The kinds of all events, oldest first.
    package func eventKinds(_ name: String) async throws -> [String] {
        let history = try await history(name)
        return try await catalog.events(history.project, limit: 1000).map(\.kind).reversed()
    }

    /// The names of all files below the data directory.
    package func storedFiles() -> [String] {
        let walker = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: [.isRegularFileKey])
        let files = walker?.compactMap { $0 as? URL } ?? []
        return files.filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .map(\.lastPathComponent).filter { $0 != "master" }.sorted()
    }
}

/// Runs `body` with a fresh registry on that database, and removes everything afterwards.
///
/// Without a schema the database is empty, as for a restore.
package func withRegistry(
    _ backend: TestBackend, limits: PublishLimits = PublishLimits(), scanners: [any Publishing.Scanner] = [],
    visibility: Visibility = .public, policy: AccountPolicy = AccountPolicy(), hasSchema: Bool = true,
    formats: [any PackageFormat] = [
        PlainFormat(), PlainFormat(id: "single", atom: .file), PlainFormat(id: "shared", namespaceKind: .scope),
    ],
    changed: @escaping @Sendable (ProjectCoordinates) -> Void = { _ in },
    through wrap: (any SQLDriver) -> any SQLDriver = { $0 },
    _ body: @Sendable (TestRegistry) async throws -> Void
) async throws {
    try await withDatabase(backend, migrations: hasSchema ? Migration.all : []) { opened in
        let driver = wrap(opened)
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("hallmark-registry-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let data = DataDirectory(path: directory.path)
        try data.create()
        let clock = ManualClock()
        let changes = TestRegistry.ChangeLog()
        let disk = BlockingPool(name: "disk", threads: 2, capacity: 1024)
        let inspection = BlockingPool(name: "inspection", threads: 2, capacity: 1024)
        let random = SystemRandomSource()
        let ids = RowIDs(clock: clock)
        let secrets = try MasterKey.load(path: data.masterKey, random: random)
        let core = RegistryCore(
            driver: driver, blobs: FileBlobStore(directory: data.blobs, pool: disk),
            keeper: FileBlobKeeper(directory: data.blobs, pool: disk),
            spool: Spool(directory: data.spool, random: random, pool: disk), publishingPool: disk,
            inspectionPool: inspection, readingPool: disk, renderingPool: inspection, clock: clock,
            ids: ids, formats: formats,
            limits: limits, defaultVisibility: visibility, policy: policy,
            notices: Notices(ids: ids, clock: clock, publicURL: "http://localhost", secrets: secrets),
            changed: { coordinates in
                changes.note(coordinates)
                changed(coordinates)
            })
        let accounts = Accounts(driver: driver, clock: clock, random: random, ids: core.ids, uses: TokenUses())
        try await body(
            TestRegistry(
                core: core, accounts: accounts, catalog: Catalog(core: core), lifecycle: Lifecycle(core: core),
                stagings: Stagings(core: core),
                publishing: PublishingPipeline(core: core, scanners: scanners),
                downloads: DownloadCounter(clock: clock), clock: clock, driver: driver, directory: directory,
                changes: changes))
        try await disk.shutdown()
        try await inspection.shutdown()
    }
}
