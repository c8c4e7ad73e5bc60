import Formats
import Persistence
import RegistryModel

/// Roles on a project: its own, and those on the namespaces it lies in.
struct Roles {
    let core: RegistryCore
    let connection: any SQLConnection

    /// The principal's highest role.
    func role(_ project: Project, _ principal: Principal) throws -> Role? {
        if principal.kind == .trustedPublisher {
            let rights = PublisherRights(connection: connection, principal: principal, now: core.clock.now())
            return try rights.publisher(of: project) == nil ? nil : .maintainer
        }
        let own = try ProjectStore(connection).role(project.id, userID: principal.userID)
        if own == .owner { return own }
        let inherited = try NamespaceStore(connection).role(
            ids: try namespaces(of: project).map(\.id), userID: principal.userID)
        return inherited == .owner ? .owner : own ?? inherited
    }

    /// The namespaces around a project that say something about it, the nearest first.
    func namespaces(of project: Project) throws -> [Namespace] {
        guard let format = core.formats[project.ecosystem] else { return [] }
        let keys = format.namespaceKeys(of: project.name.key)
        let around = try NamespaceStore(connection).effective(project.ecosystem, keys: keys)
        let sorted = keys.compactMap { key in around.first { $0.key == key } }
        let projects = ProjectStore(connection)
        return try sorted.filter { namespace in
            if namespace.covers(project, owners: []) { return true }
            return try projects.role(project.id, userID: namespace.ownerID) == .owner
        }
    }
}
