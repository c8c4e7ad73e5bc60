package import Accounts
import Formats
import Persistence
package import RegistryModel

extension Catalog {
    /// The source repository that a project is held to; nil where it is held to none.
    package func source(of project: Project) async throws -> HeldSource? {
        try await core.driver.read { try SourcePinStore($0).find(project.id) }
    }

    /// The source repositories that a project's releases name, the first to be named first.
    package func repositories(of project: Project, limit: Int) async throws -> [SourceRepository] {
        try await core.driver.read { try RepositoryStore($0).list(projectID: project.id, limit: limit) }
    }

    /// The projects that have named a source repository and lie in a namespace that is verified or assigned, the first to
    /// name it first, as far as the reader may see them.
    ///
    /// A project's own word for where it comes from would let anybody put theirs in the place of somebody else's.
    /// - Parameters:
    ///   - ecosystem: The ecosystem.
    ///   - key: ``SourceRepository/key``.
    ///   - reader: Who asks.
    /// - Returns: At most a hundred.
    /// - Throws: `Problem` where the instance does not serve the ecosystem.
    package func projects(
        _ ecosystem: EcosystemID, from key: String, for reader: Reader
    ) async throws -> [Project] {
        let format = try core.format(ecosystem)
        return try await core.driver.read { connection in
            let named = try RepositoryStore(connection).projects(ecosystem, naming: key, limit: 100)
            let open = try visible(named, to: reader, connection)
            return try open.filter { project in
                guard project.latestVersion != nil, project.status != .quarantined else { return false }
                let keys = format.namespaceKeys(of: project.name.key)
                return try !NamespaceStore(connection).effective(ecosystem, keys: keys).isEmpty
            }
        }
    }
}
