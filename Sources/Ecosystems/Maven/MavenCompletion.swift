import Archives
import Formats
package import Publishing
import RegistryModel

/// Turns deployments into releases once all of their files are there and good.
package struct MavenCompletion: Sendable {
    let publishing: PublishingPipeline
    let catalog: Catalog
    let lifecycle: Lifecycle
    let policy: MavenPolicy

    /// Works with those use cases under that policy.
    package init(
        publishing: PublishingPipeline, catalog: Catalog, lifecycle: Lifecycle, policy: MavenPolicy = MavenPolicy()
    ) {
        self.publishing = publishing
        self.catalog = catalog
        self.lifecycle = lifecycle
        self.policy = policy
    }

    var deployments: Deployments { publishing.deployments }

    /// Publishes a deployment of single files.
    ///
    /// What was not good enough is forgotten with the next file that is sent for it.
    /// - Throws: ``MavenRefusal`` with everything that is wrong, or `Problem`.
    func complete(_ deployment: Deployment, by principal: Principal) async throws {
        let faults = try await faults(of: deployment, by: principal)
        guard faults.isEmpty else {
            var refused = deployment
            refused.state = .failed
            try await deployments.update(refused)
            throw MavenRefusal(subject: "\(deployment.name) \(deployment.version.display)", faults: faults)
        }
        try await finish(deployment, by: principal)
    }

    /// Publishes a deployment that was found good, unless somebody else is about to.
    func finish(_ deployment: Deployment, by principal: Principal) async throws {
        guard try await deployments.claim(deployment, from: .open, to: .publishing) else { return }
        do {
            try await publish(deployment, by: principal)
        } catch {
            // Open again, so that it is neither lost nor stuck: what was wrong may be gone at the next attempt.
            _ = try await deployments.claim(deployment, from: .publishing, to: .open)
            throw error
        }
        try await deployments.drop(deployment)
    }

    private func publish(_ deployment: Deployment, by principal: Principal) async throws {
        let submission = try await submission(
            name: deployment.name, version: deployment.version.display, deployments.files(deployment))
        let grant = try await publishing.open(
            UploadHead(ecosystem: Maven.ecosystem, name: deployment.name), by: principal)
        _ = try await publishing.publish(submission, with: grant)
        try await retain(deployment.name, deployment.version.display)
    }

    /// The files of one release as a submission: the POM, which describes it, and the others in the order of their names.
    func submission(name: String, version: String, _ files: [DeploymentFile]) async throws -> Submission {
        var received: [ReceivedFile] = []
        let order = files.filter { $0.path.hasSuffix(".pom") } + files.filter { !$0.path.hasSuffix(".pom") }
        for file in order {
            let path = file.path.split(separator: "/").last.map(String.init) ?? file.path
            received.append(try await deployments.received(file, name: path))
        }
        return Submission(ecosystem: Maven.ecosystem, name: name, version: version, files: received, claim: .object([]))
    }

    /// Everything that keeps a deployment from being published.
    func faults(of deployment: Deployment, by principal: Principal) async throws -> [String] {
        let files = try await deployments.files(deployment)
        guard let coordinates = MavenCoordinates(name: deployment.name, version: deployment.version.display) else {
            return ["'\(deployment.name)' and '\(deployment.version.display)' are no coordinates."]
        }
        let submission = try await submission(name: deployment.name, version: deployment.version.display, files)
        return try await MavenCheck(
            coordinates: coordinates, submission: submission, notes: MavenNotes(deployment.details),
            demands: demands(on: coordinates), completion: self
        ).faults(by: principal)
    }

    /// What is asked of a release under these coordinates; of snapshots only that they are what they say.
    func demands(on coordinates: MavenCoordinates) async throws -> Set<MavenPolicy.Demand> {
        guard !coordinates.isSnapshot else { return [] }
        return try await deployments.isInNamespace(Maven.ecosystem, name: coordinates.name)
            ? policy.verified : policy.unclaimed
    }

    /// Takes builds of a snapshot off offer that are more than are kept, the oldest first.
    private func retain(_ name: String, _ version: String) async throws {
        guard MavenCoordinates.timestamped(version) != nil,
            let coordinates = MavenCoordinates(name: name, version: version)
        else { return }
        try await lifecycle.retire(Maven.ecosystem, name: name, reason: "snapshot retention") { history in
            MavenMetadata.builds(history, of: coordinates).dropLast(policy.snapshotsKept).map(\.release.version.display)
        }
    }
}
