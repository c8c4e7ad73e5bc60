import Accounts
import Persistence
package import RegistryModel

/// A team as its organization's members see it.
package struct TeamDetails: Sendable {
    package let team: Team
    /// By name.
    package let members: [String]
    package let projects: [(project: Project, role: Role)]
    package let namespaces: [(namespace: Namespace, role: Role)]
    /// What waits for an answer.
    package let invitations: [Invitation]
}

extension Organizations {
    /// Gives somebody a role, changes it, or offers it: see ``GrantOutcome``.
    /// - Throws: ``Problem/Code/userUnknown``, ``Problem/Code/lastOwner``.
    @discardableResult
    package func setMember(
        _ name: String, user: String, role: OrganizationRole, by principal: Principal
    ) async throws -> GrantOutcome {
        try await change(name, by: principal) { scope in
            let person = try scope.person(user)
            let current = try scope.store.role(scope.organization.id, userID: person.id)
            guard current != role else { return .unchanged }
            if scope.offers.actsAtOnce || current == .owner {
                try scope.give(role, to: person)
                return .done
            }
            let (outcome, isNew) = try scope.offers.offer(role.rawValue, on: scope.subject, to: person)
            if isNew {
                try scope.record("invitation.made", [("user", .string(person.name)), ("role", .string(role.rawValue))])
            }
            return outcome
        }
    }

    /// Takes somebody out of an organization and its teams, or back what was offered to them; the last owner stays.
    ///
    /// Whoever is in it may leave.
    package func removeMember(_ name: String, user: String, by principal: Principal) async throws {
        try await transact(name, by: principal) { scope in
            let isOwn = UserName.key(user) == UserName.key(principal.userName)
            let own = try scope.store.role(scope.organization.id, userID: principal.userID)
            if isOwn, own != nil, principal.kind != .trustedPublisher, principal.managesEverywhere {
                // To leave asks for nothing more.
            } else {
                try scope.authorize()
            }
            let person = try scope.person(user)
            let subject = try scope.subject
            let details: [(String, JSONValue)] = [("user", .string(person.name))]
            if let role = try scope.store.role(scope.organization.id, userID: person.id) {
                try scope.store.removeMember(scope.organization.id, userID: person.id)
                if role == .owner { try scope.requireOwner() }
                try scope.offers.withdrawAll(by: person.id, on: subject)
                for team in try scope.store.teams(scope.organization.id) {
                    try scope.offers.withdrawAll(by: person.id, on: scope.subject(team))
                }
                try scope.record("organization.member-removed", details + [("role", .string(role.rawValue))])
                try scope.offers.tell("removed", role.rawValue, on: subject, person)
            } else if let waiting = try scope.offers.withdraw(subject, from: person) {
                try scope.record("invitation.cancelled", details + [("role", .string(waiting.role))])
                try scope.offers.tell("cancelled", waiting.role, on: subject, person)
            } else {
                throw Problem(.notFound, "\(person.name) is not in '\(scope.organization.name)'.")
            }
        }
    }

    /// An organization's teams, for its members.
    package func teams(_ name: String, by principal: Principal) async throws -> [Team] {
        let details = try await find(name, for: .principal(principal))
        guard details.showsPeople else { throw Self.notMember(principal, details.organization) }
        return details.teams
    }

    /// One team, for the organization's members.
    package func team(_ name: String, team: String, by principal: Principal) async throws -> TeamDetails {
        let now = core.clock.now()
        return try await core.driver.read { [core] connection in
            let store = OrganizationStore(connection)
            let organization = try OrganizationScope.find(name, connection)
            guard
                try principal.isAdministrator || principal.isAuditor
                    || store.role(organization.id, userID: principal.userID) != nil
            else { throw Self.notMember(principal, organization) }
            let team = try OrganizationScope.team(name, team, connection)
            let projects = try store.teamProjects(team.id, limit: 1000)
            let shown = Set(
                try Catalog(core: core).visible(projects.map(\.project), to: .principal(principal), connection).map(
                    \.id))
            return TeamDetails(
                team: team, members: try store.teamMembers(team.id).map(\.userName),
                projects: projects.filter { shown.contains($0.project.id) },
                namespaces: try NamespaceStore(connection).list(teamID: team.id, limit: 1000),
                invitations: try InvitationStore(connection).list(.team, team.id).filter { $0.expiresAt > now })
        }
    }

