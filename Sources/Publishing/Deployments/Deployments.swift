import Blobs
import Formats
import Persistence
package import RegistryModel

/// Files that arrive in several requests and become releases together.
///
/// The state is in the database and the content among the blobs, so that any node can go on with what another began, and a
/// restart loses nothing that was acknowledged. Nothing of it is visible before the releases are.
package struct Deployments: Sendable {
    let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// The most files of one deployment.
    package static let maximumFiles = 1_000
    /// The most deployments that one user may have at once.
    package static let maximumDeployments: Int64 = 500

    /// Which deployment a file belongs to.
    package struct Place: Hashable, Sendable {
        package let ecosystem: EcosystemID
        package let name: String
        package let version: String

        /// Collects the coordinates.
        package init(ecosystem: EcosystemID, name: String, version: String) {
            self.ecosystem = ecosystem
            self.name = name
            self.version = version
        }
    }

    /// The deployment that takes files for a place; nil where there is none.
    package func open(_ place: Place, by principal: Principal) async throws -> Deployment? {
        let key = try keys(of: place)
        return try await core.driver.read { try Self.find(key, principal, $0) }.flatMap { $0.state == .open ? $0 : nil }
    }

    /// Those of a project that still take files, oldest first.
    package func open(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> [Deployment] {
        let key = try core.coordinates(ecosystem, name).nameKey
        return try await core.driver.read { connection in
            try DeploymentStore(connection).list(userID: principal.userID, ecosystem: ecosystem, nameKey: key)
                .filter { $0.state == .open }
        }
    }

    /// The forms under which a place is found.
    private struct Key: Sendable {
        let place: Place
        let name: String
        let version: ReleaseVersion
    }

    private func keys(of place: Place) throws -> Key {
        Key(
            place: place, name: try core.coordinates(place.ecosystem, place.name).nameKey,
            version: try core.format(place.ecosystem).version(place.version))
    }

    /// Notes that a file is on its way, so that a long upload does not look like an idle deployment.
    ///
    /// Writes at most once in ten seconds and deployment.
    package func touch(_ place: Place, by principal: Principal) async throws {
        let now = core.clock.now()
        guard let known = try await open(place, by: principal), known.updatedAt.advanced(bySeconds: 10) < now else {
            return
        }
        try await core.driver.write { try DeploymentStore($0).touch(known.id, at: now) }
    }

    /// Keeps a file and puts it into its deployment, which begins with its first file.
    ///
    /// A deployment that was refused begins anew. Returns once it would survive a power failure. What `change` makes of the
    /// deployment's details is noted with the file; it may run more than once. Throws ``Problem/Code/tooLarge`` and
    /// ``Problem/Code/quotaExceeded``.
    package func receive(
        _ file: ReceivedFile, as path: String, into place: Place, by principal: Principal,
        change: @escaping @Sendable (JSONValue) -> JSONValue = { $0 }
    ) async throws {
        let content = try Self.spooled(file)
        let keeping = ContentKeeping(core: core)
        try await keeping.store([content])
        let row = DeploymentFile(
            path: path, size: Int64(content.length), digests: file.digests, receivedAt: core.clock.now())
        try await update(place, by: principal) { [core] deployment, connection in
            let store = DeploymentStore(connection)
            let others = try store.files(deployment.id).filter { $0.path != path }
            guard others.count < Self.maximumFiles else {
                throw Problem(.quotaExceeded, "A deployment has at most \(Self.maximumFiles) files.")
            }
            guard others.reduce(row.size, { $0 + $1.size }) <= core.limits.projectBytes else {
                throw Problem(.tooLarge, "A deployment has at most \(core.limits.projectBytes) bytes.")
            }
            try FileStore(connection).insertBlob(row.digests.sha256, size: row.size, at: row.receivedAt)
            try store.put(row, into: deployment.id)
            deployment.details = change(deployment.details)
        }
        try await keeping.confirm([content])
    }

    /// Notes something about a deployment, which begins with it if there is none.
    package func note(
        in place: Place, by principal: Principal, change: @escaping @Sendable (JSONValue) -> JSONValue
    ) async throws {
        try await update(place, by: principal) { deployment, _ in deployment.details = change(deployment.details) }
    }

    private func update(
        _ place: Place, by principal: Principal,
        _ body: @escaping @Sendable (inout Deployment, any SQLConnection) throws -> Void
    ) async throws {
        let now = core.clock.now()
        let key = try keys(of: place)
        try await core.driver.write { [core] connection in
            let store = DeploymentStore(connection)
            var deployment = Deployment(
                id: core.ids.next(), userID: principal.userID, principalKind: principal.kind,
                tokenID: principal.tokenID, ecosystem: place.ecosystem, name: place.name, nameKey: key.name,
                version: key.version, state: .open, createdAt: now, updatedAt: now)
            let known = try Self.find(key, principal, connection)
            switch known?.state {
            case .open:
                deployment = known ?? deployment
            case .publishing:
                throw Problem(
                    .conflict, "\(place.name) \(place.version) is being published at this moment and takes no files.")
            case .failed, nil:
                if let known { try store.remove(known.id) }
                guard try store.count(userID: principal.userID) < Self.maximumDeployments else {
                    throw Problem(
                        .quotaExceeded,
                        "\(principal.userName) has begun \(Self.maximumDeployments) deployments and completed none of them."
                    )
                }
                try store.insert(deployment)
            }
            // The credential of the last request is the one that a publish in its name would use.
            deployment.principalKind = principal.kind
            deployment.tokenID = principal.tokenID
            try body(&deployment, connection)
            deployment.updatedAt = now
            try store.update(deployment)
        }
    }

    private static func find(
        _ key: Key, _ principal: Principal, _ connection: any SQLConnection
    ) throws -> Deployment? {
        try DeploymentStore(connection)
            .list(userID: principal.userID, ecosystem: key.place.ecosystem, nameKey: key.name)
            .first { $0.version.key == key.version.key }
    }

    static func spooled(_ file: ReceivedFile) throws(Problem) -> SpooledContent {
        guard let content = file.content as? SpooledContent else {
            throw Problem(.internalError, "The upload could not be stored.", diagnostic: "content is not spooled")
        }
        return content
    }
}
