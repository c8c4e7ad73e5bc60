import Formats
import Persistence
import RegistryModel

/// One change of one project inside its transaction.
struct ChangeScope {
    let core: RegistryCore
    let connection: any SQLConnection
    let project: Project
    let format: any PackageFormat
    let principal: Principal
    let at: Timestamp

    /// Whether the principal's role and its token's scope allow the action, and enough was proven for it.
    ///
    /// Somebody who may not even see the project is told that there is none. Moderators may do it where `isModerated`, and
    /// `isOwn` says that it is the principal's own to do: to leave.
    func authorize(_ action: Action, isModerated: Bool = false, isOwn: Bool = false) throws {
        if principal.kind == .commandLine { return }
        if action != .read { try principal.requireFreshFactor() }
        let role = try Roles(core: core, connection: connection).role(project, principal)
        guard role != nil || project.visibility != .private || principal.readsEverything else {
            throw RegistryCore.notFound(project.ecosystem, project.name.display)
        }
        guard principal.mayUse(action, ecosystem: project.ecosystem, nameKey: project.name.key) else {
            throw Problem(
                .insufficientScope, "This token of \(principal.userName) does not cover '\(action.rawValue)' here.")
        }
        let isAllowed =
            switch action {
            case .read: true
            case .publish: role != nil
            case .yank: role != nil || principal.moderates
            case .manage: role == .owner || isOwn || isModerated && principal.moderates
            }
        guard isAllowed || principal.isAdministrator else {
            let needed = action == .manage ? "an owner" : "an owner or maintainer"
            throw Problem(.notOwner, "\(principal.userName) is not \(needed) of '\(project.name.display)'.")
        }
        guard action != .read, !isOwn else { return }
        let rules = ActingRules(core, connection, at: at)
        if action == .publish {
            try rules.requirePublisher(principal, of: project)
        } else {
            try rules.requireActor(principal, on: project)
        }
    }

    /// The release of that version, in whatever state but one that only its staging can change.
    func release(_ version: String) throws -> Release {
        let label = "\(project.name.display) has no version '\(version.prefix(100))'."
        guard let key = try? format.version(version).key,
            let release = try ReleaseStore(connection).find(project.id, versionKey: key),
            release.state != .dropped, release.state != .staged
        else { throw Problem(.notFound, label) }
        return release
    }

    func notYankable(_ release: Release) -> Problem {
        Problem(.conflict, "\(project.name.display) \(release.version.display) is \(release.state.rawValue).")
    }

    /// Ends the change: revision, lists, search, announcement and event.
    func finish(_ kind: String, _ details: [(String, JSONValue)]) throws {
        let change = ProjectChange(core: core, connection: connection, at: at)
        try change.finish(project)
        try change.record(kind, project, by: principal, details)
    }
}
