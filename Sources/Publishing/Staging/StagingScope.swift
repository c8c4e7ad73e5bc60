import Persistence
import RegistryModel

/// What one person does with stagings inside one transaction.
struct StagingScope {
    let core: RegistryCore
    let connection: any SQLConnection
    let principal: Principal

    static var notFound: Problem { Problem(.notFound, "There is no such staging here.") }

    /// A staging that the principal may see.
    func find(_ key: String) throws -> Staging {
        guard let staging = try StagingStore(connection).find(key: key.lowercased()), try maySee(staging) else {
            throw Self.notFound
        }
        return staging
    }

    /// Whether the principal made it, has a role on a project in it, or administers the instance, and its token covers it.
    ///
    /// One with nothing in it, because all of it was refused or is there already, is told to whoever sent it and knows its
    /// key, also where their token may publish a single project.
    func maySee(_ staging: Staging, knowingKey: Bool = true) throws -> Bool {
        let projects = try projects(of: staging)
        let isOwn =
            knowingKey && staging.creatorID == principal.userID
            && principal.mayUseSomewhere(.publish, ecosystem: staging.ecosystem)
        let isCovered =
            projects.isEmpty
            ? isOwn || principal.mayUse(.read, ecosystem: staging.ecosystem, nameKey: nil)
            : projects.allSatisfy {
                principal.mayUse(.read, ecosystem: staging.ecosystem, nameKey: $0.name.key)
                    || principal.mayUse(.publish, ecosystem: staging.ecosystem, nameKey: $0.name.key)
            }
        guard isCovered else { return false }
        if principal.readsEverything || staging.creatorID == principal.userID { return true }
        return try projects.contains { try Roles(core: core, connection: connection).role($0, principal) != nil }
    }

    /// A staging that waits, where the principal may publish every project in it.
    func waiting(_ key: String) throws -> Staging {
        try principal.requireFreshFactor()
        let staging = try find(key)
        guard staging.state == .staged else {
            throw Problem(.conflict, "This staging is \(staging.state.rawValue), so that it cannot be changed.")
        }
        for project in try projects(of: staging) {
            guard principal.mayUse(.publish, ecosystem: project.ecosystem, nameKey: project.name.key) else {
                throw Problem(
                    .insufficientScope, "This token of \(principal.userName) does not cover 'publish' here.")
            }
            let role = try Roles(core: core, connection: connection).role(project, principal)
            guard role != nil || principal.isAdministrator else {
                throw Problem(
                    .notOwner,
                    "\(principal.userName) is not an owner or maintainer of '\(project.name.display)'. Ask one of them."
                )
            }
            try ActingRules(core, connection, at: core.clock.now()).requirePublisher(principal, of: project)
        }
        return staging
    }

    /// Whether its creator may not be the one who releases it: by the policy when it was staged, and by today's.
    func needsSecondPerson(_ staging: Staging) throws -> Bool {
        if staging.needsSecondPerson { return true }
        return try projects(of: staging).contains {
            try StagingRules.policy($0, core, connection) == .secondPerson
        }
    }

    /// Makes the releases visible, and the staging final.
    /// - Returns: The projects that changed.
    func release(_ staging: Staging, at now: Timestamp) throws -> [Project] {
        var changed: [Project] = []
        for (projectID, release) in try StagingStore(connection).releases(staging.id) {
            guard let project = try ProjectStore(connection).find(id: projectID) else { continue }
            try checkStatus(project)
            let found = staging.report.releases.first {
                $0.project == project.name.display && $0.version == release.version.display
            }
            let holds = found?.holds ?? []
            try ReleaseStore(connection).release(release.id, holds.isEmpty ? .live : .held, at: now)
            for tag in found?.tags ?? [] where holds.isEmpty {
                try ProjectStore(connection).setTag(project.id, tag: tag, releaseID: release.id)
            }
            let change = ProjectChange(core: core, connection: connection, at: now)
            try change.finish(project, published: try ReleaseStore(connection).summary(release.id))
            for file in try FileStore(connection).files(releaseID: release.id) {
                try change.record(
                    holds.isEmpty ? "file.published" : "file.held", project, by: principal,
                    [
                        ("version", .string(release.version.display)), ("file", .string(file.name)),
                        ("size", .integer(file.size)), ("sha256", .string(file.digests.sha256.hex)),
                        ("proofs", .strings(found?.proofs ?? [])), ("holds", .strings(holds)),
                        ("staging", .string(staging.key)), ("staged_by", .string(staging.creator)),
                    ])
            }
            changed.append(project)
        }
        try end(staging, .released, at: now)
        return changed
    }

    /// Forgets the releases, and projects that have no other, and makes the staging final.
    func drop(_ staging: Staging, _ state: StagingState, at now: Timestamp) throws {
        for (projectID, release) in try StagingStore(connection).releases(staging.id) {
            let bytes = try ReleaseStore(connection).erase(release.id)
            guard let project = try ProjectStore(connection).find(id: projectID) else { continue }
            try ProjectChange(core: core, connection: connection, at: now).record(
                "release.\(state.rawValue)", project, by: principal,
                [("version", .string(release.version.display)), ("staging", .string(staging.key))],
                visibility: .private)
            if try ReleaseStore(connection).exists(projectID: projectID) {
                try ProjectStore(connection).addStoredBytes(projectID, -bytes)
            } else {
                try ProjectStore(connection).erase(projectID)
            }
        }
        try end(staging, state, at: now)
    }

    /// Makes a staging final.
    func end(_ staging: Staging, _ state: StagingState, at now: Timestamp) throws {
        try StagingStore(connection).update(
            staging.id, state: state, needsSecondPerson: staging.needsSecondPerson, report: staging.report, at: now)
    }

    private func projects(of staging: Staging) throws -> [Project] {
        let ids = Set(try StagingStore(connection).releases(staging.id).map(\.projectID))
        return try ids.sorted().compactMap { try ProjectStore(connection).find(id: $0) }
    }

    private func checkStatus(_ project: Project) throws {
        guard project.status == .active || project.status == .deprecated else {
            throw Problem(
                project.status == .archived ? .projectArchived : .projectQuarantined,
                "'\(project.name.display)' is \(project.status.rawValue) and takes no releases.")
        }
    }
}
