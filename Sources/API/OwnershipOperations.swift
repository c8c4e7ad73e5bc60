import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on invitations, transfers, teams' roles, and what is asked of a project's publishers.
enum OwnershipOperations {
    static let all: [APIOperation] = [
        invitations, accept, endInvitation, people, setTeam, removeTeam, setNamespaceTeam, removeNamespaceTeam,
        setNamespaceOrganization, transfers, transfer, offer, endTransfer, acceptTransfer, setTokenPolicy,
        criticalProjects, mark, unmark,
    ]

    private static let project = "/projects/{ecosystem}/{name}"
    private static let role: JSONValue = [
        "type": "object", "required": ["role"],
        "properties": ["role": ["type": "string", "enum": .strings(Role.allCases.map(\.rawValue))]],
    ]
    private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 64]

    private static let invitations = APIOperation(
        method: .get, path: "/invitations", id: "listInvitations", summary: "Roles that wait for the caller's answer.",
        access: .token, body: nil, query: [], answer: "Invitations"
    ) { api in
        let found = try await api.ownership.invitations.list(by: try await api.principal())
        return ["invitations": .array(found.map(APIRendering.invitation))]
    }

    private static let accept = APIOperation(
        method: .post, path: "/invitations/{id}/acceptance", id: "acceptInvitation",
        summary: "Takes a role that was offered to the caller.", access: .token, body: nil, query: [],
        answer: "Invitation"
    ) { api in
        APIRendering.invitation(
            try await api.ownership.invitations.accept(try api.invitationID(), by: try await api.principal()))
    }

    private static let endInvitation = APIOperation(
        method: .delete, path: "/invitations/{id}", id: "endInvitation",
        summary: "Declines what was offered to the caller, or takes back what an owner offered.", access: .token,
        body: nil, query: [], answer: nil
    ) { api in
        let principal = try await api.principal()
        let id = try api.invitationID()
        do {
            try await api.ownership.invitations.decline(id, by: principal)
        } catch let problem as Problem where problem.code == .notFound {
            try await api.ownership.invitations.cancel(id, by: principal)
        }
        return nil
    }

    private static let people = APIOperation(
        method: .get, path: project + "/people", id: "getPeople",
        summary: "People and teams with a role on a project, its organization, and for owners what was offered.",
        access: .token, body: nil, query: [], answer: "People"
    ) { api in
        APIRendering.people(
            try await api.services.lifecycle.people(
                try api.ecosystem(), name: try api.parameter("name"), by: try await api.principal()))
    }

    private static let setTeam = APIOperation(
        method: .put, path: project + "/teams/{organization}/{team}", id: "setProjectTeam",
        summary: "Gives a team a role on a project, or changes it.", access: .member, body: role, query: [],
        answer: nil
    ) { api in
        let principal = try await api.principal()
        let role: Role = try api.choice("role", in: try await api.body())
        try await api.services.lifecycle.setTeam(
            try api.ecosystem(), name: try api.parameter("name"), organization: try api.parameter("organization"),
            team: try api.parameter("team"), role: role, by: principal)
        return nil
    }

    private static let removeTeam = APIOperation(
        method: .delete, path: project + "/teams/{organization}/{team}", id: "removeProjectTeam",
        summary: "Takes a team's role on a project away.", access: .member, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.lifecycle.setTeam(
            try api.ecosystem(), name: try api.parameter("name"), organization: try api.parameter("organization"),
            team: try api.parameter("team"), role: nil, by: try await api.principal())
        return nil
    }

    private static let setNamespaceTeam = APIOperation(
        method: .put, path: NamespaceOperations.path + "/teams/{organization}/{team}", id: "setNamespaceTeam",
        summary: "Gives a team a role on a namespace, or changes it.", access: .token, body: role, query: [],
        answer: nil
    ) { api in
        let principal = try await api.principal()
        let role: Role = try api.choice("role", in: try await api.body())
        try await api.namespaces.setTeam(
            try api.ecosystem(), name: try api.parameter("name"), organization: try api.parameter("organization"),
            team: try api.parameter("team"), role: role, by: principal)
        return nil
    }

    private static let removeNamespaceTeam = APIOperation(
        method: .delete, path: NamespaceOperations.path + "/teams/{organization}/{team}", id: "removeNamespaceTeam",
        summary: "Takes a team's role on a namespace away.", access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.namespaces.setTeam(
            try api.ecosystem(), name: try api.parameter("name"), organization: try api.parameter("organization"),
            team: try api.parameter("team"), role: nil, by: try await api.principal())
        return nil
    }

    private static let setNamespaceOrganization = APIOperation(
        method: .put, path: NamespaceOperations.path + "/organization", id: "setNamespaceOrganization",
        summary: "Makes a namespace or a claim an organization's, of both of which the caller is an owner.",
        access: .token,
        body: ["type": "object", "required": ["organization"], "properties": ["organization": name]], query: [],
        answer: nil
    ) { api in
        let principal = try await api.principal()
        let organization = try api.text("organization", in: try await api.body())
        _ = try await api.namespaces.setOrganization(
            try api.ecosystem(), name: try api.parameter("name"), organization: organization, by: principal)
        return nil
    }

    private static let transfers = APIOperation(
        method: .get, path: "/transfers", id: "listTransfers",
        summary: "Projects on their way to the caller or an organization of theirs, or from the caller.",
        access: .token, body: nil, query: [], answer: "Transfers"
    ) { api in
        let found = try await api.ownership.transfers.list(by: try await api.principal())
        return ["transfers": .array(found.map(APIRendering.transfer))]
    }

    private static let transfer = APIOperation(
        method: .get, path: project + "/transfer", id: "getTransfer",
        summary: "To whom a project is on its way; for both sides.", access: .member, body: nil, query: [],
        answer: "Transfers"
    ) { api in
        let found = try await api.ownership.transfers.find(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.principal())
        return ["transfers": .array(found.map { [APIRendering.transfer($0)] } ?? [])]
    }

    private static let offer = APIOperation(
        method: .put, path: project + "/transfer", id: "offerProject",
        summary: "Offers a project to a user or an organization, who have 14 days to accept.", access: .member,
        body: ["type": "object", "required": ["to"], "properties": ["to": name]], query: [], answer: "Transfer"
    ) { api in
        let principal = try await api.principal()
        let receiver = try api.text("to", in: try await api.body())
        return APIRendering.transfer(
            try await api.ownership.transfers.offer(
                try api.ecosystem(), name: try api.parameter("name"), to: receiver, by: principal))
    }

    private static let endTransfer = APIOperation(
        method: .delete, path: project + "/transfer", id: "endTransfer",
        summary: "Declines a project that was offered, or takes it back, also while an accepted transfer waits.",
        access: .member, body: nil, query: [], answer: nil
    ) { api in
        try await api.ownership.transfers.end(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.principal())
        return nil
    }

    private static let acceptTransfer = APIOperation(
        method: .post, path: project + "/transfer/acceptance", id: "acceptTransfer",
        summary: "Accepts a project; what is critical or in a verified namespace changes hands after a wait.",
        access: .token, body: nil, query: [], answer: "Transfer"
    ) { api in
        APIRendering.transfer(
            try await api.ownership.transfers.accept(
                try api.ecosystem(), name: try api.parameter("name"), by: try await api.principal()))
    }

    private static let setTokenPolicy = APIOperation(
        method: .put, path: project + "/token-policy", id: "setTokenPolicy",
        summary: "Says whether long-lived tokens publish a project, or only trusted publishers and who is signed in.",
        access: .member,
        body: [
            "type": "object", "required": ["policy"],
            "properties": ["policy": ["type": "string", "enum": .strings(TokenPolicy.allCases.map(\.rawValue))]],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.principal()
        let policy: TokenPolicy = try api.choice("policy", in: try await api.body())
        try await api.services.lifecycle.setTokenPolicy(
            try api.ecosystem(), name: try api.parameter("name"), policy, by: principal)
        return nil
    }

    private static let criticalProjects = APIOperation(
        method: .get, path: "/critical", id: "listCriticalProjects",
        summary: "Projects on which much depends, that the caller may see.", access: .reader, body: nil, query: [],
        answer: "CriticalProjects"
    ) { api in
        let found = try await api.ownership.critical.list(for: try await api.services.reader(api.context))
        return ["projects": .array(found.map(APIRendering.name))]
    }

    private static let mark = APIOperation(
        method: .put, path: project + "/critical", id: "markCritical",
        summary: "Says that a project is critical; for moderators and administrators.", access: .token,
        body: ["type": "object", "properties": ["now": ["type": "boolean"]]], query: [], answer: nil
    ) { api in
        let principal = try await api.principal()
        let body = try await api.body()
        try await api.ownership.critical.mark(
            try api.ecosystem(), name: try api.parameter("name"), atOnce: body["now"] == .bool(true), by: principal)
        return nil
    }

    private static let unmark = APIOperation(
        method: .delete, path: project + "/critical", id: "unmarkCritical",
        summary: "Takes that mark back; for moderators and administrators.", access: .token, body: nil, query: [],
        answer: nil
    ) { api in
        try await api.ownership.critical.unmark(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.principal())
        return nil
    }
}

extension APIRequest {
    /// The row id that the path names.
    fileprivate func invitationID() throws(Problem) -> Int64 {
        guard let id = Int64(try parameter("id")) else {
            throw Problem(.notFound, "There is no such invitation for you here.")
        }
        return id
    }
}
