import Accounts
import Formats
import Persistence
package import RegistryModel

/// Roles that were offered: to accept, to decline, to take back.
package struct Invitations: Sendable {
    private let core: RegistryCore

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// What waits for the principal's answer, newest first.
    package func list(by principal: Principal) async throws -> [Invitation] {
        let now = core.clock.now()
        return try await core.driver.read {
            try InvitationStore($0).list(userID: principal.userID, limit: 1000).filter { $0.expiresAt > now }
        }
    }

    /// Takes a role that was offered: from now on it holds.
    ///
    /// Whoever offered it must still be somebody who could: an invitation does not outlive its inviter's own role.
    /// - Throws: ``Problem/Code/notFound`` where nothing is offered to the principal under that id, or no more;
    ///   ``Problem/Code/conflict`` where the inviter has no say any more; what ``ActingRules`` asks of a person.
    package func accept(_ id: Int64, by principal: Principal) async throws -> Invitation {
        let at = core.clock.now()
        let (invitation, changed) = try await core.driver.write { [core] connection in
            try ActingRules(core, connection, at: at).requireOneself(principal)
            let store = InvitationStore(connection)
            guard let invitation = try store.find(id), invitation.userID == principal.userID, invitation.expiresAt > at,
                try store.remove(id), let person = try UserStore(connection).find(id: principal.userID)
            else { throw Self.nothing }
            let acceptance = Acceptance(
                core: core, connection: connection, principal: principal, at: at, invitation: invitation,
                person: person)
            return (invitation, try acceptance.run())
        }
        if let changed { core.changed(changed) }
        return invitation
    }

    /// Refuses a role that was offered.
    package func decline(_ id: Int64, by principal: Principal) async throws {
        try await end(id, "declined", by: principal) { invitation, _ in invitation.userID == principal.userID }
    }

    /// Takes back what was offered, as one who could offer it.
    package func cancel(_ id: Int64, by principal: Principal) async throws {
        try await end(id, "cancelled", by: principal) { invitation, inviters in
            try inviters.mayInvite(invitation, principal)
        }
    }

    /// Lets go what nobody answered in time.
    /// - Returns: How many invitations that were.
    package func expire() async throws -> Int {
        let now = core.clock.now()
        return try await core.driver.write { try InvitationStore($0).expire(at: now) }
    }

    private func end(
        _ id: Int64, _ word: String, by principal: Principal,
        where isAllowed: @escaping @Sendable (Invitation, Inviters) throws -> Bool
    ) async throws {
        let at = core.clock.now()
        try await core.driver.write { [core] connection in
            guard principal.managesEverywhere || principal.kind == .commandLine else {
                throw Problem(
                    .insufficientScope, "This token of \(principal.userName) does not cover 'manage' without a limit.")
            }
            let store = InvitationStore(connection)
            let inviters = Inviters(core: core, connection: connection)
            guard let invitation = try store.find(id), try isAllowed(invitation, inviters), try store.remove(id) else {
                throw Self.nothing
            }
            let subject = try inviters.subject(invitation)
            let offers = RoleOffers(core: core, connection: connection, principal: principal, at: at)
            try offers.tell(
                word, invitation.role, on: subject, userID: invitation.userID, userName: invitation.userName)
            try EventStore(connection).insert(
                Event.make(
                    id: core.ids.next(), kind: "invitation.\(word)", at: at, actor: principal.userName,
                    via: principal.kind, projectID: invitation.subject == .project ? invitation.subjectID : nil,
                    visibility: .private,
                    details: [
                        ("subject", .string(invitation.label)), ("user", .string(invitation.userName)),
                        ("role", .string(invitation.role)),
                    ]))
        }
    }

    private static let nothing = Problem(.notFound, "There is no such invitation for you here.")
}

/// Who may offer what.
struct Inviters {
    let core: RegistryCore
    let connection: any SQLConnection