    /// Makes a team.
    /// - Throws: ``Problem/Code/nameInvalid``; ``Problem/Code/conflict`` where there is one of that name, or too many.
    package func createTeam(_ name: String, team: String, by principal: Principal) async throws -> Team {
        try UserName.check(team)
        do {
            return try await change(name, by: principal) { [core] scope in
                guard try scope.store.teams(scope.organization.id).count < Self.teams else {
                    throw Problem(.conflict, "'\(scope.organization.name)' has \(Self.teams) teams already.")
                }
                let made = Team(
                    id: core.ids.next(), organizationID: scope.organization.id,
                    organization: scope.organization.name, name: team, createdAt: scope.at)
                try scope.store.insertTeam(made, nameKey: UserName.key(team))
                try scope.record("team.created", [("team", .string(made.label))])
                return made
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.conflict, "There is a team '\(name):\(team)' already.")
        }
    }

    /// Ends a team and its roles.
    package func deleteTeam(_ name: String, team: String, by principal: Principal) async throws {
        try await change(name, by: principal) { scope in
            let found = try OrganizationScope.team(name, team, scope.connection)
            let subject = try scope.subject(found)
            for member in try scope.store.teamMembers(found.id) {
                try scope.offers.tell(
                    "removed", OrganizationRole.member.rawValue, on: subject, userID: member.userID,
                    userName: member.userName)
            }
            try scope.store.deleteTeam(found.id)
            try scope.record("team.deleted", [("team", .string(found.label))])
        }
    }

    /// Puts somebody into a team.
    ///
    /// Who is in the organization has agreed to it; who is not is invited to both.
    @discardableResult
    package func addToTeam(
        _ name: String, team: String, user: String, by principal: Principal
    ) async throws -> GrantOutcome {
        try await change(name, by: principal) { scope in
            let found = try OrganizationScope.team(name, team, scope.connection)
            let person = try scope.person(user)
            guard try !scope.store.isInTeam(found.id, userID: person.id) else { return .unchanged }
            let isMember = try scope.store.role(scope.organization.id, userID: person.id) != nil
            if isMember || scope.offers.actsAtOnce {
                try scope.join(found, person)
                return .done
            }
            let (outcome, isNew) = try scope.offers.offer(
                OrganizationRole.member.rawValue, on: scope.subject(found), to: person)
            if isNew {
                try scope.record(
                    "invitation.made", [("user", .string(person.name)), ("team", .string(found.label))])
            }
            return outcome
        }
    }

    /// Takes somebody out of a team, or back what was offered to them; whoever is in it may leave.
    package func removeFromTeam(_ name: String, team: String, user: String, by principal: Principal) async throws {
        try await transact(name, by: principal) { scope in
            let isOwn = UserName.key(user) == UserName.key(principal.userName)
            let isMember = try scope.store.role(scope.organization.id, userID: principal.userID) != nil
            if !(isOwn && isMember && principal.kind != .trustedPublisher && principal.managesEverywhere) {
                try scope.authorize()
            }
            let found = try OrganizationScope.team(name, team, scope.connection)
            let person = try scope.person(user)
            let subject = try scope.subject(found)
            let role = OrganizationRole.member.rawValue
            let details: [(String, JSONValue)] = [("team", .string(found.label)), ("user", .string(person.name))]
            if try scope.store.removeFromTeam(found.id, userID: person.id) {
                try scope.record("team.member-removed", details)
                try scope.offers.tell("removed", role, on: subject, person)
            } else if try scope.offers.withdraw(subject, from: person) != nil {
                try scope.record("invitation.cancelled", details)
                try scope.offers.tell("cancelled", role, on: subject, person)
            } else {
                throw Problem(.notFound, "\(person.name) is not in '\(found.label)'.")
            }
        }
    }

    private static func notMember(_ principal: Principal, _ organization: Organization) -> Problem {
        Problem(.notOwner, "\(principal.userName) is not in the organization '\(organization.name)'.")
    }
}
