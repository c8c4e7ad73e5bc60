import Accounts
import Persistence
import RegistryModel

extension ChangeScope {
    /// Refuses whoever may not give the project away: what an organization owns, its owners give.
    func requireGiver() throws {
        guard let organization = project.organizationID, !principal.isAdministrator else { return }
        guard try OrganizationStore(connection).role(organization, userID: principal.userID) == .owner else {
            throw Problem(
                .notOwner, "'\(project.name.display)' is an organization's; only the organization's owners transfer it."
            )
        }
    }

    /// The user or organization of that name.
    func receiver(_ name: String) throws -> (ProjectTransfer.Receiver, String) {
        let key = UserName.key(name)
        if let organization = try OrganizationStore(connection).find(nameKey: key), organization.state == .active {
            guard organization.id != project.organizationID else {
                throw Problem(.conflict, "'\(project.name.display)' is \(organization.name)'s already.")
            }
            return (.organization(organization.id), organization.name)
        }
        guard let person = try UserStore(connection).find(nameKey: key), person.state == .active else {
            throw Problem(.userUnknown, "There is no user and no organization '\(name.prefix(64))'.")
        }
        guard person.id != principal.userID || project.organizationID != nil else {
            throw Problem(.conflict, "'\(project.name.display)' is \(person.name)'s already.")
        }
        return (.user(person.id), person.name)
    }

    /// Whether the principal is the receiver, or one of the owners of the organization that is.
    func isReceiver(_ transfer: ProjectTransfer) throws -> Bool {
        switch transfer.receiver {
        case .user(let id): id == principal.userID
        case .organization(let id):
            try OrganizationStore(connection).role(id, userID: principal.userID) == .owner
        }
    }

    /// Whether a transfer of the project waits after both sides agreed.
    var waits: Bool {
        get throws {
            try project.critical != nil || !Roles(core: core, connection: connection).namespaces(of: project).isEmpty
        }
    }

    /// Whether the giver could still give it, and the receiver receive it.
    func isMeant(_ transfer: ProjectTransfer) throws -> Bool {
        guard let giver = try UserStore(connection).find(id: transfer.fromID), giver.state == .active else {
            return false
        }
        let organizations = OrganizationStore(connection)
        let isReceived: Bool =
            switch transfer.receiver {
            case .user(let id): try UserStore(connection).find(id: id)?.state == .active
            case .organization(let id): try organizations.find(id: id)?.state == .active
            }
        if let organization = project.organizationID {
            let isOwner = try organizations.role(organization, userID: giver.id) == .owner
            return isReceived && (isOwner || giver.isAdministrator)
        }
        let principal = Principal(
            userID: giver.id, userName: giver.name, isAdministrator: giver.isAdministrator, kind: .session,
            tokenID: nil, scopes: [])
        let isOwner = try Roles(core: core, connection: connection).role(project, principal) == .owner
        return isReceived && (isOwner || giver.isAdministrator)
    }

    func requireMeant(_ transfer: ProjectTransfer) throws {
        guard try isMeant(transfer) else {
            throw Problem(
                .conflict, "\(transfer.from), who offered '\(project.name.display)', has no say over it any more.")
        }
    }

    /// Makes the project the receiver's: who gave it, and the teams of the organization that had it, keep no role.
    func handOver(_ transfer: ProjectTransfer) throws {
        let projects = ProjectStore(connection)
        let organizations = OrganizationStore(connection)
        let owners = try Roles(core: core, connection: connection).ownerIDs(project)
        _ = try projects.removeMember(project.id, userID: transfer.fromID)
        try organizations.removeTeams(ofProject: project.id)
        switch transfer.receiver {
        case .user(let id):
            try projects.setOrganization(project.id, nil)
            try projects.setMember(project.id, userID: id, role: .owner, at: at)
        case .organization(let id): try projects.setOrganization(project.id, id)
        }
        try TransferStore(connection).remove(project.id)
        // What was offered by those who have nothing to say any more does not hold.
        try InvitationStore(connection).removeAll(.project, project.id)
        try requireOwner()
        try finish("project.transferred", [("from", .string(transfer.from)), ("to", .string(transfer.to))])
        try tell(.transferCompleted, transfer, besides: owners)
    }

    /// Tells both sides.
    func tell(_ kind: Notice.Kind, _ transfer: ProjectTransfer, besides others: [Int64] = []) throws {
        var details = [
            "project": transfer.label, "from": transfer.from, "to": transfer.to, "by": principal.userName,
        ]
        details["effective"] = transfer.effectiveAt?.rfc3339(.seconds)
        var ids = Set(try Roles(core: core, connection: connection).ownerIDs(project) + others)
        ids.insert(transfer.fromID)
        switch transfer.receiver {
        case .user(let id): ids.insert(id)
        case .organization(let id): ids.formUnion(try OrganizationStore(connection).ownerIDs(id))
        }
        for id in ids.sorted() { try core.notices.post(Notice(kind, details), to: id, on: connection) }
    }
}
