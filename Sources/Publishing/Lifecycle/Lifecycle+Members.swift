import Accounts
import Persistence
package import RegistryModel

/// Everybody with a role on a project.
package struct ProjectPeople: Sendable {
    /// People with a role of their own, owners first.
    package let members: [ProjectMember]
    /// Teams, owners first.
    package let teams: [TeamRole]
    /// The organization that owns it.
    package let organization: String?
    /// What waits for an answer; for owners alone, otherwise empty.
    package let invitations: [Invitation]
}

extension Lifecycle {
    /// Everybody with a role of their own on a project, owners first; for anybody who may see it.
    package func members(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> [ProjectMember] {
        try await people(ecosystem, name: name, by: principal).members
    }

    /// Everybody with a role on a project; for anybody who may see it.
    package func people(
        _ ecosystem: EcosystemID, name: String, by principal: Principal
    ) async throws -> ProjectPeople {
        let coordinates = try core.coordinates(ecosystem, name)
        let now = core.clock.now()
        return try await core.driver.read { [core] connection in
            guard let project = try Catalog.visible(coordinates, to: .principal(principal), core, connection) else {
                throw RegistryCore.notFound(ecosystem, name)
            }
            let isOwner = try Roles(core: core, connection: connection).role(project, principal) == .owner
            let organizations = OrganizationStore(connection)
            return ProjectPeople(
                members: try ProjectStore(connection).members(project.id),
                teams: try organizations.teams(ofProject: project.id),
                organization: try project.organizationID.flatMap { try organizations.find(id: $0)?.name },
                invitations: isOwner || principal.isAdministrator || principal.isAuditor
                    ? try InvitationStore(connection).list(.project, project.id).filter { $0.expiresAt > now } : [])
        }
    }

    /// Gives somebody a role, changes it, or offers it: see ``GrantOutcome``.
    ///
    /// Less than somebody has holds at once; more than that is theirs to accept.
    /// - Throws: ``Problem/Code/userUnknown`` and ``Problem/Code/lastOwner``.
    @discardableResult
    package func addMember(
        _ ecosystem: EcosystemID, name: String, user: String, role: Role, by principal: Principal
    ) async throws -> GrantOutcome {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            let person = try scope.person(user)
            let current = try ProjectStore(scope.connection).ownRole(scope.project.id, userID: person.id)
            guard current != role else { return .unchanged }
            guard scope.offers.actsAtOnce || current == .owner else { return try scope.offer(role, to: person) }
            try scope.give(role, to: person)
            return .done
        }
    }

    /// Takes somebody's role away, or back what was offered to them; the last owner stays.
    ///
    /// Whoever has a role may leave.
    package func removeMember(
        _ ecosystem: EcosystemID, name: String, user: String, by principal: Principal
    ) async throws {
        try await transact(ecosystem, name, by: principal) { scope in
            let person = try? scope.person(user)
            let role = try person.flatMap {
                try ProjectStore(scope.connection).ownRole(scope.project.id, userID: $0.id)
            }
            try scope.authorize(.manage, isOwn: role != nil && person?.id == principal.userID)
            let someone = try scope.person(user)
            let subject = try scope.subject
            if let role {
                _ = try ProjectStore(scope.connection).removeMember(scope.project.id, userID: someone.id)
                if role == .owner { try scope.requireOwner() }
                try scope.offers.withdrawAll(by: someone.id, on: subject)
                try scope.finish("member.removed", [("user", .string(someone.name)), ("role", .string(role.rawValue))])
                try scope.offers.tell("removed", role.rawValue, on: subject, someone)
            } else if let waiting = try scope.offers.withdraw(subject, from: someone) {
                try scope.note(
                    "invitation.cancelled", [("user", .string(someone.name)), ("role", .string(waiting.role))])
                try scope.offers.tell("cancelled", waiting.role, on: subject, someone)
            } else {
                throw Problem(.notFound, "\(someone.name) has no role on '\(scope.project.name.display)'.")
            }
        }
    }

