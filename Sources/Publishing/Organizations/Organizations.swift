package import Accounts
import Persistence
package import RegistryModel

/// An organization as a reader sees it.
package struct OrganizationDetails: Sendable {
    package let organization: Organization
    /// The reader's role.
    package let role: OrganizationRole?
    /// Whether the reader sees who is in it: its members do, and whoever administers or audits the instance.
    package let showsPeople: Bool
    /// Empty for other readers, as are the teams and the invitations.
    package let members: [OrganizationMember]
    package let teams: [Team]
    /// What waits for an answer; for its owners.
    package let invitations: [Invitation]
    /// Those that the reader may see.
    package let projects: [Project]
    package let namespaces: [Namespace]
}

/// Groups of people that own projects and namespaces together (AUTHZ-2.1).
package struct Organizations: Sendable {
    let core: RegistryCore

    /// How many organizations one person may own.
    static let owned = 20
    /// How many teams an organization may have.
    static let teams = 200
    /// How many projects and namespaces are listed.
    private static let listed = 1000

    /// Works on `core`.
    package init(core: RegistryCore) {
        self.core = core
    }

    /// Makes an organization, whose first owner is the principal.
    /// - Throws: ``Problem/Code/nameInvalid``, ``Problem/Code/userExists`` where a user or an organization has or had the
    ///   name, ``Problem/Code/conflict`` where the principal owns too many.
    package func create(name: String, title: String, by principal: Principal) async throws -> Organization {
        try UserName.check(name)
        let at = core.clock.now()
        let organization = Organization(
            id: core.ids.next(), name: name, title: title.limited(toScalars: 100), state: .active, createdAt: at)
        do {
            return try await core.driver.write { [core] connection in
                try ActingRules(core, connection, at: at).requireOneself(principal)
                guard principal.userID != 0 else { throw Problem(.forbidden, "An organization needs an owner.") }
                let store = OrganizationStore(connection)
                let own = try store.list(userID: principal.userID, limit: 1000).count { $0.role == .owner }
                guard own < Self.owned || principal.kind == .commandLine else {
                    throw Problem(.conflict, "\(principal.userName) owns \(Self.owned) organizations already.")
                }
                try store.insert(organization, nameKey: UserName.key(name), createdBy: principal.userID)
                try store.setMember(organization.id, userID: principal.userID, role: .owner, at: at)
                let scope = OrganizationScope(
                    core: core, connection: connection, principal: principal, at: at, organization: organization)
                try scope.record(
                    "organization.created", [("owner", .string(principal.userName))], visibility: .public)
                return organization
            }
        } catch SQLFault.uniqueViolation {
            throw Problem(.userExists, "There is, or was, a user or an organization '\(name)'.")
        }
    }

    /// The organizations that the principal is in.
    package func list(
        by principal: Principal
    ) async throws -> [(organization: Organization, role: OrganizationRole)] {
        try await core.driver.read { try OrganizationStore($0).list(userID: principal.userID, limit: Self.listed) }
    }

    /// All organizations by name, from a key on; for whoever administers or audits the instance.
    package func all(after key: String = "", limit: Int = 1000, by principal: Principal) async throws -> [Organization]
    {
        guard principal.isAdministrator || principal.isAuditor else {
            throw Problem(.forbidden, "Only an administrator or auditor may do that.")
        }
        return try await core.driver.read { try OrganizationStore($0).list(after: key, limit: min(limit, 1000)) }
    }

    /// An organization, as far as the reader may see it.
    /// - Throws: ``Problem/Code/notFound``.
    package func find(_ name: String, for reader: Reader) async throws -> OrganizationDetails {
        let now = core.clock.now()
        return try await core.driver.read { [core] connection in
            let organization = try OrganizationScope.find(name, connection)
            let store = OrganizationStore(connection)
            let principal: Principal? = if case .principal(let principal) = reader { principal } else { nil }
            let role = try principal.flatMap { try store.role(organization.id, userID: $0.userID) }
            let oversees = principal?.isAdministrator == true || principal?.isAuditor == true
            let shown = role != nil || oversees
            return OrganizationDetails(
                organization: organization, role: role, showsPeople: shown,
                members: shown ? try store.members(organization.id) : [],
                teams: shown ? try store.teams(organization.id) : [],
                invitations: role == .owner || oversees
                    ? try InvitationStore(connection).list(.organization, organization.id).filter { $0.expiresAt > now }
                    : [],
                projects: try Catalog(core: core).visible(
                    store.projects(organization.id, limit: Self.listed), to: reader, connection),
                namespaces: try NamespaceStore(connection).list(organizationID: organization.id, limit: Self.listed)
                    .filter { $0.isVerified || shown })
        }
    }

    /// Changes what an organization calls itself.
    package func setTitle(_ name: String, _ title: String, by principal: Principal) async throws {
        try await change(name, by: principal) { scope in
            try scope.store.setTitle(scope.organization.id, title.limited(toScalars: 100))
            try scope.record("organization.title", visibility: .public)
        }
    }

    /// Ends an organization that owns nothing any more; nobody ever gets its name.
    package func delete(_ name: String, by principal: Principal) async throws {
        try await change(name, by: principal) { scope in
            let id = scope.organization.id
            let project = try scope.store.projects(id, limit: 1).first?.name.display
            let namespace = try NamespaceStore(scope.connection).list(organizationID: id, limit: 1).first?.name
            if let owned = project ?? namespace {
                throw Problem(.conflict, "'\(scope.organization.name)' owns '\(owned)'. Hand over what it owns first.")
            }
            let subject = try scope.subject
            for member in try scope.store.members(id) {
                try scope.offers.tell(
                    "removed", member.role.rawValue, on: subject, userID: member.userID, userName: member.userName)
            }
            try scope.store.delete(id)
            try scope.record("organization.deleted", visibility: .public)
        }
    }

    /// Runs one change of an organization in a transaction, as one of its owners.
    func change<Value: Sendable>(
        _ name: String, by principal: Principal, _ body: @escaping @Sendable (OrganizationScope) throws -> Value
    ) async throws -> Value {
        try await transact(name, by: principal) { scope in
            try scope.authorize()
            return try body(scope)
        }
    }

    /// Runs a transaction on one organization that decides itself who may.
    func transact<Value: Sendable>(
        _ name: String, by principal: Principal, _ body: @escaping @Sendable (OrganizationScope) throws -> Value
    ) async throws -> Value {
        let at = core.clock.now()
        return try await core.driver.write { [core] connection in
            try body(
                OrganizationScope(
                    core: core, connection: connection, principal: principal, at: at,
                    organization: try OrganizationScope.find(name, connection)))
        }
    }
}
