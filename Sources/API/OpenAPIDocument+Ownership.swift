import RegistryModel

extension OpenAPIDocument {
    private static let role: JSONValue = ["type": "string", "enum": ["owner", "maintainer"]]
    private static let names = object(["ecosystem", "name"], ["ecosystem": text, "name": text, "role": text])

    /// The answers about organizations, invitations, transfers and roles.
    static let ownershipSchemas: JSONValue = [
        "Organization": object(
            ["name", "title", "created"],
            [
                "name": text, "title": text, "created": time, "role": text,
                "members": ["type": "array", "items": object(["name", "role"], ["name": text, "role": text])],
                "teams": texts, "invitations": list(of: "Invitation"),
                "projects": list(of: "CriticalProject"), "namespaces": ["type": "array", "items": names],
            ]),
        "Organizations": object(["organizations"], ["organizations": list(of: "Organization")]),
        "Team": object(
            ["organization", "name", "created", "members", "projects", "namespaces"],
            [
                "organization": text, "name": text, "created": time, "members": texts,
                "projects": ["type": "array", "items": names], "namespaces": ["type": "array", "items": names],
                "invitations": list(of: "Invitation"),
            ]),
        "Grant": object(
            ["state"],
            ["state": ["type": "string", "enum": ["unchanged", "done", "offered"]], "expires": time]),
        "Invitation": object(
            ["id", "kind", "subject", "user", "role", "by", "created", "expires"],
            [
                "id": text, "kind": ["type": "string", "enum": .strings(InvitationSubject.allCases.map(\.rawValue))],
                "subject": text, "user": text, "role": text, "by": text, "created": time, "expires": time,
            ]),
        "Invitations": object(["invitations"], ["invitations": list(of: "Invitation")]),
        "People": object(
            ["members", "teams"],
            [
                "members": list(of: "Member"), "organization": text, "invitations": list(of: "Invitation"),
                "teams": ["type": "array", "items": object(["team", "role"], ["team": text, "role": role])],
            ]),
        "Transfer": object(
            ["ecosystem", "project", "from", "to", "receiver", "offered", "expires"],
            [
                "ecosystem": text, "project": text, "from": text, "to": text,
                "receiver": ["type": "string", "enum": ["user", "organization"]], "offered": time, "expires": time,
                "accepted": time, "effective": time,
            ]),
        "Transfers": object(["transfers"], ["transfers": list(of: "Transfer")]),
        "Critical": object(
            ["since", "reason", "enforced"],
            [
                "since": time, "enforced": time,
                "reason": ["type": "string", "enum": .strings(Criticality.Reason.allCases.map(\.rawValue))],
            ]),
        "CriticalProject": object(
            ["ecosystem", "name"],
            ["ecosystem": text, "name": text, "critical": ["$ref": "#/components/schemas/Critical"]]),
        "CriticalProjects": object(["projects"], ["projects": list(of: "CriticalProject")]),
    ]
}
