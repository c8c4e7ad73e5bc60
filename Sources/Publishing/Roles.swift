import Formats
import Persistence
import RegistryModel

/// Roles on a project: its own, and those on the namespaces it lies in.
struct Roles {
    let core: RegistryCore
    let connection: any SQLConnection

    /// The principal's highest role.
    func role(_ project: Project, _ principal: Principal) throws -> Role? {
        let own = try ProjectStore(connection).role(project.id, userID: principal.userID)
        if own == .owner { return own }
        guard let format = core.formats[project.ecosystem] else { return own }
        let inherited = try NamespaceStore(connection).role(
            project.ecosystem, keys: format.namespaceKeys(of: project.name.key), userID: principal.userID)
        return inherited == .owner ? .owner : own ?? inherited
    }
}
