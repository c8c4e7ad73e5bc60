import Accounts
import Formats
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

/// What keeps costs flat: whatever the use cases ask of the database, it finds by an index.
@Suite("Plans of every statement")
struct QueryPlanTests {
    private static let plain = EcosystemID(rawValue: "plain")

    /// Statements that may read a table from its beginning, each with the reason why that costs nothing.
    private static let scans: [String: String] = [
        "SELECT id FROM users LIMIT 1": "one row",
        "SELECT COUNT(*) AS n, MIN(available_at)": "what waits in the outbox",
        "SELECT p.id, p.ecosystem || '/' || p.name AS label FROM projects p WHERE p.latest_version":
            "a check of everything",
        "SELECT f.sha256, MAX(f.size) AS size": "as many as are asked for, in the order of the index",
    ]

    /// Statements that may sort what they found, each with what bounds it.
    private static let sorts: [String: String] = [
        "SELECT * FROM projects WHERE ecosystem = ? AND name_confusable": "names that look alike, mostly none",
        "SELECT m.user_id, m.role": "one project's members",
        "SELECT m.project_id, u.name": "the owners of one page of projects",
        "SELECT * FROM files WHERE release_id": "one release's files",
        "SELECT id, release_id, name, size": "one project's files, all of which are shown",
        "SELECT r.id, r.version": "one project's releases, all of which are shown",
        "SELECT * FROM projects WHERE id IN": "a page of dependents",
        "SELECT p.id, p.name_key FROM ( SELECT project_id": "names of one length that share trigrams",
        "SELECT p.id FROM ( SELECT id, name_key FROM projects": "as many names as are compared",
        "SELECT * FROM tokens WHERE user_id": "one user's tokens",
        "SELECT s.*, u.name AS creator FROM stagings s JOIN users u ON u.id = s.created_by WHERE s.id IN":
            "what waits in one user's projects",
        "SELECT p.* FROM project_repositories r": "the projects of one repository",
        "SELECT url_key, url FROM project_repositories": "one project's repositories",
        "SELECT address FROM user_emails": "one account's addresses",
        "SELECT * FROM deployments WHERE user_id": "one user's deployments of one project",
    ]

    @Test("No statement scans a table that grows, and none is left out")
    func plans() async throws {
        let plans = try await PlanRules.record { registry in
            try await Self.use(registry)
            try await Self.useDeployments(registry, try await registry.principal("bob"))
            try await Self.useOwnership(registry)
        }
        let rules = PlanRules(
            scans: Self.scans.merging(Self.ownershipScans) { $1 },
            sorts: Self.sorts.merging(Self.ownershipSorts) { $1 })
        rules.check(plans)
        // Whatever is nobody else's, a store that is new too.
        let others = try PlanRules.storeFiles().subtracting(PeoplePlanTests.stores)
        try rules.check(plans, cover: others)
    }

    @Test("A statement that scans is noticed")
    func noticed() async throws {
        try await withDatabase(.sqlite, migrations: Migration.all) { driver in
            let recording = PlanRecordingDriver(driver)
            _ = try await recording.read { try $0.query("SELECT id FROM projects WHERE summary = \("x")") }
            _ = try await recording.read {
                try $0.query("SELECT id FROM projects WHERE visibility = \("x") AND summary = \("x")")
            }
            #expect(recording.plans.count == 2 && recording.plans.allSatisfy { PlanRules.scans(in: $0).count == 1 })
        }
    }

    private static func names(_ registry: TestRegistry, _ bob: Principal) async throws {
        _ = try await registry.catalog.newest(limit: 10)
        _ = try await registry.catalog.projects(plain, after: "l", limit: 10)
        _ = try await registry.catalog.names(plain, after: nil, limit: 10)
        _ = try await registry.catalog.hiddenNames(plain, for: bob, limit: 10)
        _ = try await registry.catalog.known(plain, keys: ["oil", "none"], for: .anonymous)
        let shared = EcosystemID(rawValue: "shared")
        func publish(_ name: String, _ version: String, from place: String) async throws {
            let source = ["https://host.example/\(place)"]
            _ = try await registry.publish(name, version, by: bob, dependencies: source, ecosystem: "shared")
        }
        for name in ["lamp-oil", "lamp-wick"] { try await publish(name, "1.0.0", from: "a") }
        await expectRefusal(.sourceMismatch) { try await publish("lamp-oil", "1.1.0", from: "b") }
        try await registry.lifecycle.setSource(shared, name: "lamp-oil", address: "https://host.example/b", by: bob)
    }

