import Accounts
import Persistence
package import RegistryModel

extension Lifecycle {
    /// Everybody with a role on a project, owners first; for anybody who may see it.
    package func members(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> [ProjectMember] {
        let coordinates = try core.coordinates(ecosystem, name)
        return try await core.driver.read { connection in
            guard let project = try Catalog.visible(coordinates, to: .principal(principal), core, connection) else {
                throw RegistryCore.notFound(ecosystem, name)
            }
            return try ProjectStore(connection).members(project.id)
        }
    }

    /// Gives somebody a role, or changes it.
    ///
    /// Throws ``Problem/Code/userUnknown`` and ``Problem/Code/lastOwner``.
    package func addMember(
        _ ecosystem: EcosystemID, name: String, user: String, role: Role, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            let person = try scope.person(user)
            let projects = ProjectStore(scope.connection)
            let current = try projects.role(scope.project.id, userID: person.id)
            guard current != role else { return }
            if current == .owner { try scope.requireAnotherOwner(than: person.id) }
            try projects.setMember(scope.project.id, userID: person.id, role: role, at: scope.at)
            try scope.finish("member.added", [("user", .string(person.name)), ("role", .string(role.rawValue))])
        }
    }

    /// Takes somebody's role away; the last owner stays.
    package func removeMember(
        _ ecosystem: EcosystemID, name: String, user: String, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            let person = try scope.person(user)
            let projects = ProjectStore(scope.connection)
            guard let role = try projects.role(scope.project.id, userID: person.id) else {
                throw Problem(.notFound, "\(person.name) has no role on '\(scope.project.name.display)'.")
            }
            if role == .owner { try scope.requireAnotherOwner(than: person.id) }
            _ = try projects.removeMember(scope.project.id, userID: person.id)
            try scope.finish("member.removed", [("user", .string(person.name)), ("role", .string(role.rawValue))])
        }
    }
}

extension ChangeScope {
    func person(_ name: String) throws -> UserRecord {
        guard let person = try UserStore(connection).find(nameKey: UserName.key(name)) else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return person
    }

    func requireAnotherOwner(than userID: Int64) throws {
        let others = try ProjectStore(connection).members(project.id).filter {
            $0.role == .owner && $0.userID != userID
        }
        guard !others.isEmpty else {
            throw Problem(
                .lastOwner, "'\(project.name.display)' would be left without an owner. Add another one first.")
        }
    }
}