    /// Whether somebody could offer now what the invitation offers.
    func mayInvite(_ invitation: Invitation, _ principal: Principal) throws -> Bool {
        if principal.isAdministrator { return true }
        let organizations = OrganizationStore(connection)
        switch invitation.subject {
        case .organization:
            return try organizations.role(invitation.subjectID, userID: principal.userID) == .owner
        case .team:
            guard let team = try organizations.team(id: invitation.subjectID) else { return false }
            return try organizations.role(team.organizationID, userID: principal.userID) == .owner
        case .project:
            guard let project = try ProjectStore(connection).find(id: invitation.subjectID) else { return false }
            return try Roles(core: core, connection: connection).role(project, principal) == .owner
        case .namespace:
            return try NamespaceStore(connection).role(ids: [invitation.subjectID], userID: principal.userID) == .owner
        }
    }

    /// Whether the one who offered it could offer it still.
    func isStillMeant(_ invitation: Invitation) throws -> Bool {
        guard let inviter = try UserStore(connection).find(id: invitation.inviterID), inviter.state == .active else {
            return false
        }
        return try mayInvite(
            invitation,
            Principal(
                userID: inviter.id, userName: inviter.name, isAdministrator: inviter.isAdministrator, kind: .session,
                tokenID: nil, scopes: []))
    }

    /// What an invitation is to, with those who are told.
    func subject(_ invitation: Invitation) throws -> RoleOffers.Subject {
        let organizations = OrganizationStore(connection)
        let roles = Roles(core: core, connection: connection)
        let owners: [Int64] =
            switch invitation.subject {
            case .organization: try organizations.ownerIDs(invitation.subjectID)
            case .team:
                try organizations.team(id: invitation.subjectID).map {
                    try organizations.ownerIDs($0.organizationID)
                } ?? []
            case .project:
                try ProjectStore(connection).find(id: invitation.subjectID).map(roles.ownerIDs) ?? []
            case .namespace:
                try NamespaceStore(connection).find(id: invitation.subjectID).map(roles.ownerIDs) ?? []
            }
        return RoleOffers.Subject(
            kind: invitation.subject, id: invitation.subjectID, label: invitation.label, owners: owners)
    }
}

/// Makes an offered role hold.
private struct Acceptance {
    let core: RegistryCore
    let connection: any SQLConnection
    let principal: Principal
    let at: Timestamp
    let invitation: Invitation
    let person: UserRecord

    /// - Returns: The project that changed, where it was one.
    func run() throws -> ProjectCoordinates? {
        guard try Inviters(core: core, connection: connection).isStillMeant(invitation) else {
            throw Problem(
                .conflict,
                "\(invitation.inviter), who invited you, has no say over '\(invitation.label)' any more. Ask an owner for "
                    + "another invitation.")
        }
        switch invitation.subject {
        case .organization: try joinOrganization()
        case .team: try joinTeam()
        case .project: return try joinProject()
        case .namespace: try joinNamespace()
        }
        return nil
    }

    private func joinProject() throws -> ProjectCoordinates? {
        guard let project = try ProjectStore(connection).find(id: invitation.subjectID),
            let format = core.formats[project.ecosystem], let role = Role(rawValue: invitation.role)
        else { return nil }
        try ActingRules(core, connection, at: at).requireActor(principal, on: project)
        try ChangeScope(
            core: core, connection: connection, project: project, format: format, principal: principal, at: at
        ).give(role, to: person)
        return project.coordinates
    }

    private func joinNamespace() throws {
        guard let namespace = try NamespaceStore(connection).find(id: invitation.subjectID),
            let role = Role(rawValue: invitation.role)
        else { return }
        try NamespaceScope(core: core, connection: connection, principal: principal, at: at)
            .give(role, on: namespace, to: person)
    }

    private func joinOrganization() throws {
        guard let role = OrganizationRole(rawValue: invitation.role), let scope = try scope(invitation.subjectID)
        else { return }
        try scope.give(role, to: person)
    }

    private func joinTeam() throws {
        guard let team = try OrganizationStore(connection).team(id: invitation.subjectID),
            let scope = try scope(team.organizationID)
        else { return }
        try scope.join(team, person)
    }

    private func scope(_ id: Int64) throws -> OrganizationScope? {
        guard let organization = try OrganizationStore(connection).find(id: id), organization.state == .active else {
            return nil
        }
        return OrganizationScope(
            core: core, connection: connection, principal: principal, at: at, organization: organization)
    }
}
