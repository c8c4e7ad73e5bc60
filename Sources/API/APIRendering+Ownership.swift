import Publishing
import RegistryModel

/// The JSON of organizations, invitations, transfers and roles.
extension APIRendering {
    static func organization(_ organization: Organization, role: OrganizationRole? = nil) -> JSONValue {
        .compactObject([
            ("name", .string(organization.name)), ("title", .string(organization.title)),
            ("created", .string(organization.createdAt.rfc3339())), ("role", role.map { .string($0.rawValue) }),
        ])
    }

    static func details(_ details: OrganizationDetails) -> JSONValue {
        let organization = details.organization
        let shown = details.showsPeople
        return .compactObject([
            ("name", .string(organization.name)), ("title", .string(organization.title)),
            ("created", .string(organization.createdAt.rfc3339())),
            ("role", details.role.map { .string($0.rawValue) }),
            (
                "members",
                shown
                    ? .array(details.members.map { ["name": .string($0.userName), "role": .string($0.role.rawValue)] })
                    : nil
            ),
            ("teams", shown ? .strings(details.teams.map(\.name)) : nil),
            ("invitations", shown ? .array(details.invitations.map(invitation)) : nil),
            ("projects", .array(details.projects.map(name))),
            ("namespaces", .array(details.namespaces.map(name))),
        ])
    }

    static func team(_ details: TeamDetails) -> JSONValue {
        [
            "organization": .string(details.team.organization), "name": .string(details.team.name),
            "created": .string(details.team.createdAt.rfc3339()), "members": .strings(details.members),
            "projects": .array(details.projects.map { place($0.project.ecosystem, $0.project.name.display, $0.role) }),
            "namespaces": .array(
                details.namespaces.map { place($0.namespace.ecosystem, $0.namespace.name, $0.role) }),
            "invitations": .array(details.invitations.map(invitation)),
        ]
    }

    static func invitation(_ invitation: Invitation) -> JSONValue {
        [
            "id": .string(String(invitation.id)), "kind": .string(invitation.subject.rawValue),
            "subject": .string(invitation.label), "user": .string(invitation.userName),
            "role": .string(invitation.role), "by": .string(invitation.inviter),
            "created": .string(invitation.createdAt.rfc3339()), "expires": .string(invitation.expiresAt.rfc3339()),
        ]
    }

    static func transfer(_ transfer: ProjectTransfer) -> JSONValue {
        .compactObject([
            ("ecosystem", .string(transfer.ecosystem.rawValue)), ("project", .string(transfer.project)),
            ("from", .string(transfer.from)), ("to", .string(transfer.to)),
            ("receiver", .string(transfer.receiver.kind)), ("offered", .string(transfer.offeredAt.rfc3339())),
            ("expires", .string(transfer.expiresAt.rfc3339())),
            ("accepted", transfer.acceptedAt.map { .string($0.rfc3339()) }),
            ("effective", transfer.effectiveAt.map { .string($0.rfc3339()) }),
        ])
    }

    static func people(_ people: ProjectPeople) -> JSONValue {
        .compactObject([
            ("members", .array(people.members.map(member))),
            (
                "teams",
                .array(people.teams.map { ["team": .string($0.team.label), "role": .string($0.role.rawValue)] })
            ),
            ("organization", people.organization.map(JSONValue.string)),
            ("invitations", people.invitations.isEmpty ? nil : .array(people.invitations.map(invitation))),
        ])
    }

    /// What a role that was given came to: for the person who gave it.
    static func grant(_ outcome: GrantOutcome) -> JSONValue {
        switch outcome {
        case .unchanged: ["state": "unchanged"]
        case .done: ["state": "done"]
        case .offered(let until): ["state": "offered", "expires": .string(until.rfc3339())]
        }
    }

    static func critical(_ critical: Criticality) -> JSONValue {
        [
            "since": .string(critical.since.rfc3339()), "reason": .string(critical.reason.rawValue),
            "enforced": .string(critical.enforcedAt.rfc3339()),
        ]
    }

    static func name(_ project: Project) -> JSONValue {
        .compactObject([
            ("ecosystem", .string(project.ecosystem.rawValue)), ("name", .string(project.name.display)),
            ("critical", project.critical.map(critical)),
        ])
    }

    private static func name(_ namespace: Namespace) -> JSONValue {
        ["ecosystem": .string(namespace.ecosystem.rawValue), "name": .string(namespace.name)]
    }

    private static func place(_ ecosystem: EcosystemID, _ name: String, _ role: Role) -> JSONValue {
        ["ecosystem": .string(ecosystem.rawValue), "name": .string(name), "role": .string(role.rawValue)]
    }
}
