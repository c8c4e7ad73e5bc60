import Formats
import Persistence
package import RegistryModel

extension Lifecycle {
    /// Says which source repository a project comes from, and lets it take releases again; nil leaves it to the next release.
    ///
    /// For owners: a token that may only publish cannot do it.
    /// - Throws: `Problem` with ``Problem/Code/notSupported`` where the ecosystem holds no project to a repository,
    ///   ``Problem/Code/badRequest`` for an address that names none.
    package func setSource(
        _ ecosystem: EcosystemID, name: String, address: String?, by principal: Principal
    ) async throws {
        let format = try core.format(ecosystem)
        let pin = try address.map { address in
            guard let pin = format.sourcePin(address) else {
                throw Problem(.badRequest, "'\(address.prefix(200))' is not the address of a source repository here.")
            }
            return pin
        }
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            let store = SourcePinStore(scope.connection)
            if let pin {
                try store.pin(scope.project.id, to: pin, at: scope.at)
            } else {
                try store.clear(scope.project.id)
            }
            try scope.finish("project.source", [("source", pin.map { .string($0.address) } ?? .null)])
        }
    }
}
