import Publishing
import RegistryModel

extension MavenCompletion {
    /// What a look at the deployments did.
    package struct Sweep: Hashable, Sendable {
        /// Complete ones whose client never said that it was done.
        package var published = 0
        /// Ones that never became complete.
        package var dropped = 0
        /// Why complete ones could not be published.
        package var problems: [String] = []

        /// Begins with nothing done.
        package init() {}
    }

    /// How long a complete deployment is left alone, and for how long an incomplete one is kept.
    package static let idleSeconds: Int64 = 60
    package static let keptSeconds: Int64 = 3600
    /// How long publishing may take before it is taken for lost with the process that did it.
    ///
    /// Until then its sender is told to wait. Where it was only slow, the second attempt finds the same bytes published.
    package static let publishingSeconds: Int64 = 60

    /// Publishes what is complete and idle, and forgets what never got there.
    ///
    /// Safe on several nodes at once: each deployment is claimed in the database.
    package func sweep() async throws -> Sweep {
        var sweep = Sweep()
        for lost in try await deployments.idle(Maven.ecosystem, .publishing, seconds: Self.publishingSeconds) {
            try await deployments.reopen(lost)
        }
        for deployment in try await deployments.idle(Maven.ecosystem, .open, seconds: Self.idleSeconds) {
            let age = deployments.now.seconds - deployment.updatedAt.seconds
            switch try await publishIfComplete(deployment, &sweep) {
            case true?: sweep.published += 1
            case false? where age >= Self.keptSeconds:
                try await deployments.drop(deployment)
                sweep.dropped += 1
            default: break
            }
        }
        for refused in try await deployments.idle(Maven.ecosystem, .failed, seconds: Self.keptSeconds) {
            try await deployments.drop(refused)
            sweep.dropped += 1
        }
        return sweep
    }

    /// Whether it was published; nil where that cannot be known before a later sweep.
    private func publishIfComplete(_ deployment: Deployment, _ sweep: inout Sweep) async throws -> Bool? {
        let noted = MavenNotes(deployment.details)
        guard !noted.isExamined(deployment.updatedAt), !noted.isDryRun else { return false }
        if let principal = try await deployments.sender(of: deployment) {
            do {
                if try await faults(of: deployment, by: principal).isEmpty {
                    _ = try await finish(deployment, by: principal)
                    return true
                }
            } catch let problem as Problem {
                sweep.problems.append("\(deployment.name) \(deployment.version.display): \(problem.detail)")
                if problem.isTemporary { return nil }
            }
        }
        // Not looked at again before it changes.
        var notes = MavenNotes(deployment.details)
        notes.examined = deployment.updatedAt
        try await deployments.annotate(deployment, notes.json)
        return false
    }
}
