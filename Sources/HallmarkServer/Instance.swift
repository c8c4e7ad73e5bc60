package import Accounts
package import Blobs
import Crypto
import Ecosystems
import Formats
import Glibc
import Logging
import Outbound
import Persistence
package import Publishing
package import RegistryModel
package import Response

/// An open instance: its database, its blobs and the use cases over them.
///
/// The one place where they are put together.
package struct Instance: Sendable {
    package let configuration: InstanceConfiguration
    package let core: RegistryCore
    package let accounts: Accounts
    /// Signing up and in, factors, sessions, addresses, recovery.
    package let people: AccountUseCases
    /// Mail, identities and domains: what is asked of other servers.
    package let outward: OutwardServices
    package let catalog: Catalog
    package let publishing: PublishingPipeline
    package let lifecycle: Lifecycle
    package let stagings: Stagings
    package let namespaces: Namespaces
    /// Which repositories are behind the addresses that projects are held to.
    package let sources: SourceIdentities
    package let downloads: DownloadCounter
    package let scorecards: Scorecards
    let driver: any SQLDriver
    let writes: WriteHealth
    let masterKey: MasterKey
    let signer: NPMSigner
    let blobs: FileBlobStore
    let pools: [BlockingPool]
    /// Threads that wait for other servers.
    let asking: BlockingPool
    let clock: any WallClock

    /// How an instance may treat a database whose schema is older than the binary.
    package enum SchemaPolicy: Sendable {
        /// Bring it up to date: `serve` and `admin migrate`.
        case migrate
        /// Refuse with the advice to do that.
        case require
    }

    /// Opens, and where the policy says so migrates, an instance.
    ///
    /// `changed` is told after every commit which project readers see differently from now on; `openFiles` bounds what
    /// clients keep open.
    package static func open(
        _ configuration: InstanceConfiguration, schema: SchemaPolicy, clock: any WallClock = SystemClock(),
        random: any RandomSource = SystemRandomSource(), openFiles: OpenFileShares = OpenFileShares(),
        changed: @escaping @Sendable (ProjectCoordinates) -> Void = { _ in }
    ) async throws -> Instance {
        if schema == .require, !configuration.data.exists {
            throw Problem(
                .notFound,
                "There is no data directory '\(configuration.data.path)'. Start 'hallmark serve' there first.")
        }
        guard access(restoreMark(configuration.data), F_OK) != 0 else {
            throw Problem(
                .unavailable,
                "A restore into '\(configuration.data.path)' was not finished. Remove what is there and restore again.")
        }
        let clock = SteadyClock(clock)
        try configuration.data.create()
        let driver = try makeDriver(configuration)
        do {
            try await prepareSchema(driver, schema, clock: clock)
            let masterKey = try await loadKey(configuration, driver, random: random)
            let ids = RowIDs(clock: clock)
            let signer = try await loadSigner(driver, masterKey, random: random, clock: clock)
            let accountKey = try await AccountKey.load(driver, secrets: masterKey, random: random)
            return try assemble(
                configuration, driver: driver, masterKey: masterKey, accountKey: accountKey, signer: signer, ids: ids,
                clock: clock, random: random, openFiles: openFiles, changed: changed)
        } catch {
            await driver.shutdown()
            throw error
        }
    }

    private static func assemble(
        _ configuration: InstanceConfiguration, driver: any SQLDriver, masterKey: MasterKey, accountKey: AccountKey,
        signer: NPMSigner, ids: RowIDs, clock: any WallClock, random: any RandomSource, openFiles: OpenFileShares,
        changed: @escaping @Sendable (ProjectCoordinates) -> Void
    ) throws -> Instance {
        let disk = BlockingPool(name: "disk", threads: 8, capacity: 1024, stepsBack: true)
        let reading = BlockingPool(name: "reading", threads: 8, capacity: 1024)
        let inspection = BlockingPool(name: "inspection", threads: 2, capacity: 256, stepsBack: true)
        let rendering = BlockingPool(name: "rendering", threads: 2, capacity: 256)
        let asking = BlockingPool(name: "asking", threads: 4, capacity: 64)
        let secrets = BlockingPool(name: "secrets", threads: 2, capacity: 64)
        let logger = Logger(label: "hallmark.blobs")
        let blobs = FileBlobStore(
            directory: configuration.blobsDirectory, pool: disk, reading: reading, openFiles: openFiles.downloads
        ) { fault in
            logger.error("A blob is damaged; publish its file again or restore it.", metadata: ["fault": "\(fault)"])
        }
        try DataDirectory.createFolder(configuration.blobsDirectory)
        try DataDirectory.createFolder(configuration.spoolDirectory)
        let health = WriteHealth()
        let explained = ExplainedDriver(driver, health: health)
        let core = RegistryCore(
            driver: explained, blobs: blobs,
            keeper: FileBlobKeeper(directory: configuration.blobsDirectory, pool: disk),
            spool: Spool(
                directory: configuration.spoolDirectory, random: random, pool: disk, openFiles: openFiles.uploads),
            publishingPool: disk, inspectionPool: inspection, readingPool: reading, renderingPool: rendering,
            clock: clock, ids: ids,
            formats: Ecosystems.formats(signer: signer), limits: configuration.limits,
            defaultVisibility: configuration.visibility, policy: configuration.accounts.policy,
            notices: Notices(ids: ids, clock: clock, publicURL: configuration.publicURL, secrets: masterKey),
            changed: changed)
        let people = makePeople(
            AccountCore(
                driver: explained, clock: clock, random: random, ids: ids, secrets: masterKey,
                policy: configuration.accounts.policy, publicURL: configuration.publicURL),
            configuration.accounts, key: accountKey, secrets: secrets, asking: asking)
        let outward = OutwardServices.make(
            configuration, core: people.core, sessions: people.sessions, asking: asking)
        let sources = Self.sources(core, configuration.outbound, pool: asking)
        return Instance(
            configuration: configuration, core: core,
            accounts: Accounts(
                driver: explained, clock: clock, random: random, ids: ids, uses: TokenUses(),
                acceptsOperatorTokens: configuration.operatorTokens == .allow),
            people: people, outward: outward, catalog: Catalog(core: core),
            publishing: PublishingPipeline(core: core, verifiers: [sources]),
            lifecycle: Lifecycle(core: core, unpublishPolicy: configuration.unpublish),
            stagings: Stagings(core: core),
            namespaces: namespaces(core, configuration.outbound, pool: asking, random: random), sources: sources,
            downloads: DownloadCounter(clock: clock), scorecards: Scorecards(driver: explained, clock: clock),
            driver: driver, writes: health, masterKey: masterKey, signer: signer, blobs: blobs,
            pools: [disk, reading, inspection, rendering, asking, secrets] + outward.pools,
            asking: asking,
            clock: clock)
    }

    private static func namespaces(
        _ core: RegistryCore, _ outbound: OutboundConfiguration, pool: BlockingPool, random: any RandomSource
    ) -> Namespaces {
        Namespaces(
            core: core, hosts: outbound.codeHosts, dns: UnboundResolver(settings: outbound.dns, pool: pool),
            pages: PublicPageFetcher(allowsPrivate: outbound.allowsPrivateCodeHosts, pool: pool), random: random)
    }

    /// A publisher waits for the answer, so that it has to come soon.
    private static func sources(
        _ core: RegistryCore, _ outbound: OutboundConfiguration, pool: BlockingPool
    ) -> SourceIdentities {
        SourceIdentities(
            core: core, hosts: outbound.codeHostAPIs,
            pages: PublicPageFetcher(
                allowsPrivate: outbound.allowsPrivateCodeHosts, pool: pool, milliseconds: 3000))
    }

    static func makeDriver(_ configuration: InstanceConfiguration) throws -> any SQLDriver {
        let url = configuration.databaseURL
        guard url.hasPrefix("sqlite:") else { return try PostgresDriver(url: url) }
        let path = url.dropFirst("sqlite:".count)
        return try SQLiteDriver(path: path.isEmpty ? configuration.data.database : String(path))
    }

    private static func prepareSchema(
        _ driver: any SQLDriver, _ policy: SchemaPolicy, clock: any WallClock
    ) async throws {
        let migrator = Migrator(driver: driver, migrations: Migration.all, clock: clock)
        do {
            switch policy {
            case .migrate:
                try await migrator.migrate()
                try await SearchRebuild(driver: driver).run()
            case .require:
                guard let first = try await migrator.pending().first else { return }
                throw Problem(
                    .unavailable,
                    "The database is of schema \(first.number - 1), older than this hallmark's \(Migration.all.count). "
                        + "Run 'hallmark admin migrate' or 'hallmark serve' first.")
            }
        } catch SQLFault.schemaTooNew(let found, let known) {
            throw Problem(
                .unavailable,
                "The database is of schema \(found), and this hallmark (\(HallmarkVersion.text)) knows schemas up to "
                    + "\(known). Run the newer version that migrated it, or restore a backup from before; nothing was "
                    + "changed.")
        } catch SQLFault.migrationChanged(let number) {
            throw Problem(
                .unavailable,
                "The database's migration \(number) is not the one of this hallmark (\(HallmarkVersion.text)). Run the "
                    + "version that made the database; nothing was changed.")
        }
    }

    /// Makes a key only where nothing is sealed yet: another one would open nothing.
    private static func loadKey(
        _ configuration: InstanceConfiguration, _ driver: any SQLDriver, random: any RandomSource
    ) async throws -> MasterKey {
        let path = configuration.masterKeyFile
        for name in sealedSettings where try await driver.read({ try SettingStore($0).find(name) }) != nil {
            guard access(path, F_OK) == 0 else {
                throw Problem(
                    .unavailable,
                    "The master key '\(path)' is missing, and the database has secrets that were sealed with it. Put it "
                        + "back; if it is lost, restore a backup with --new-key.")
            }
        }
        return try MasterKey.load(path: path, random: random)
    }

    private static func loadSigner(
        _ driver: any SQLDriver, _ masterKey: MasterKey, random: any RandomSource, clock: any WallClock
    ) async throws -> NPMSigner {
        let place = "npm-signing-key"
        let fresh = try masterKey.seal(Array(P256.Signing.PrivateKey().rawRepresentation), for: place)
        let sealed = try await driver.write { try SettingStore($0).establish(place, fresh) }
        do {
            return try NPMSigner(privateKey: try masterKey.open(sealed, for: place), createdAt: clock.now())
        } catch SealFault.notAuthentic {
            throw Problem(
                .unavailable,
                "The master key is not the one that sealed this database's secrets. Put that key into its place "
                    + "('keys/master' in the data directory, or 'master-key-file').")
        }
    }

    /// A scope whose pattern is a plain name, with the name in the form under which projects are compared.
    package func normalized(_ scope: TokenScope) -> TokenScope {
        guard let ecosystem = scope.ecosystem, let pattern = scope.pattern, !pattern.contains("*"),
            let key = core.formats[ecosystem]?.lookupKey(pattern)
        else { return scope }
        return TokenScope(actions: scope.actions, ecosystem: ecosystem, pattern: key)
    }

    /// Writes what is only counted in memory, and closes everything.
    package func close() async {
        try? await flush()
        await driver.shutdown()
        for pool in pools { try? await pool.shutdown() }
    }

    /// Writes what is only counted in memory.
    package func flush() async throws {
        try await downloads.flush(to: core)
        try await accounts.flushUses()
    }
}
