import Accounts
import Blobs
import Formats
import Persistence
package import RegistryModel

extension Deployments {
    /// What is already published at a place.
    package enum Existing: Sendable {
        /// Nothing.
        case nothing
        /// That very file.
        case file(FileDigests)
        /// The release, without that file; or one whose coordinates are never used again.
        case taken(Problem)
    }

    /// Looks whether a release has a file, in whatever state it is.
    package func existing(_ place: Place, file name: String) async throws -> Existing {
        let format = try core.format(place.ecosystem)
        let coordinates = try core.coordinates(place.ecosystem, place.name)
        let version = try format.version(place.version)
        let label = "\(place.name) \(place.version)"
        return try await core.driver.read { connection in
            guard let project = try ProjectStore(connection).find(coordinates),
                let release = try ReleaseStore(connection).find(project.id, versionKey: version.key),
                release.state != .dropped
            else { return .nothing }
            guard release.state != .removed else {
                return .taken(
                    Problem(
                        .versionRemoved,
                        "\(label) was removed from this registry; a removed version is never used again."))
            }
            if let (file, releaseID) = try FileStore(connection).find(project.id, nameKey: name.lowercased()),
                releaseID == release.id, file.name == name
            {
                return .file(file.digests)
            }
            return .taken(
                Problem(.versionExists, "\(label) is already published and takes no more files. Use a new version."))
        }
    }

    /// A deployment's files.
    package func files(_ deployment: Deployment) async throws -> [DeploymentFile] {
        try await core.driver.read { try DeploymentStore($0).files(deployment.id) }
    }

    /// A file as publishing takes it.
    package func received(_ file: DeploymentFile, name: String) async throws -> ReceivedFile {
        let source = try await content(file)
        return ReceivedFile(
            name: name, digests: file.digests, content: KeptContent(file.digests.sha256, source))
    }

    /// A file's content.
    package func content(_ file: DeploymentFile) async throws -> any ByteSource {
        do {
            return try await core.blobs.openForPublish(file.digests.sha256, size: file.size)
        } catch let fault as BlobFault {
            throw Catalog.damaged(diagnostic: "\(fault)")
        } catch let fault as DiskFault {
            throw Problem(reading: fault)
        }
    }

    /// Takes a deployment to publish it, for one of several that try at once.
    /// - Returns: Whether it was open and had not changed since it was read.
    package func claim(_ deployment: Deployment) async throws -> Bool {
        let now = core.clock.now()
        return try await core.driver.write { connection in
            let store = DeploymentStore(connection)
            guard let row = try store.find(deployment.id), row.updatedAt == deployment.updatedAt else { return false }
            return try store.claim(row.id, from: .open, to: .publishing, at: now)
        }
    }

    /// Gives a deployment that was taken back.
    package func reopen(_ deployment: Deployment) async throws {
        let now = core.clock.now()
        try await core.driver.write {
            _ = try DeploymentStore($0).claim(deployment.id, from: .publishing, to: .open, at: now)
        }
    }

    /// Writes a deployment's state and details.
    package func update(_ deployment: Deployment) async throws {
        var changed = deployment
        changed.updatedAt = core.clock.now()
        let row = changed
        try await core.driver.write { try DeploymentStore($0).update(row) }
    }

    /// Writes a deployment's details unless it has changed since; it does not count as touched.
    package func annotate(_ deployment: Deployment, _ details: JSONValue) async throws {
        try await core.driver.write { connection in
            guard var row = try DeploymentStore(connection).find(deployment.id), row.updatedAt == deployment.updatedAt
            else { return }
            row.details = details
            try DeploymentStore(connection).update(row)
        }
    }

    /// Forgets a deployment; its blobs go when nothing else needs them.
    package func drop(_ deployment: Deployment) async throws {
        try await core.driver.write { try DeploymentStore($0).remove(deployment.id) }
    }

    /// Deployments of an ecosystem in a state that nobody has touched for so many seconds.
    package func idle(
        _ ecosystem: EcosystemID, _ state: Deployment.State, seconds: Int64, limit: Int = 100
    ) async throws -> [Deployment] {
        let time = core.clock.now().advanced(bySeconds: -seconds)
        return try await core.driver.read { try DeploymentStore($0).idle(state, since: time, limit: limit) }
            .filter { $0.ecosystem == ecosystem }
    }

    /// The time by which deployments age.
    package var now: Timestamp { core.clock.now() }

    /// Whoever sent a deployment, if the credential it was sent with still holds.
    package func sender(of deployment: Deployment) async throws -> Principal? {
        let now = core.clock.now()
        return try await core.driver.read { connection in
            guard let tokenID = deployment.tokenID, let token = try TokenStore(connection).find(id: tokenID),
                token.userID == deployment.userID, token.revokedAt == nil, token.expiresAt > now,
                let user = try UserStore(connection).find(id: token.userID), Accounts.mayAct(user, with: token)
            else { return nil }
            return Accounts.principal(token, user)
        }
    }

    /// Whether it is known who owns a namespace that a name lies in: it is verified, or the operator assigned it.
    package func isInNamespace(_ ecosystem: EcosystemID, name: String) async throws -> Bool {
        let format = try core.format(ecosystem)
        let keys = format.namespaceKeys(of: try core.coordinates(ecosystem, name).nameKey)
        return try await core.driver.read { try !NamespaceStore($0).effective(ecosystem, keys: keys).isEmpty }
    }
}
