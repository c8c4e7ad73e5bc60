import Formats
import Persistence
package import RegistryModel

extension Catalog {
    /// The nearest namespace around a project that says something about it: verified or assigned, and the project was
    /// created under it or belongs to its owner.
    ///
    /// Nil where there is none: the name is then first come, and nobody vouches for who is behind it.
    package func namespace(of project: Project) async throws -> Namespace? {
        try await core.driver.read { try Roles(core: core, connection: $0).namespaces(of: project).first }
    }

    /// To whom a namespace goes, where that was accepted and has not taken effect.
    package func transfer(of namespace: Namespace) async throws -> NamespaceOffer? {
        let offer = try await core.driver.read { try NamespaceStore($0).offer(namespace.id) }
        return offer?.effectiveAt == nil ? nil : offer
    }

    /// Whether a project's name lies in something that could be verified.
    package func hasNamespace(_ project: Project) -> Bool {
        guard let format = core.formats[project.ecosystem], format.namespaceKind != .prefix else { return false }
        return !format.namespaceKeys(of: project.name.key).isEmpty
    }
}
