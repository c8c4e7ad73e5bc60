import Blobs
import Foundation
import Persistence
package import Publishing
package import RegistryModel

/// Makes an instance from a backup.
///
/// The target must be empty but for its master key. Until the end a mark stands in the data directory, and nothing opens an
/// instance that has it; a backup that turns out to be incomplete or altered leaves nothing behind.
package struct Restore: Sendable {
    private let configuration: InstanceConfiguration
    private let clock: any WallClock
    /// Whether secrets sealed with a master key that was lost are left out.
    private let forgetsKey: Bool

    /// Prepares to restore into the instance that the configuration describes.
    package init(_ configuration: InstanceConfiguration, forgetsKey: Bool, clock: any WallClock = SystemClock()) {
        self.configuration = configuration
        self.forgetsKey = forgetsKey
        self.clock = clock
    }

    /// What was restored.
    package struct Report: Sendable {
        package let createdAt: String
        package let schema: Int64
        package let blobs: Int64
        package let bytes: Int64
        package let check: IntegrityCheck.Summary
        /// Whether the master key in its place opens what is sealed.
        package let hasKey: Bool
        /// Where the master key belongs.
        package let keyPath: String
    }

    /// Restores and then checks everything.
    ///
    /// - Parameters:
    ///   - path: The folder of the backup, or `-` for a tar stream on standard input.
    ///   - observer: Told how far it is.
    ///   - report: Told what the check finds.
    /// - Returns: What was restored, and what the check came to.
    /// - Throws: `Problem` where the target is not empty, or the backup is incomplete, altered or of a newer schema.
    package func run(
        from path: String, observer: UpkeepObserver, report: @escaping @Sendable (IntegrityFinding) -> Void
    ) async throws -> Report {
        let source: any BackupSource =
            path == "-" ? TarSource(descriptor: STDIN_FILENO) : FolderSource(path)
        let pool = BlockingPool(name: "restore", threads: 2, capacity: 64)
        do {
            let result = try await run(source, pool, observer, report)
            try? await pool.shutdown()
            return result
        } catch {
            try? await pool.shutdown()
            throw error
        }
    }

    private func run(
        _ source: any BackupSource, _ pool: BlockingPool, _ observer: UpkeepObserver,
        _ report: @escaping @Sendable (IntegrityFinding) -> Void
    ) async throws -> Report {
        try requireEmptyFolders()
        let known = Migration.all.map(\.number).max() ?? 0
        let reader = try await BackupReader.open(source, known: known, pool: pool)
        try configuration.data.create()
        let mark = Instance.restoreMark(configuration.data)
        do {
            try KeyFile.install(Array("A restore into this directory was not finished.\n".utf8), mark)
            try DataDirectory.createFolder(configuration.blobsDirectory)
            try DataDirectory.createFolder(configuration.spoolDirectory)
        } catch {
            cleanUp()
            throw error
        }
        let keeper = FileBlobKeeper(directory: configuration.blobsDirectory, pool: pool)
        let content: BackupReader.Content
        do {
            content = try await reader.receive(
                scratch: configuration.spoolDirectory, keeper: keeper, observer: observer)
            if let key = content.key, !exists(configuration.masterKeyFile) {
                try KeyFile.install(key, configuration.masterKeyFile)
            }
        } catch {
            cleanUp()
            throw error
        }
        let driver = try Instance.makeDriver(configuration)
        do {
            let core = core(driver, keeper, pool)
            try await load(content, reader, driver)
            let check = try await IntegrityCheck(core: core, policy: configuration.unpublish).run(
                restarts: true, observer: observer, report: report)
            let hasKey = try await opensSecrets(driver)
            await driver.shutdown()
            try FileManager.default.removeItem(atPath: mark)
            return Report(
                createdAt: reader.manifest.createdAt, schema: check.schema, blobs: content.blobs, bytes: content.bytes,
                check: check, hasKey: hasKey, keyPath: configuration.masterKeyFile)
        } catch {
            await driver.shutdown()
            throw error
        }
    }

    /// Brings an empty database to the backup's schema, writes the rows, and goes on to the newest schema.
    private func load(
        _ content: BackupReader.Content, _ reader: BackupReader, _ driver: any SQLDriver
    ) async throws {
        let old = Migration.all.filter { $0.number <= reader.manifest.schema }
        guard try await Migrator(driver: driver, migrations: Migration.all, clock: clock).currentVersion() == 0 else {
            throw Problem(.conflict, "The database is not empty. Restore into a new one.")
        }
        try await Migrator(driver: driver, migrations: old, clock: clock).migrate()
        try await reader.load(content, into: driver, without: forgetsKey ? Instance.sealedSettings : [])
        try await Migrator(driver: driver, migrations: Migration.all, clock: clock).migrate()
        try await BackupReader.rebuildSearch(driver)
    }

    /// The parts that the check needs; it opens no archive and no secret.
    private func core(_ driver: any SQLDriver, _ keeper: FileBlobKeeper, _ pool: BlockingPool) -> RegistryCore {
        RegistryCore(
            driver: driver, blobs: FileBlobStore(directory: configuration.blobsDirectory, pool: pool), keeper: keeper,
            spool: Spool(directory: configuration.spoolDirectory, random: SystemRandomSource(), pool: pool),
            publishingPool: pool, inspectionPool: pool, readingPool: pool, renderingPool: pool, clock: clock,
            ids: RowIDs(clock: clock),
            formats: [], limits: configuration.limits,
            changed: { _ in })
    }

    private func opensSecrets(_ driver: any SQLDriver) async throws -> Bool {
        guard exists(configuration.masterKeyFile) else { return forgetsKey }
        let key = try MasterKey.load(path: configuration.masterKeyFile, random: SystemRandomSource())
        for name in Instance.sealedSettings {
            guard let sealed = try await driver.read({ try SettingStore($0).find(name) }) else { continue }
            if (try? key.open(sealed, for: name)) == nil { return false }
        }
        return true
    }
}

// The target.
extension Restore {
    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private var database: String? {
        let url = configuration.databaseURL
        guard url.hasPrefix("sqlite:") else { return nil }
        let path = String(url.dropFirst("sqlite:".count))
        return path.isEmpty ? configuration.data.database : path
    }

    private func requireEmptyFolders() throws {
        let files = FileManager.default
        let found = (try? files.contentsOfDirectory(atPath: configuration.data.path)) ?? []
        // The key may have been brought back before.
        if let other = found.filter({ $0 != "keys" }).min() {
            throw Problem(
                .conflict,
                "The data directory '\(configuration.data.path)' is not empty: it has '\(other)'. "
                    + "Restore into a new one.")
        }
        let blobs = (try? files.contentsOfDirectory(atPath: configuration.blobsDirectory)) ?? []
        guard blobs.isEmpty else {
            throw Problem(.conflict, "The blobs directory '\(configuration.blobsDirectory)' is not empty.")
        }
        if let database, exists(database) {
            throw Problem(.conflict, "The database '\(database)' exists already. Restore into a new one.")
        }
    }

    /// Removes what was received of a backup that is of no use.
    private func cleanUp() {
        let files = FileManager.default
        for path in [configuration.spoolDirectory, configuration.blobsDirectory, configuration.data.spool] {
            try? files.removeItem(atPath: path)
        }
        try? files.removeItem(atPath: Instance.restoreMark(configuration.data))
        // Only empty ones go.
        rmdir(configuration.data.path + "/keys")
        rmdir(configuration.data.path)
    }
}
