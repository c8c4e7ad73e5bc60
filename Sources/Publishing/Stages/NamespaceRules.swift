import Formats
import Persistence
import RegistryModel

/// Who may create a project in the namespaces that its name lies in.
struct NamespaceRules: Sendable {
    let core: RegistryCore
    let format: any PackageFormat
    let principal: Principal
    let name: ProjectName

    /// Refuses whoever may not.
    /// - Throws: ``Problem/Code/namespaceTaken``, ``Problem/Code/namespaceUnverified``.
    func check(_ connection: any SQLConnection) throws {
        let keys = format.namespaceKeys(of: name.key)
        let namespaces = NamespaceStore(connection)
        let around = try namespaces.effective(format.ecosystem, keys: keys)
        guard let nearest = keys.lazy.compactMap({ key in around.first { $0.key == key } }).first else {
            return try checkUnclaimed(keys.first, connection)
        }
        // A role on any of the namespaces around it is enough: those inside inherit it.
        guard try namespaces.role(ids: around.map(\.id), userID: principal.userID) == nil else { return }
        throw Problem(
            .namespaceTaken,
            "'\(name.display)' lies in the namespace '\(nearest.name)' of \(nearest.owner). Ask for a role on it, or choose "
                + "a name outside it.")
    }

    /// Whether a name may be created in a namespace that is nobody's: by the owners of what is there already.
    private func checkUnclaimed(_ key: String?, _ connection: any SQLConnection) throws {
        guard !principal.isAdministrator, let key, format.namespaceKind != .prefix,
            let range = NameRange(inside: key, of: name.key)
        else { return }
        guard core.limits.unclaimedNamespaces == .firstCome else {
            throw Problem(
                .namespaceUnverified,
                "'\(name.display)' lies in the namespace '\(key)', which nobody has verified. Claim and verify it first."
            )
        }
        let projects = ProjectStore(connection)
        guard try projects.exists(in: range, of: format.ecosystem),
            try !projects.owns(principal.userID, in: range, of: format.ecosystem)
        else { return }
        throw Problem(
            .namespaceTaken,
            "'\(name.display)' lies in the namespace '\(key)', in which others have published first. Ask one of them, or "
                + "verify that the namespace is yours.")
    }
}