    /// Every use case, so that every statement runs.
    private static func use(_ registry: TestRegistry) async throws {
        let root = try await registry.person("carol", isAdministrator: true)
        let bob = try await registry.person("bob")
        let catalog = registry.catalog
        let lifecycle = registry.lifecycle
        for name in ["lantern", "lantern-oil", "wick"] {
            _ = try await registry.publish(name, "1.0.0", by: root, dependencies: ["wax", "oil"], tags: ["latest"])
        }
        _ = try await registry.publish("oil", "1.0.0", by: bob)
        _ = try await registry.publish("oil", "1.1.0", by: bob)
        let history = try await registry.history("oil", for: .principal(root))
        let release = try #require(history.releases.first)
        let file = try await catalog.file(plain, name: "oil", file: "oil-1.0.0.txt", for: .anonymous)
        _ = try await catalog.fileMetadata(plain, name: "oil", file: "oil-1.0.0.txt", for: .anonymous)
        registry.downloads.count(file: file.file.id, project: history.project.id, family: "pip")
        try await registry.downloads.flush(to: registry.core)
        _ = try await catalog.downloads(history.project, days: 30)
        _ = try await catalog.details(history.project, release: release)
        #expect(try await catalog.dependents(history.project, limit: 10).map(\.name.key).count == 3)
        let events = try await catalog.events(history.project, limit: 2)
        #expect(try await catalog.events(history.project, limit: 10, before: events.last?.id).count == 1)
        try await names(registry, bob)
        try await search(registry, root)
        try await lifecycle.yank(plain, name: "oil", version: "1.0.0", reason: nil, by: bob)
        try await lifecycle.deprecate(plain, name: "oil", messages: ["1.1.0": "use wax"], by: bob)
        try await lifecycle.setTag(plain, name: "oil", tag: "next", version: "1.1.0", by: bob)
        try await lifecycle.removeTag(plain, name: "oil", tag: "next", by: bob)
        try await lifecycle.setStatus(plain, name: "oil", .archived, reason: nil, by: bob)
        try await lifecycle.setVisibility(plain, name: "oil", .private, by: bob)
        try await lifecycle.addMember(plain, name: "oil", user: "carol", role: .owner, by: bob)
        _ = try await catalog.projects(plain, ofUser: "carol", for: .principal(bob))
        _ = try await registry.history("oil", for: .principal(bob))
        try await lifecycle.removeMember(plain, name: "oil", user: "carol", by: bob)
        _ = try await registry.publish("candle", "1.0.0", by: bob)
        try await lifecycle.remove(plain, name: "candle", version: "1.0.0", by: bob)
        try await lifecycle.restore(plain, name: "candle", version: "1.0.0", by: root)
        try await notes(registry, history.project)
        try await stores(registry, history.project, release)
        try await staging(registry, bob)
        _ = try await registry.accounts.tokens(of: root)
        _ = try await registry.accounts.hasUsers()
        try await registry.accounts.flushUses()
        for token in try await registry.accounts.tokens(of: bob) {
            try await registry.accounts.revokeToken(key: token.key, by: bob)
        }
        _ = try await OutboxWorker(core: registry.core, handlers: [Failing()]).drain(limit: 1)
        let outbox = OutboxWorker(core: registry.core, handlers: [])
        _ = try await outbox.backlog()
        _ = try await outbox.drain()
        _ = try await registry.driver.write { connection in
            let nobodys = SHA256Digest(hashing: [])
            _ = try BlobReferenceStore(connection).forget([nobodys], removedBefore: history.project.createdAt)
            _ = try SettingStore(connection).establish("search-rebuild", [])
        }
        #expect(try await SearchRebuild(driver: registry.driver).run())
    }

