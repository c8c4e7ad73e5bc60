import Formats
import Persistence
package import RegistryModel

extension Namespaces {
    /// Gives a namespace to somebody: the operator vouches, and no proof is asked for.
    /// - Throws: ``Problem/Code/namespaceTaken`` where it is somebody else's; it has to be revoked first.
    package func assign(
        _ ecosystem: EcosystemID, name raw: String, owner: String, by principal: Principal
    ) async throws -> Namespace {
        try Self.requireOperator(principal)
        let name = try core.format(ecosystem).namespace(raw)
        let at = core.clock.now()
        let challenge = makeChallenge()
        return try await write(principal, at) { [core] scope in
            let person = try scope.person(owner)
            if let other = try scope.effective(ecosystem, name.key), other.ownerID != person.id {
                throw Problem(
                    .namespaceTaken, "'\(other.name)' is \(other.owner)'s (\(other.state.rawValue)). Revoke that first."
                )
            }
            let existing = try scope.store.find(ecosystem, key: name.key, ownerID: person.id)
            var namespace =
                existing
                ?? Namespace(
                    id: core.ids.next(), ecosystem: ecosystem, name: name.display, key: name.key, ownerID: person.id,
                    owner: person.name, state: .assigned, challenge: challenge, createdAt: at)
            namespace.verifiedAt = namespace.isVerified ? namespace.verifiedAt ?? at : at
            namespace.state = .assigned
            namespace.method = nil
            namespace.target = nil
            namespace.dnssec = nil
            namespace.nextCheckAt = nil
            namespace.failingSince = nil
            namespace.lastError = nil
            if existing == nil { try scope.store.insert(namespace) } else { try scope.store.update(namespace) }
            try scope.store.setMember(namespace.id, userID: person.id, role: .owner, at: at)
            try scope.record("namespace.assigned", namespace)
            return namespace
        }
    }

    /// Takes a namespace away from whoever has it; names in it stay with their projects.
    package func revoke(_ ecosystem: EcosystemID, name raw: String, by principal: Principal) async throws -> Namespace {
        try Self.requireOperator(principal)
        let name = try core.format(ecosystem).namespace(raw)
        return try await write(principal, core.clock.now()) { scope in
            guard let namespace = try scope.effective(ecosystem, name.key) else {
                throw Problem(.notFound, "Nobody has the namespace '\(name.display)'.")
            }
            try scope.store.delete(namespace.id)
            try scope.record("namespace.revoked", namespace)
            return namespace
        }
    }

    /// All that is claimed or owned in an ecosystem, by key, from `key` on.
    package func all(
        _ ecosystem: EcosystemID, after key: String = "", limit: Int = 1000, by principal: Principal
    ) async throws -> [Namespace] {
        try Self.requireOverseer(principal)
        _ = try core.format(ecosystem)
        return try await core.driver.read { try NamespaceStore($0).list(ecosystem, after: key, limit: limit) }
    }

    /// Everything under one name, with the members and the offer of each.
    package func all(
        _ ecosystem: EcosystemID, name raw: String, by principal: Principal
    ) async throws -> [(namespace: Namespace, members: [ProjectMember], offer: NamespaceOffer?)] {
        try Self.requireOverseer(principal)
        let name = try core.format(ecosystem).namespace(raw)
        return try await core.driver.read { connection in
            let store = NamespaceStore(connection)
            return try store.all(ecosystem, key: name.key, limit: 1000).map {
                ($0, try store.members($0.id), try store.offer($0.id))
            }
        }
    }

    /// For reading: auditors read what administrators read.
    private static func requireOverseer(_ principal: Principal) throws {
        guard principal.isAdministrator || principal.isAuditor else {
            throw Problem(.forbidden, "Only an administrator or auditor may do that.")
        }
    }

    private static func requireOperator(_ principal: Principal) throws {
        guard principal.isAdministrator else { throw Problem(.forbidden, "Only an administrator may do that.") }
    }

}
