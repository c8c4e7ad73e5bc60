import Archives
import Formats
import HTTPSupport
import HTTPTypes
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
    /// - Returns: What was published, staged or tried.
    /// - Throws: ``MavenRefusal`` with everything that is wrong, or `Problem`.
    func complete(_ deployment: Deployment, by principal: Principal) async throws -> Receipt {
        let faults = try await faults(of: deployment, by: principal)
        guard faults.isEmpty else {
            try await fail(deployment)
            throw MavenRefusal(subject: "\(deployment.name) \(deployment.version.display)", faults: faults)
        }
        return try await finish(deployment, by: principal)
    }

    /// Publishes a deployment that was found good, unless it has changed since or somebody else is about to.
    func finish(_ deployment: Deployment, by principal: Principal) async throws -> Receipt {
        guard try await deployments.claim(deployment) else {
            throw Problem(.conflict, "Files of \(deployment.name) arrived while it was looked at. Deploy it again.")
        }
        let receipt: Receipt
        do {
            receipt = try await publish(deployment, by: principal)
        } catch let problem as Problem where problem.code.status.kind == .clientError {
            try await fail(deployment)
            throw problem
        } catch {
            // Open again, so that it is neither lost nor stuck: what was wrong may be gone at the next attempt.
            try await deployments.reopen(deployment)
            throw error
        }
        try await deployments.drop(deployment)
        return receipt
    }

    private func fail(_ deployment: Deployment) async throws {
        var refused = deployment
        refused.state = .failed
        try await deployments.update(refused)
    }

    private func publish(_ deployment: Deployment, by principal: Principal) async throws -> Receipt {
        let submission = try await submission(of: deployment)
        let grant = try await publishing.open(
            UploadHead(ecosystem: Maven.ecosystem, name: deployment.name), by: principal)
        let receipt = try await publishing.publish(submission, with: grant)
        if !receipt.isDryRun, receipt.staging == nil {
            try await retain(deployment.name, deployment.version.display)
        }
        return receipt
    }

    /// A deployment as a submission: the POM, which describes it, and the other files in the order of their names.
    func submission(of deployment: Deployment) async throws -> Submission {
        let files = try await deployments.files(deployment)
        let notes = MavenNotes(deployment.details)
        var received: [ReceivedFile] = []
        for file in files.filter({ $0.path.hasSuffix(".pom") }) + files.filter({ !$0.path.hasSuffix(".pom") }) {
            received.append(try await deployments.received(file, name: file.path))
        }
        return Submission(
            ecosystem: Maven.ecosystem, name: deployment.name, version: deployment.version.display, files: received,
            claim: .object([]), staging: notes.isStaged ? StagingWish() : nil, isDryRun: notes.isDryRun)
    }

    /// Everything that keeps a deployment from being published.
    func faults(of deployment: Deployment, by principal: Principal) async throws -> [String] {
        guard let coordinates = MavenCoordinates(name: deployment.name, version: deployment.version.display) else {
            return ["'\(deployment.name)' and '\(deployment.version.display)' are no coordinates."]
        }
        let submission = try await submission(of: deployment)
        let notes = MavenNotes(deployment.details)
        return try await MavenCheck(
            coordinates: coordinates, submission: submission, checksums: notes.checksums, generated: notes.generated,
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