    private static func staging(_ registry: TestRegistry, _ bob: Principal) async throws {
        let stagings = registry.stagings
        var keys: [String] = []
        for name in ["spark", "flint"] {
            let receipt = try await registry.publish(name, "1.0.0", by: bob, tags: ["next"], staging: StagingWish())
            keys.append(try #require(receipt.staging?.key))
        }
        #expect(try await stagings.list(by: bob).count == 2)
        let spark = try await stagings.find(keys[0], by: bob)
        _ = try await registry.catalog.showing(spark).history(plain, name: "spark", for: .principal(bob))
        try await stagings.release(keys[0], by: bob)
        try await stagings.drop(keys[1], by: bob)
        _ = try await stagings.expire()
        try await stagings.setPolicy(plain, name: "spark", .secondPerson, by: bob)
        let bundle = try await stagings.begin(plain, label: "both", by: bob)
        let (next, grant) = try await registry.submission("spark", "1.1.0", by: bob)
        _ = try await registry.publishing.publish([next], with: grant, into: bundle)
        try await stagings.giveUp(bundle.id, errors: [:])
        try await stagings.drop(bundle.key, by: bob)
        try await stagings.setPolicy(plain, name: "spark", .staged, by: bob)
        try await registry.driver.write { connection in
            let namespaces = NamespaceStore(connection)
            try namespaces.insert(
                Namespace(
                    id: 1, ecosystem: plain, name: "fire", key: "fire", ownerID: bob.userID, owner: bob.userName,
                    state: .verified, challenge: "x", createdAt: spark.createdAt))
            try namespaces.setMember(1, userID: bob.userID, role: .owner, at: spark.createdAt)
        }
        _ = try await registry.publish("fire-place", "1.0.0", by: bob)
        try await namespaces(registry, bob)
    }

    private static func namespaces(_ registry: TestRegistry, _ bob: Principal) async throws {
        let network = FakeNetwork()
        let namespaces = registry.namespaces(network)
        let dave = try await registry.person("dave")
        let claim = try await namespaces.claim(plain, name: "tinder", by: bob)
        _ = try await namespaces.claim(plain, name: "tinder", by: dave)
        network.set("tinder.org", ["hallmark-verification=\(claim.challenge)"])
        _ = try await namespaces.verify(plain, name: "tinder", .dns(domain: "tinder.org"), by: bob)
        _ = try await registry.publish("tinder-box", "1.0.0", by: bob)
        _ = try await namespaces.state(plain, name: "tinder", for: bob)
        _ = try await namespaces.list(by: bob)
        try await namespaces.addMember(plain, name: "tinder", user: "carol", role: .owner, by: bob)
        _ = try await namespaces.members(plain, name: "tinder", by: bob)
        try await namespaces.removeMember(plain, name: "tinder", user: "carol", by: bob)
        try await namespaces.setStagingPolicy(plain, name: "tinder", .direct, by: bob)
        // What the role on it reaches.
        let catalog = registry.catalog
        try await registry.lifecycle.setVisibility(plain, name: "tinder-box", .private, by: bob)
        _ = try await catalog.hiddenNames(plain, for: bob, limit: 10)
        #expect(try await catalog.known(plain, keys: ["tinder-box"], for: .principal(bob)).count == 1)
        _ = try await catalog.search(SearchQuery(text: "lantern"), for: .principal(bob))
        try await namespaces.offer(plain, name: "tinder", to: "dave", by: bob)
        _ = try await namespaces.offers(to: dave)
        _ = try await namespaces.accept(plain, name: "tinder", by: dave)
        registry.clock.advance(bySeconds: 8 * 86_400)
        _ = try await namespaces.completeTransfers()
        _ = try await namespaces.checkDue()
        let operatorItself = try await registry.accounts.commandLinePrincipal(as: nil)
        _ = try await namespaces.all(plain, by: operatorItself)
        _ = try await namespaces.all(plain, name: "tinder", by: operatorItself)
        try await namespaces.withdraw(plain, name: "tinder", by: dave)
        let range = try #require(NameRange(inside: "tinder", separator: UInt8(ascii: "-")))
        let other = try await registry.driver.read { connection -> String? in
            let projects = ProjectStore(connection)
            let isOwned = try projects.owns(bob.userID, in: range, of: plain)
            return try projects.exists(in: range, of: plain) && isOwned
                ? projects.foreign(to: dave.userID, in: range, of: plain) : nil
        }
        #expect(other == "tinder-box")
    }

    /// What is written in few places.
    private static func notes(_ registry: TestRegistry, _ project: Project) async throws {
        let repository = SourceRepository(key: "example.org/oil", address: "https://example.org/oil")
        try await registry.driver.write { connection in
            try RepositoryStore(connection).note([repository], projectID: project.id, at: project.createdAt)
            let pins = SourcePinStore(connection)
            try pins.pin(project.id, to: SourcePin(key: "h.example/a/b", address: "h"), at: project.createdAt)
            _ = try pins.due(at: project.createdAt, limit: 1)
            try pins.postpone(project.id, until: project.createdAt)
            try pins.miss(project.id, at: project.createdAt, next: project.createdAt)
            try pins.identify(project.id, as: "7", at: project.createdAt, next: project.createdAt)
            try pins.clear(project.id)
        }
    }

    /// What is asked in few places or by few.
    private static func stores(_ registry: TestRegistry, _ project: Project, _ release: Release) async throws {
        try await registry.driver.read { connection in
            _ = try DownloadStore(connection).total(projectID: project.id)
            _ = try ProjectStore(connection).find(id: project.id)
            _ = try ProjectStore(connection).countCreated(by: 1, since: project.createdAt, limit: 20)
            _ = try FileStore(connection).files(releaseID: release.id)
            _ = try EventStore(connection).find(1)
            _ = try SearchIndex(connection).missing(limit: 1)
            _ = try RepositoryStore(connection).list(projectID: project.id, limit: 1)
            _ = try RepositoryStore(connection).projects(plain, naming: "example.org/oil", limit: 1)
            let blobs = BlobReferenceStore(connection)
            _ = try blobs.list(after: nil, removedBefore: project.createdAt, limit: 10)
        }
    }

    private static func search(_ registry: TestRegistry, _ root: Principal) async throws {
        // So many that not all of them are compared.
        try await registry.driver.write { connection in
            for id in Int64(1)...250 {
                try SearchIndex(connection).put(
                    SearchEntry(
                        projectID: id, name: "lantern-\(id)", nameKey: "lantern-\(id)", summary: "", keywords: [],
                        ecosystem: plain, visibility: .public, members: []))
            }
        }
        for text in ["lantern", "about", "lantren"] {
            for ecosystem in [plain, nil] {
                _ = try await registry.catalog.search(SearchQuery(text: text, ecosystem: ecosystem), for: .anonymous)
                _ = try await registry.catalog.search(
                    SearchQuery(text: text, ecosystem: ecosystem), for: .principal(root))
            }
        }
    }

    /// A handler that cannot do its work.
    private struct Failing: OutboxHandler {
        func handle(_ event: Event) async throws { throw Problem(.unavailable, "Not now.") }
    }
}
