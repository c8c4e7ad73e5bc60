import Formats
import Persistence
package import RegistryModel

extension Namespaces {
    /// Everybody with a role on a namespace, for whoever has one, or administers the instance.
    package func members(
        _ ecosystem: EcosystemID, name raw: String, by principal: Principal
    ) async throws -> [ProjectMember] {
        let name = try core.format(ecosystem).namespace(raw)
        let at = core.clock.now()
        return try await core.driver.read { [core] connection in
            let scope = NamespaceScope(core: core, connection: connection, principal: principal, at: at)
            try scope.authorize(ecosystem)
            let namespace = try scope.subject(ecosystem, name)
            guard
                try principal.isAdministrator
                    || scope.store.role(ids: [namespace.id], userID: principal.userID) != nil
            else {
                throw Problem(.notOwner, "\(principal.userName) has no role on the namespace '\(namespace.name)'.")
            }
            return try scope.store.members(namespace.id)
        }
    }

    /// Gives somebody a role on a namespace, and so on every project that was created under it.
    /// - Throws: ``Problem/Code/userUnknown``, ``Problem/Code/lastOwner`` for the one whose it is.
    package func addMember(
        _ ecosystem: EcosystemID, name raw: String, user: String, role: Role, by principal: Principal
    ) async throws {
        try await change(ecosystem, raw, by: principal) { scope, namespace in
            let person = try scope.person(user)
            if person.id == namespace.ownerID, role != .owner { throw Self.isOwners(namespace) }
            guard try scope.store.role(ids: [namespace.id], userID: person.id) != role else { return }
            try scope.store.setMember(namespace.id, userID: person.id, role: role, at: scope.at)
            try scope.record(
                "namespace.member-added", namespace,
                [("user", .string(person.name)), ("role", .string(role.rawValue))], visibility: .public)
        }
    }

    /// Takes somebody's role on a namespace away; the one whose it is stays until it is handed over.
    package func removeMember(
        _ ecosystem: EcosystemID, name raw: String, user: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, raw, by: principal) { scope, namespace in
            let person = try scope.person(user)
            if person.id == namespace.ownerID { throw Self.isOwners(namespace) }
            guard let role = try scope.store.role(ids: [namespace.id], userID: person.id) else {
                throw Problem(.notFound, "\(person.name) has no role on '\(namespace.name)'.")
            }
            try scope.store.removeMember(namespace.id, userID: person.id)
            try scope.record(
                "namespace.member-removed", namespace,
                [("user", .string(person.name)), ("role", .string(role.rawValue))], visibility: .public)
        }
    }

    /// Changes what a namespace asks of the publishes inside; nil for nothing.
    package func setStagingPolicy(
        _ ecosystem: EcosystemID, name raw: String, _ staging: StagingPolicy?, by principal: Principal
    ) async throws {
        guard !principal.alwaysStages else {
            throw Problem(.forbidden, "This token may stage releases, but not change what is staged.")
        }
        try await change(ecosystem, raw, by: principal) { scope, found in
            var namespace = found
            guard namespace.stagingPolicy != staging else { return }
            namespace.stagingPolicy = staging
            try scope.store.update(namespace)
            try scope.record(
                "namespace.staging", namespace, [("policy", staging.map { .string($0.rawValue) } ?? .null)])
        }
    }

    private static func isOwners(_ namespace: Namespace) -> Problem {
        Problem(
            .lastOwner,
            "'\(namespace.name)' is \(namespace.owner)'s and would be left without its owner. Hand it over first.")
    }

    /// Changes a namespace that decides, as one of its owners.
    func change(
        _ ecosystem: EcosystemID, _ raw: String, by principal: Principal,
        _ body: @escaping @Sendable (NamespaceScope, Namespace) throws -> Void
    ) async throws {
        let name = try core.format(ecosystem).namespace(raw)
        try await write(principal, core.clock.now()) { scope in
            let namespace = try scope.managed(ecosystem, name)
            guard namespace.isVerified else {
                throw Problem(.namespaceUnproven, "'\(namespace.name)' is not verified. Prove that it is yours first.")
            }
            try body(scope, namespace)
        }
    }
}
