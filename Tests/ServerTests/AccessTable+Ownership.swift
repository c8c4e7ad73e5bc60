import RegistryModel

/// Organizations, invitations, transfers.
///
/// Whose organization, invitation or transfer it is decides, which OrganizationServerTests look at: nobody's is not found.
extension AccessTable {
    private static let organization = "/api/v1/organizations/{organization}"
    private static let nobodys = "/api/v1/organizations/nobodys"
    private static let project = "/api/v1/projects/{ecosystem}/{name}"
    private static let projectCall = "/api/v1/projects/npm/{p}"
    private static let namespace = "/api/v1/namespaces/{ecosystem}/{name}"
    private static let none = 404...404

    static let ownership = organizations + roles + elsewhere

    private static let organizations =
        [
            row("GET", "/api/v1/organizations", .token),
            row("POST", "/api/v1/organizations", .person, nil, .npm, ["name": "owner"], accepted: 409...409),
            row("GET", organization, .everyone, nobodys, accepted: none),
        ]
        + [
            ("PATCH", "", ["title": "x"]), ("DELETE", "", nil), ("PUT", "/members/{user}", ["role": "member"]),
            ("DELETE", "/members/{user}", nil), ("POST", "/teams", ["name": "core"]), ("GET", "/teams/{team}", nil),
            ("DELETE", "/teams/{team}", nil), ("PUT", "/teams/{team}/members/{user}", nil),
            ("DELETE", "/teams/{team}/members/{user}", nil),
        ].map { (method: String, path: String, body: JSONValue?) in
            let call = nobodys + path.replacing("{user}", with: "helper").replacing("{team}", with: "core")
            return row(method, organization + path, .token, call, .npm, body, accepted: none)
        }

    private static let roles = [
        row("GET", project + "/people", .tokenReader, projectCall + "/people", .npm),
        // No organization has that team, of which an owner is told.
        row(
            "PUT", project + "/teams/{organization}/{team}", .member, projectCall + "/teams/nobodys/core", .npm,
            ["role": "maintainer"], accepted: none),
        row(
            "DELETE", project + "/teams/{organization}/{team}", .member, projectCall + "/teams/nobodys/core", .npm,
            accepted: none),
        row("GET", project + "/transfer", .member, projectCall + "/transfer", .npm),
        row("PUT", project + "/transfer", .member, projectCall + "/transfer", .npm, ["to": "helper"]),
        row("DELETE", project + "/transfer", .member, projectCall + "/transfer", .npm),
        row("PUT", project + "/token-policy", .member, projectCall + "/token-policy", .npm, ["policy": "any"]),
        row(
            "POST", project + "/transfer/acceptance", .token, projectCall + "/transfer/acceptance", .npm,
            accepted: none),
        // For moderators and administrators, of which everybody else is told.
        row("PUT", project + "/critical", .moderator, projectCall + "/critical", .npm),
        row("DELETE", project + "/critical", .moderator, projectCall + "/critical", .npm),
    ]

    private static let elsewhere = [
        row("GET", "/api/v1/critical", .list), row("GET", "/api/v1/transfers", .token),
        row("GET", "/api/v1/invitations", .token),
        row("POST", "/api/v1/invitations/{id}/acceptance", .person, "/api/v1/invitations/1/acceptance", accepted: none),
        row("DELETE", "/api/v1/invitations/{id}", .token, "/api/v1/invitations/1", accepted: none),
        row(
            "PUT", namespace + "/teams/{organization}/{team}", .token,
            "/api/v1/namespaces/npm/@nobodys/teams/nobodys/core", .npm, ["role": "owner"], accepted: none),
        row(
            "DELETE", namespace + "/teams/{organization}/{team}", .token,
            "/api/v1/namespaces/npm/@nobodys/teams/nobodys/core", .npm, accepted: none),
        row(
            "PUT", namespace + "/organization", .token, "/api/v1/namespaces/npm/@nobodys/organization", .npm,
            ["organization": "nobodys"], accepted: none),
    ]

    /// What npm asks about organizations and teams; there is none of that name.
    static let npmOrganizations =
        [row("GET", "/npm/-/org/{scope}/package", .everyone, "/npm/-/org/nobodys/package", accepted: none)]
        + [
            ("GET", "/org/{scope}/user", nil), ("PUT", "/org/{scope}/user", ["user": "helper"]),
            ("DELETE", "/org/{scope}/user", ["user": "helper"]), ("GET", "/org/{scope}/team", nil),
            ("PUT", "/org/{scope}/team", ["name": "core"]), ("DELETE", "/team/{scope}/{team}", nil),
            ("GET", "/team/{scope}/{team}/user", nil), ("PUT", "/team/{scope}/{team}/user", ["user": "helper"]),
            ("DELETE", "/team/{scope}/{team}/user", ["user": "helper"]), ("GET", "/team/{scope}/{team}/package", nil),
        ].map { (method: String, path: String, body: JSONValue?) in
            let call = path.replacing("{scope}", with: "nobodys").replacing("{team}", with: "core")
            return row(method, "/npm/-" + path, .token, "/npm/-" + call, .npm, body, accepted: none)
        }
        + [
            row(
                "PUT", "/npm/-/team/{scope}/{team}/package", .member, "/npm/-/team/nobodys/core/package", .npm,
                ["package": "{p}", "permissions": "read-write"], accepted: none),
            row(
                "DELETE", "/npm/-/team/{scope}/{team}/package", .member, "/npm/-/team/nobodys/core/package", .npm,
                ["package": "{p}"], accepted: none),
        ]
}
