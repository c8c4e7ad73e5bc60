import Accounts
import Persistence
package import RegistryModel

extension Lifecycle {
    /// Removes a version under the written rule; administrators may go beyond it.
    ///
    /// What was public leaves a tombstone: neither the version nor its file names are ever used again. Its blobs stay
    /// until it can no longer be restored.
    package func remove(
        _ ecosystem: EcosystemID, name: String, version: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { [unpublishPolicy] scope in
            let release = try scope.release(version)
            guard release.state != .removed else { throw scope.gone(release) }
            try scope.checkRemoval(release, unpublishPolicy)
            try scope.remove(release.id)
            try scope.finish("release.removed", [("version", .string(release.version.display))])
        }
    }

    /// Removes all versions of a project under the same rule, all or none.
    ///
    /// The name stays with its owners.
    package func removeProject(_ ecosystem: EcosystemID, name: String, by principal: Principal) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { [unpublishPolicy] scope in
            let releases = try ReleaseStore(scope.connection).history(
                scope.project.id, states: [.live, .yanked, .held, .quarantined])
            guard !releases.isEmpty else {
                throw RegistryCore.notFound(scope.project.ecosystem, scope.project.name.display)
            }
            for release in releases { try scope.checkRemoval(release, unpublishPolicy) }
            for release in releases { try scope.remove(release.id) }
            try scope.finish(
                "project.removed", [("versions", .strings(releases.map(\.version.display)))])
        }
    }

    /// Takes versions off offer that a rule of the registry's own says are too many, as if an administrator removed them.
    ///
    /// `choose` names the versions, given what somebody who may see all of the project sees.
    package func retire(
        _ ecosystem: EcosystemID, name: String, reason: String,
        choose: @escaping @Sendable (ProjectHistory) -> [String]
    ) async throws {
        let registry = Principal(
            userID: 0, userName: "registry", isAdministrator: true, kind: .commandLine, tokenID: nil, scopes: [])
        let history = try await Catalog(core: core).history(ecosystem, name: name, for: .principal(registry))
        guard !choose(history).isEmpty else { return }
        try await change(ecosystem, name, action: .manage, by: registry) { scope in
            // Chosen again inside the transaction: another node may have done it meanwhile.
            let releases = try ReleaseStore(scope.connection).history(scope.project.id, states: [.live, .yanked])
            let tags = try ProjectStore(scope.connection).tags(scope.project.id)
            let versions = Set(
                choose(ProjectHistory(project: scope.project, releases: releases, tags: tags, members: [])))
            for release in releases where versions.contains(release.version.display) {
                try scope.remove(release.id)
                try scope.finish(
                    "release.removed",
                    [("version", .string(release.version.display)), ("reason", .string(reason))])
            }
        }
    }

    /// Puts a removed version back, within the time the policy gives.
    ///
    /// For administrators.
    package func restore(
        _ ecosystem: EcosystemID, name: String, version: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { [unpublishPolicy] scope in
            guard principal.isAdministrator else {
                throw Problem(.forbidden, "Only an administrator may restore a removed version.")
            }
            let release = try scope.release(version)
            guard release.state == .removed,
                let removedAt = try ReleaseStore(scope.connection).stateChangedAt(release.id)
            else { throw scope.notYankable(release) }
            guard scope.at <= removedAt.advanced(bySeconds: unpublishPolicy.restoreDays * 86_400) else {
                throw Problem(
                    .conflict, "It was removed more than \(unpublishPolicy.restoreDays) days ago and cannot come back.")
            }
            try ReleaseStore(scope.connection).restore(release.id, at: scope.at)
            try FileStore(scope.connection).setRemoved(releaseID: release.id, false)
            try scope.finish("release.restored", [("version", .string(release.version.display))])
        }
    }
}

extension ChangeScope {
    func gone(_ release: Release) -> Problem {
        Problem(.notFound, "\(project.name.display) \(release.version.display) has been removed already.")
    }

    func checkRemoval(_ release: Release, _ policy: UnpublishPolicy) throws {
        if principal.isAdministrator { return }
        try policy.check(
            "\(project.name.display) \(release.version.display)", publishedAt: release.publishedAt,
            downloads: try DownloadStore(connection).total(releaseID: release.id),
            hasDependents: try ProjectStore(connection).hasDependents(project), now: at)
    }

    func remove(_ releaseID: Int64) throws {
        try ReleaseStore(connection).remove(releaseID, at: at)
        try FileStore(connection).setRemoved(releaseID: releaseID, true)
    }
}
