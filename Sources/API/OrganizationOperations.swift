import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on organizations and their people.
enum OrganizationOperations {
    static let all: [APIOperation] = [
        list, create, show, change, delete, setMember, removeMember, createTeam, showTeam, deleteTeam, addToTeam,
        removeFromTeam,
    ]

    private static let path = "/organizations/{organization}"
    private static let team = path + "/teams/{team}"
    private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 39]
    private static let title: JSONValue = ["type": "string", "maxLength": 100]

    private static let list = APIOperation(
        method: .get, path: "/organizations", id: "listOrganizations", summary: "The organizations the caller is in.",
        access: .token, body: nil, query: [], answer: "Organizations"
    ) { api in
        let found = try await api.ownership.organizations.list(by: try await api.principal())
        return [
            "organizations": .array(found.map { APIRendering.organization($0.organization, role: $0.role) })
        ]
    }

    private static let create = APIOperation(
        method: .post, path: "/organizations", id: "createOrganization",
        summary: "Makes an organization, whose first owner is the caller. It shares its name with no user.",
        access: .token,
        body: ["type": "object", "required": ["name"], "properties": ["name": name, "title": title]], query: [],
        answer: "Organization"
    ) { api in
        let principal = try await api.principal()
        let body = try await api.body()
        let name = try api.text("name", in: body)
        let made = try await api.ownership.organizations.create(
            name: name, title: try api.optionalText("title", in: body) ?? name, by: principal)
        return APIRendering.organization(made, role: .owner)
    }

    private static let show = APIOperation(
        method: .get, path: path, id: "getOrganization",
        summary: "What an organization owns; and who is in it, for its members.", access: .reader, body: nil,
        query: [], answer: "Organization"
    ) { api in
        APIRendering.details(
            try await api.ownership.organizations.find(
                try api.parameter("organization"), for: try await api.services.reader(api.context)))
    }

    private static let change = APIOperation(
        method: .patch, path: path, id: "changeOrganization", summary: "Changes what an organization calls itself.",
        access: .token, body: ["type": "object", "required": ["title"], "properties": ["title": title]], query: [],
        answer: nil
    ) { api in
        let principal = try await api.principal()
        let title = try api.text("title", in: try await api.body())
        try await api.ownership.organizations.setTitle(try api.parameter("organization"), title, by: principal)
        return nil
    }

    private static let delete = APIOperation(
        method: .delete, path: path, id: "deleteOrganization",
        summary: "Ends an organization that owns nothing; its name is never used again.", access: .token, body: nil,
        query: [], answer: nil
    ) { api in
        try await api.ownership.organizations.delete(
            try api.parameter("organization"), by: try await api.principal())
        return nil
    }

    private static let setMember = APIOperation(
        method: .put, path: path + "/members/{user}", id: "setOrganizationMember",
        summary: "Gives somebody a role, which holds when they accept it, or changes it.", access: .token,
        body: [
            "type": "object", "required": ["role"],
            "properties": ["role": ["type": "string", "enum": .strings(OrganizationRole.allCases.map(\.rawValue))]],
        ], query: [], answer: "Grant"
    ) { api in
        let principal = try await api.principal()
        let role: OrganizationRole = try api.choice("role", in: try await api.body())
        return APIRendering.grant(
            try await api.ownership.organizations.setMember(
                try api.parameter("organization"), user: try api.parameter("user"), role: role, by: principal))
    }

    private static let removeMember = APIOperation(
        method: .delete, path: path + "/members/{user}", id: "removeOrganizationMember",
        summary: "Takes somebody out, or an invitation back; anybody may leave, but for the last owner.",
        access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.ownership.organizations.removeMember(
            try api.parameter("organization"), user: try api.parameter("user"), by: try await api.principal())
        return nil
    }

    private static let createTeam = APIOperation(
        method: .post, path: path + "/teams", id: "createTeam", summary: "Makes a team.", access: .token,
        body: ["type": "object", "required": ["name"], "properties": ["name": name]], query: [], answer: nil
    ) { api in
        let principal = try await api.principal()
        let team = try api.text("name", in: try await api.body())
        _ = try await api.ownership.organizations.createTeam(
            try api.parameter("organization"), team: team, by: principal)
        return nil
    }

    private static let showTeam = APIOperation(
        method: .get, path: team, id: "getTeam", summary: "Who is in a team, and where it has roles; for members.",
        access: .token, body: nil, query: [], answer: "Team"
    ) { api in
        APIRendering.team(
            try await api.ownership.organizations.team(
                try api.parameter("organization"), team: try api.parameter("team"), by: try await api.principal()))
    }

    private static let deleteTeam = APIOperation(
        method: .delete, path: team, id: "deleteTeam", summary: "Ends a team and its roles.", access: .token,
        body: nil, query: [], answer: nil
    ) { api in
        try await api.ownership.organizations.deleteTeam(
            try api.parameter("organization"), team: try api.parameter("team"), by: try await api.principal())
        return nil
    }

    private static let addToTeam = APIOperation(
        method: .put, path: team + "/members/{user}", id: "addToTeam",
        summary: "Puts a member into a team, or invites somebody to both.", access: .token, body: nil, query: [],
        answer: "Grant"
    ) { api in
        APIRendering.grant(
            try await api.ownership.organizations.addToTeam(
                try api.parameter("organization"), team: try api.parameter("team"), user: try api.parameter("user"),
                by: try await api.principal()))
    }

    private static let removeFromTeam = APIOperation(
        method: .delete, path: team + "/members/{user}", id: "removeFromTeam",
        summary: "Takes somebody out of a team, or an invitation back.", access: .token, body: nil, query: [],
        answer: nil
    ) { api in
        try await api.ownership.organizations.removeFromTeam(
            try api.parameter("organization"), team: try api.parameter("team"), user: try api.parameter("user"),
            by: try await api.principal())
        return nil
    }
}

extension APIRequest {
    /// The use cases of who owns what.
    var ownership: Ownership { services.ownership }

    /// Who calls.
    func principal() async throws -> Principal { try await services.principal(context) }
}
