import Accounts
import Persistence
import RegistryModel

/// One change of a namespace inside its transaction.
struct NamespaceScope {
    let core: RegistryCore
    let connection: any SQLConnection
    let principal: Principal
    let at: Timestamp

    var store: NamespaceStore { NamespaceStore(connection) }

    /// The namespace that decides under that key; nil where none does.
    func effective(_ ecosystem: EcosystemID, _ key: String) throws -> Namespace? {
        try store.effective(ecosystem, keys: [key]).first
    }

    /// What the principal means by a key: what decides under it, otherwise its own claim.
    func subject(_ ecosystem: EcosystemID, _ name: ProjectName) throws -> Namespace {
        if let effective = try effective(ecosystem, name.key) { return effective }
        return try own(ecosystem, name)
    }

    /// The principal's own claim.
    func own(_ ecosystem: EcosystemID, _ name: ProjectName) throws -> Namespace {
        guard let own = try store.find(ecosystem, key: name.key, ownerID: principal.userID) else {
            throw Problem(.notFound, "\(principal.userName) has not claimed the namespace '\(name.display)'.")
        }
        // Claimed for an organization, it is that of whoever owns the organization now.
        guard try own.organizationID == nil || isOwner(of: own) else {
            throw Problem(.notFound, "\(principal.userName) has not claimed the namespace '\(name.display)'.")
        }
        return own
    }

    /// The namespace that decides, or the principal's own, which its owners alone may change.
    func managed(_ ecosystem: EcosystemID, _ name: ProjectName) throws -> Namespace {
        try authorize(ecosystem)
        try rules.requirePerson(principal)
        let namespace = try subject(ecosystem, name)
        guard try isOwner(of: namespace) else {
            throw Problem(.notOwner, "\(principal.userName) is not an owner of the namespace '\(namespace.name)'.")
        }
        return namespace
    }

    func isOwner(of namespace: Namespace) throws -> Bool {
        if principal.isAdministrator { return true }
        return try store.role(ids: [namespace.id], userID: principal.userID) == .owner
    }

    var rules: ActingRules { ActingRules(core, connection, at: at) }
    var offers: RoleOffers { RoleOffers(core: core, connection: connection, principal: principal, at: at) }

    /// A namespace as roles on it are offered.
    func offered(_ namespace: Namespace) throws -> RoleOffers.Subject {
        RoleOffers.Subject(
            kind: .namespace, id: namespace.id, label: "\(namespace.ecosystem) \(namespace.name)",
            owners: try Roles(core: core, connection: connection).ownerIDs(namespace))
    }

    /// Gives a role that holds at once.
    func give(_ role: Role, on namespace: Namespace, to person: UserRecord) throws {
        let before = try offered(namespace)
        try store.setMember(namespace.id, userID: person.id, role: role, at: at)
        _ = try offers.withdraw(before, from: person)
        try record(
            "namespace.member-added", namespace,
            [("user", .string(person.name)), ("role", .string(role.rawValue))], visibility: .public)
        try offers.tell("added", role.rawValue, on: before, person)
    }

    /// Refuses whoever may not give an organization's namespace away: its owners do, and not those of a team.
    func requireGiver(_ namespace: Namespace) throws {
        guard let organization = namespace.organizationID, !principal.isAdministrator else { return }
        guard try OrganizationStore(connection).role(organization, userID: principal.userID) == .owner else {
            throw Problem(.notOwner, "Only the owners of '\(namespace.owner)' hand over its namespaces.")
        }
    }

    /// Whether the token covers what is not of one project alone.
    func authorize(_ ecosystem: EcosystemID) throws(Problem) {
        try principal.requireFreshFactor()
        guard principal.mayUse(.manage, ecosystem: ecosystem, nameKey: nil) else {
            throw Problem(
                .insufficientScope,
                "This token of \(principal.userName) does not cover 'manage' for all of '\(ecosystem)'."
            )
        }
    }

    func person(_ name: String) throws -> UserRecord {
        guard let person = try UserStore(connection).find(nameKey: UserName.key(name)) else {
            throw Problem(.userUnknown, "There is no user '\(name.prefix(64))'.")
        }
        return person
    }

    /// Writes the event and the work that follows from it.
    ///
    /// What concerns a claim is private; what changes who has a namespace is public.
    func record(
        _ kind: String, _ namespace: Namespace, _ details: [(String, JSONValue)] = [], visibility: Visibility = .public
    ) throws {
        let subject: [(String, JSONValue)] = [
            ("ecosystem", .string(namespace.ecosystem.rawValue)), ("namespace", .string(namespace.name)),
            ("owner", .string(namespace.owner)),
        ]
        let event = Event.make(
            id: core.ids.next(), kind: kind, at: at, actor: principal.userName, via: principal.kind, projectID: nil,
            visibility: visibility, details: subject + details)
        let events = EventStore(connection)
        try events.insert(event)
        try events.enqueue(id: core.ids.next(), topic: "event", eventID: event.id, at: at)
    }
}
