import Formats
import Persistence
import RegistryModel

/// Roles on a project: those given on it, to people or to their teams, those of the owners of the organization that owns it,
/// and those on the namespaces it lies in.
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

    /// What a user's roles on namespaces reach, in one ecosystem or in all.
    func reaches(of userID: Int64, in ecosystem: EcosystemID?) throws -> [NamespaceReach] {
        try NamespaceStore(connection).list(reachingUserID: userID, limit: 10 * NamespaceReach.maximum)
            .filter { $0.isVerified && (ecosystem == nil || $0.ecosystem == ecosystem) }
            .prefix(NamespaceReach.maximum).compactMap { namespace in
                core.formats[namespace.ecosystem].map { reach(namespace, $0) }
            }
    }

    private func reach(_ namespace: Namespace, _ format: any PackageFormat) -> NamespaceReach {
        NamespaceReach(
            ecosystem: namespace.ecosystem, key: namespace.key,
            ranges: format.separators(inside: namespace.key).compactMap {
                NameRange(inside: namespace.key, separator: $0)
            },
            includesKey: format.namespaceKeys(of: namespace.key).contains(namespace.key), ownerID: namespace.ownerID,
            organizationID: namespace.organizationID, verifiedAt: namespace.verifiedAt)
    }

    /// The ids of everybody who owns a project, by whatever way, and whose account can be used.
    func ownerIDs(_ project: Project) throws -> [Int64] {
        let organizations = OrganizationStore(connection)
        var ids = Set(try ProjectStore(connection).ownerIDs(project.id))
        for held in try organizations.teams(ofProject: project.id) where held.role == .owner {
            ids.formUnion(try organizations.teamMembers(held.team.id).map(\.userID))
        }
        for namespace in try namespaces(of: project) { ids.formUnion(try ownerIDs(namespace)) }
        return ids.sorted()
    }

    /// The ids of everybody who owns a namespace.
    func ownerIDs(_ namespace: Namespace) throws -> [Int64] {
        let organizations = OrganizationStore(connection)
        var ids = Set(try NamespaceStore(connection).members(namespace.id).filter { $0.role == .owner }.map(\.userID))
        if let organization = namespace.organizationID {
            ids.formUnion(try organizations.ownerIDs(organization))
        } else {
            ids.insert(namespace.ownerID)
        }
        return ids.sorted()
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
            guard namespace.organizationID == nil else { return false }
            return try projects.ownRole(project.id, userID: namespace.ownerID) == .owner
        }
    }
}
