import Accounts
import Persistence
import RegistryModel

/// One change of an organization inside its transaction.
struct OrganizationScope {
    let core: RegistryCore
    let connection: any SQLConnection
    let principal: Principal
    let at: Timestamp
    let organization: Organization

    var store: OrganizationStore { OrganizationStore(connection) }
    var offers: RoleOffers { RoleOffers(core: core, connection: connection, principal: principal, at: at) }
    var rules: ActingRules { ActingRules(core, connection, at: at) }

    /// The organization of that name that can own anything.
    /// - Throws: ``Problem/Code/notFound``.
    static func find(_ name: String, _ connection: any SQLConnection) throws -> Organization {
        guard let found = try OrganizationStore(connection).find(nameKey: UserName.key(name)), found.state == .active
        else { throw Problem(.notFound, "There is no organization '\(name.prefix(64))'.") }
        return found
    }

    /// The team of that name.
    /// - Throws: ``Problem/Code/notFound``.
    static func team(_ organization: String, _ name: String, _ connection: any SQLConnection) throws -> Team {
        let found = try find(organization, connection)
        guard let team = try OrganizationStore(connection).team(found.id, nameKey: UserName.key(name)) else {
            throw Problem(.notFound, "'\(found.name)' has no team '\(name.prefix(64))'.")
        }
        return team
    }

    /// Refuses whoever may not change the organization: its owners and administrators may, by their own credentials.
    func authorize() throws {
        try rules.requireOneself(principal)
        guard try isManagedByPrincipal else {
            throw Problem(
                .notOwner, "\(principal.userName) is not an owner of the organization '\(organization.name)'.")
        }
    }

    /// Whether the principal is an owner, or administers the instance.
    var isManagedByPrincipal: Bool {
        get throws {
            try principal.isAdministrator || store.role(organization.id, userID: principal.userID) == .owner
        }
    }

    func person(_ name: String) throws -> UserRecord {
        guard let person = try UserStore(connection).find(nameKey: UserName.key(name)), person.state != .deleted else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return person
    }

    /// The organization as roles in it are offered.
    var subject: RoleOffers.Subject {
        get throws {
            RoleOffers.Subject(
                kind: .organization, id: organization.id, label: organization.name,
                owners: try store.ownerIDs(organization.id))
        }
    }

    /// A team as places in it are offered.
    func subject(_ team: Team) throws -> RoleOffers.Subject {
        RoleOffers.Subject(kind: .team, id: team.id, label: team.label, owners: try store.ownerIDs(organization.id))
    }

    /// Refuses what has just been done where it left the organization without an owner.
    func requireOwner() throws {
        guard try !store.ownerIDs(organization.id).isEmpty else {
            throw Problem(.lastOwner, "'\(organization.name)' would be left without an owner. Add another one first.")
        }
    }

    /// Gives a role that holds at once.
    func give(_ role: OrganizationRole, to person: UserRecord) throws {
        let current = try store.role(organization.id, userID: person.id)
        let before = try subject
        try store.setMember(organization.id, userID: person.id, role: role, at: at)
        if current == .owner { try requireOwner() }
        _ = try offers.withdraw(before, from: person)
        try record("organization.member-added", [("user", .string(person.name)), ("role", .string(role.rawValue))])
        try offers.tell("added", role.rawValue, on: before, person)
    }

    /// Puts somebody into a team, and into the organization where they are not in it.
    func join(_ team: Team, _ person: UserRecord) throws {
        if try store.role(organization.id, userID: person.id) == nil { try give(.member, to: person) }
        try store.addToTeam(team.id, userID: person.id, at: at)
        try record("team.member-added", [("team", .string(team.label)), ("user", .string(person.name))])
        try offers.tell("added", OrganizationRole.member.rawValue, on: subject(team), person)
    }

    /// Writes the event and the work that follows from it.
    func record(_ kind: String, _ details: [(String, JSONValue)] = [], visibility: Visibility = .private) throws {
        let event = Event.make(
            id: core.ids.next(), kind: kind, at: at, actor: principal.userName, via: principal.kind, projectID: nil,
            visibility: visibility, details: [("organization", .string(organization.name))] + details)
        let events = EventStore(connection)
        try events.insert(event)
        try events.enqueue(id: core.ids.next(), topic: "event", eventID: event.id, at: at)
    }
}
