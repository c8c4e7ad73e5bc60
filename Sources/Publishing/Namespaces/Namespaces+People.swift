import Accounts
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
                try principal.isAdministrator || principal.isAuditor
                    || scope.store.role(ids: [namespace.id], userID: principal.userID) != nil
            else {
                throw Problem(.notOwner, "\(principal.userName) has no role on the namespace '\(namespace.name)'.")
            }
            return try scope.store.members(namespace.id)
        }
    }

    /// Gives somebody a role on a namespace, and so on every project that was created under it; or offers it: see
    /// ``GrantOutcome``.
    /// - Throws: ``Problem/Code/userUnknown``, ``Problem/Code/lastOwner`` for the one whose it is.
    @discardableResult
    package func addMember(
        _ ecosystem: EcosystemID, name raw: String, user: String, role: Role, by principal: Principal
    ) async throws -> GrantOutcome {
        try await change(ecosystem, raw, by: principal) { scope, namespace in
            let person = try scope.person(user)
            if namespace.organizationID == nil, person.id == namespace.ownerID, role != .owner {
                throw Self.isOwners(namespace)
            }
            let current = try scope.store.ownRole(namespace.id, userID: person.id)
            guard current != role else { return .unchanged }
            if scope.offers.actsAtOnce || current == .owner {
                try scope.give(role, on: namespace, to: person)
                return .done
            }
            let (outcome, isNew) = try scope.offers.offer(role.rawValue, on: scope.offered(namespace), to: person)
            if isNew {
                try scope.record(
                    "namespace.invitation-made", namespace,
                    [("user", .string(person.name)), ("role", .string(role.rawValue))], visibility: .private)
            }
            return outcome
        }
    }

    /// Takes somebody's role on a namespace away, or back what was offered; the one whose it is stays until it is handed
    /// over.
    ///
    /// Whoever has a role may leave.
    package func removeMember(
        _ ecosystem: EcosystemID, name raw: String, user: String, by principal: Principal
    ) async throws {
        let name = try core.format(ecosystem).namespace(raw)
        try await write(principal, core.clock.now()) { scope in
            try scope.authorize(ecosystem)
            let isOwn = UserName.key(user) == UserName.key(principal.userName)
            let namespace = try isOwn ? scope.subject(ecosystem, name) : scope.managed(ecosystem, name)
            let person = try scope.person(user)
            if namespace.organizationID == nil, person.id == namespace.ownerID { throw Self.isOwners(namespace) }
            let subject = try scope.offered(namespace)
            if let role = try scope.store.ownRole(namespace.id, userID: person.id) {
                try scope.store.removeMember(namespace.id, userID: person.id)
                try scope.offers.withdrawAll(by: person.id, on: subject)
                try scope.record(
                    "namespace.member-removed", namespace,
                    [("user", .string(person.name)), ("role", .string(role.rawValue))], visibility: .public)
                try scope.offers.tell("removed", role.rawValue, on: subject, person)
            } else if let waiting = try scope.offers.withdraw(subject, from: person) {
                try scope.record(
                    "namespace.invitation-cancelled", namespace,
                    [("user", .string(person.name)), ("role", .string(waiting.role))], visibility: .private)
                try scope.offers.tell("cancelled", waiting.role, on: subject, person)
            } else {
                throw Problem(.notFound, "\(person.name) has no role on '\(namespace.name)'.")
            }
        }
    }

    /// Gives a team a role on a namespace, changes it, or takes it away (nil); see ``Lifecycle/setTeam(_:name:organization:team:role:by:)``.
    package func setTeam(
        _ ecosystem: EcosystemID, name raw: String, organization: String, team: String, role: Role?,
        by principal: Principal
    ) async throws {
        try await change(ecosystem, raw, by: principal) { scope, namespace in
            let found = try OrganizationScope.team(organization, team, scope.connection)
            let store = OrganizationStore(scope.connection)
            let held = try store.teams(ofNamespace: namespace.id).first { $0.team.id == found.id }?.role
            guard held != role else {
                if role == nil { throw Problem(.notFound, "\(found.label) has no role here.") }
                return
            }
            if role != nil {
                try TeamGrant(team: found, role: role, owner: namespace.organizationID, principal: principal)
                    .check(scope.connection)
            }
            try store.setTeam(found.id, ofNamespace: namespace.id, role: role, at: scope.at)
            try scope.record(
                role == nil ? "namespace.team-removed" : "namespace.team-added", namespace,
                [("team", .string(found.label)), ("role", .string((role ?? held ?? .maintainer).rawValue))])
            let subject = try scope.offered(namespace)
            for member in try store.teamMembers(found.id) {
                try scope.offers.tell(
                    role == nil ? "removed" : "added", (role ?? held ?? .maintainer).rawValue, on: subject,
                    userID: member.userID, userName: found.label)
            }
        }
    }

    /// Makes a namespace, or a claim of the principal, an organization's, of which the principal is an owner too: both sides
    /// agree in one person.
    ///
    /// Out of an organization it goes by an offer.
    package func setOrganization(
        _ ecosystem: EcosystemID, name raw: String, organization: String, by principal: Principal
    ) async throws -> Namespace {
        let name = try core.format(ecosystem).namespace(raw)
        return try await write(principal, core.clock.now()) { scope in
            var namespace = try scope.managed(ecosystem, name)
            try scope.requireGiver(namespace)
            let target = try OrganizationScope.find(organization, scope.connection)
            guard
                try principal.isAdministrator
                    || OrganizationStore(scope.connection).role(target.id, userID: principal.userID) == .owner
            else {
                throw Problem(.notOwner, "\(principal.userName) is not an owner of the organization '\(target.name)'.")
            }
            guard namespace.organizationID != target.id else { return namespace }
            let from = namespace.owner
            let subject = try scope.offered(namespace)
            namespace.organizationID = target.id
            namespace.owner = target.name
            try scope.store.update(namespace)
            try scope.store.removeOffer(namespace.id)
            try scope.store.removeMember(namespace.id, userID: namespace.ownerID)
            try scope.record(
                "namespace.transferred", namespace, [("from", .string(from))],
                visibility: namespace.isVerified ? .public : .private)
            for id in subject.owners {
                try scope.core.notices.post(
                    Notice(
                        .transferCompleted,
                        [
                            "namespace": subject.label, "from": from, "to": target.name,
                            "by": principal.userName,
                        ]), to: id, on: scope.connection)
            }
            return namespace
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
    @discardableResult
    func change<Value: Sendable>(
        _ ecosystem: EcosystemID, _ raw: String, by principal: Principal,
        _ body: @escaping @Sendable (NamespaceScope, Namespace) throws -> Value
    ) async throws -> Value {
        let name = try core.format(ecosystem).namespace(raw)
        return try await write(principal, core.clock.now()) { scope in
            let namespace = try scope.managed(ecosystem, name)
            guard namespace.isVerified else {
                throw Problem(.namespaceUnproven, "'\(namespace.name)' is not verified. Prove that it is yours first.")
            }
            return try body(scope, namespace)
        }
    }
}
