import Formats
import Persistence
import RegistryModel

/// Holds a project to the source repository that it named first (PACKAGIST-2).
///
/// Whoever takes an account or a token over publishes from elsewhere. A release that names another repository is refused,
/// and the project takes no further ones until an owner or the operator has said which repository is right. One that names
/// none is taken: most manifests do not.
struct SourcePinning: Sendable {
    let core: RegistryCore
    let format: any PackageFormat
    let manifest: Manifest
    let at: Timestamp

    init(_ core: RegistryCore, _ inspected: InspectedSubmission, at: Timestamp) {
        self.core = core
        format = inspected.admitted.format
        manifest = inspected.manifest
        self.at = at
    }

    /// Refuses a release that comes from elsewhere, and every release of a project that is frozen.
    func check(_ project: Project, _ connection: any SQLConnection) throws {
        guard let held = try SourcePinStore(connection).find(project.id) else { return }
        let pin = held.pin
        let name = project.name.display
        if held.isFrozen, let found = held.foundID {
            throw SourceIdentities.mismatch(name, pin, known: held.repositoryID ?? "", found: found)
        }
        if held.isFrozen {
            throw Problem(
                .sourceMismatch,
                "'\(name)' takes no releases: one named another source repository than \(pin.address). An owner has to "
                    + "confirm the repository first.")
        }
        guard let named = format.sourcePin(of: manifest), named.key != pin.key else { return }
        throw Problem(
            .sourceMismatch,
            "The release names the source repository \(Problem.excerpt(named.address)), but '\(name)' comes from "
                + "\(pin.address). It takes no releases until an owner has confirmed the repository.")
    }

    /// Notes the repository that a project names first.
    func note(_ project: Project, _ connection: any SQLConnection) throws {
        guard let named = format.sourcePin(of: manifest), try SourcePinStore(connection).find(project.id) == nil else {
            return
        }
        try SourcePinStore(connection).pin(project.id, to: named, at: at)
    }

    /// Freezes the project where the release comes from elsewhere.
    func freeze(_ name: ProjectName, by principal: Principal, _ connection: any SQLConnection) throws {
        let coordinates = ProjectCoordinates(ecosystem: format.ecosystem, nameKey: name.key)
        guard let named = format.sourcePin(of: manifest), let project = try ProjectStore(connection).find(coordinates),
            let held = try SourcePinStore(connection).find(project.id), !held.isFrozen, held.pin.key != named.key
        else { return }
        try SourceFreezing(core: core, connection: connection, project: project, at: at)
            .freeze(held, named: named, by: principal)
    }
}