    /// Gives a team a role, changes it, or takes it away (nil).
    ///
    /// On a project that the team's organization owns, its owners decide. On another, an owner of the project who is in the
    /// organization can let a team of it publish; to own it, the organization must own it.
    /// - Throws: ``Problem/Code/notFound`` for a team that the principal may not know.
    package func setTeam(
        _ ecosystem: EcosystemID, name: String, organization: String, team: String, role: Role?,
        by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            let found = try OrganizationScope.team(organization, team, scope.connection)
            let store = OrganizationStore(scope.connection)
            let held = try store.teams(ofProject: scope.project.id).first { $0.team.id == found.id }
            guard held?.role != role else {
                if role == nil { throw Problem(.notFound, "\(found.label) has no role here.") }
                return
            }
            if role != nil {
                try TeamGrant(team: found, role: role, owner: scope.project.organizationID, principal: principal)
                    .check(scope.connection)
            }
            try store.setTeam(found.id, ofProject: scope.project.id, role: role, at: scope.at)
            try scope.finish(
                role == nil ? "team.removed" : "team.added",
                [("team", .string(found.label)), ("role", .string((role ?? held?.role ?? .maintainer).rawValue))])
            try scope.tellTeam(found, role, was: held?.role)
        }
    }

    /// Changes which credentials publish a project: "no long-lived tokens".
    package func setTokenPolicy(
        _ ecosystem: EcosystemID, name: String, _ policy: TokenPolicy, by principal: Principal
    ) async throws {
        try await change(ecosystem, name, action: .manage, by: principal) { scope in
            guard scope.project.tokenPolicy != policy else { return }
            try ProjectStore(scope.connection).setTokenPolicy(scope.project.id, policy)
            try scope.finish("project.token-policy", [("policy", .string(policy.rawValue))])
        }
    }
}

/// Who may give a team a role on what an organization or somebody owns.
struct TeamGrant {
    let team: Team
    let role: Role?
    /// The organization that owns it.
    let owner: Int64?
    let principal: Principal

    func check(_ connection: any SQLConnection) throws {
        if principal.isAdministrator || owner == team.organizationID { return }
        guard try OrganizationStore(connection).role(team.organizationID, userID: principal.userID) != nil else {
            throw Problem(.notFound, "There is no team '\(team.label)' of yours.")
        }
        guard role == .maintainer else {
            throw Problem(
                .forbidden,
                "A team can own only what its organization owns. Transfer it to '\(team.organization)' first, or make the team "
                    + "a maintainer.")
        }
    }
}

extension ChangeScope {
    var offers: RoleOffers { RoleOffers(core: core, connection: connection, principal: principal, at: at) }

    /// The project as roles on it are offered.
    var subject: RoleOffers.Subject {
        get throws {
            RoleOffers.Subject(
                kind: .project, id: project.id, label: "\(project.ecosystem) \(project.name.display)",
                owners: try Roles(core: core, connection: connection).ownerIDs(project))
        }
    }

    func person(_ name: String) throws -> UserRecord {
        guard let person = try UserStore(connection).find(nameKey: UserName.key(name)), person.state != .deleted else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return person
    }

    /// Gives a role that holds at once.
    func give(_ role: Role, to person: UserRecord) throws {
        let projects = ProjectStore(connection)
        let current = try projects.ownRole(project.id, userID: person.id)
        let before = try subject
        try projects.setMember(project.id, userID: person.id, role: role, at: at)
        if current == .owner { try requireOwner() }
        _ = try offers.withdraw(before, from: person)
        try finish("member.added", [("user", .string(person.name)), ("role", .string(role.rawValue))])
        try offers.tell("added", role.rawValue, on: before, person)
    }

    /// Offers a role.
    func offer(_ role: Role, to person: UserRecord) throws -> GrantOutcome {
        let (outcome, isNew) = try offers.offer(role.rawValue, on: subject, to: person)
        if isNew {
            try note("invitation.made", [("user", .string(person.name)), ("role", .string(role.rawValue))])
        }
        return outcome
    }

    /// Records what nobody but those whom it concerns sees.
    func note(_ kind: String, _ details: [(String, JSONValue)]) throws {
        try ProjectChange(core: core, connection: connection, at: at)
            .record(kind, project, by: principal, details, visibility: .private)
    }

    /// Refuses what has just been done where it left the project without an owner.
    func requireOwner() throws {
        guard try !ProjectStore(connection).ownerIDs(project.id).isEmpty else {
            throw Problem(
                .lastOwner, "'\(project.name.display)' would be left without an owner. Add another one first.")
        }
    }

    /// Tells the team and all owners.
    fileprivate func tellTeam(_ team: Team, _ role: Role?, was: Role?) throws {
        let subject = try subject
        let notice = Notice(
            .roleChanged,
            [
                "subject": subject.label, "role": (role ?? was ?? .maintainer).rawValue, "user": team.label,
                "by": principal.userName, "change": role == nil ? "removed" : "added",
            ])
        let members = try OrganizationStore(connection).teamMembers(team.id).map(\.userID)
        for id in Set(subject.owners + members).sorted() { try core.notices.post(notice, to: id, on: connection) }
    }
}
