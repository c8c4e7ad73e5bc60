import Formats
import Persistence
import RegistryModel

/// Who may publish what under which name: asked at admission, and asked again inside the commit transaction, where the
/// answer counts.
struct PublishRules: Sendable {
    let core: RegistryCore
    let format: any PackageFormat
    let principal: Principal
    let name: ProjectName

    func existingProject(_ connection: any SQLConnection) throws -> Project? {
        try ProjectStore(connection).find(
            ProjectCoordinates(ecosystem: format.ecosystem, nameKey: name.key))
    }

    /// Whether the principal may publish to a project that exists.
    func check(_ project: Project, _ connection: any SQLConnection) throws {
        try principal.requireFreshFactor()
        guard try Roles(core: core, connection: connection).role(project, principal) != nil else {
            throw Problem(
                .notOwner,
                "\(principal.userName) is not an owner or maintainer of '\(project.name.display)'. Ask one of them.")
        }
        try ActingRules(core, connection, at: core.clock.now()).requirePublisher(principal, of: project)
        switch project.status {
        case .active, .deprecated: break
        case .archived:
            throw Problem(
                .projectArchived, "'\(project.name.display)' is archived and takes no uploads. An owner can reopen it.")
        case .quarantined:
            throw Problem(
                .projectQuarantined, "'\(project.name.display)' is quarantined by the registry and takes no uploads.")
        }
        if !format.acceptsOtherSpellings, project.name.display != name.display {
            throw Problem(
                .nameConfusable,
                "'\(name.display)' is the same name as the existing '\(project.name.display)'. Publish under that spelling."
            )
        }
    }

    /// Whether the principal may create the project.
    func checkNewProject(_ connection: any SQLConnection) throws {
        try principal.requireFreshFactor()
        try PublisherRights(connection: connection, principal: principal, now: core.clock.now())
            .requirePending(name, format.ecosystem)
        let projects = ProjectStore(connection)
        try ActingRules(core, connection, at: core.clock.now()).requirePerson(principal)
        try NamespaceRules(core: core, format: format, principal: principal, name: name).check(connection)
        if !principal.isAdministrator,
            let other = try projects.findConfusable(ecosystem: format.ecosystem, confusable: name.confusable)
        {
            throw Problem(
                .nameConfusable,
                "'\(name.display)' is too much like the existing '\(other.name.display)'. Choose another name.")
        }
        guard principal.kind != .operatorToken, principal.kind != .commandLine else { return }
        let since = core.clock.now().advanced(bySeconds: -86_400)
        let limit = core.limits.projectsPerDay
        guard try projects.countCreated(by: principal.userID, since: since, limit: limit) < limit else {
            throw Problem(
                .projectLimit,
                "\(principal.userName) has created \(core.limits.projectsPerDay) projects within a day. Try again tomorrow."
            )
        }
    }
}
