import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on people and their roles.
enum PeopleOperations {
    static let all: [APIOperation] = [whoami, members, setMember, removeMember]

    private static let path = "/projects/{ecosystem}/{name}/members"

    private static let whoami = APIOperation(
        method: .get, path: "/user", id: "getUser", summary: "Whose token this is, and what it may do.", access: .token,
        body: nil, query: [], answer: "User"
    ) { api in
        let principal = try await api.services.principal(api.context)
        return [
            "name": .string(principal.userName), "administrator": .bool(principal.isAdministrator),
            "moderator": .bool(principal.isModerator), "auditor": .bool(principal.isAuditor),
            "credential": .string(principal.kind.rawValue),
            "scopes": .strings(principal.scopes.map(\.description)),
        ]
    }

    private static let members = APIOperation(
        method: .get, path: path, id: "listMembers", summary: "Who has a role on a project.", access: .token, body: nil,
        query: [], answer: "Members"
    ) { api in
        let members = try await api.services.lifecycle.members(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return ["members": .array(members.map(APIRendering.member))]
    }

    private static let setMember = APIOperation(
        method: .put, path: path + "/{user}", id: "setMember",
        summary: "Gives somebody a role, which holds when they accept it, or changes it.", access: .member,
        body: [
            "type": "object", "required": ["role"],
            "properties": ["role": ["type": "string", "enum": .strings(Role.allCases.map(\.rawValue))]],
        ], query: [], answer: "Grant"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let role: Role = try api.choice("role", in: try await api.body())
        return APIRendering.grant(
            try await api.services.lifecycle.addMember(
                try api.ecosystem(), name: try api.parameter("name"), user: try api.parameter("user"), role: role,
                by: principal))
    }

    private static let removeMember = APIOperation(
        method: .delete, path: path + "/{user}", id: "removeMember",
        summary: "Takes somebody's role away; the last owner stays.", access: .member, body: nil, query: [],
        answer: nil
    ) { api in
        try await api.services.lifecycle.removeMember(
            try api.ecosystem(), name: try api.parameter("name"), user: try api.parameter("user"),
            by: try await api.services.principal(api.context))
        return nil
    }
}
