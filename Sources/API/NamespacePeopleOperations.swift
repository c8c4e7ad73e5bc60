import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on who has a namespace, and what it asks of publishes.
enum NamespacePeopleOperations {
    static let all: [APIOperation] = [members, setMember, removeMember, setPolicy, offer, endOffer, accept]

    private static let path = NamespaceOperations.path

    private static let members = APIOperation(
        method: .get, path: path + "/members", id: "listNamespaceMembers", summary: "Who has a role on a namespace.",
        access: .token, body: nil, query: [], answer: "Members"
    ) { api in
        let members = try await api.namespaces.members(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return ["members": .array(members.map(APIRendering.member))]
    }

    private static let setMember = APIOperation(
        method: .put, path: path + "/members/{user}", id: "setNamespaceMember",
        summary:
            "Gives somebody a role on a namespace and so on every project created under it, or offers it until they accept.",
        access: .token,
        body: [
            "type": "object", "required": ["role"],
            "properties": ["role": ["type": "string", "enum": .strings(Role.allCases.map(\.rawValue))]],
        ], query: [], answer: "Grant"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let role: Role = try api.choice("role", in: try await api.body())
        return APIRendering.grant(
            try await api.namespaces.addMember(
                try api.ecosystem(), name: try api.parameter("name"), user: try api.parameter("user"), role: role,
                by: principal))
    }

    private static let removeMember = APIOperation(
        method: .delete, path: path + "/members/{user}", id: "removeNamespaceMember",
        summary: "Takes somebody's role on a namespace away; the one whose it is stays.", access: .token, body: nil,
        query: [], answer: nil
    ) { api in
        try await api.namespaces.removeMember(
            try api.ecosystem(), name: try api.parameter("name"), user: try api.parameter("user"),
            by: try await api.services.principal(api.context))
        return nil
    }

    private static let setPolicy = APIOperation(
        method: .put, path: path + "/staging", id: "setNamespaceStaging",
        summary: "Sets what a namespace asks of the publishes inside; null for nothing.", access: .token,
        body: [
            "type": "object", "required": ["policy"],
            "properties": [
                "policy": [
                    "type": ["string", "null"],
                    "enum": .array(StagingPolicy.allCases.map { .string($0.rawValue) } + [.null]),
                ]
            ],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        let policy: StagingPolicy? =
            body["policy"]?.isNull == true ? nil : try api.choice("policy", in: body) as StagingPolicy
        try await api.namespaces.setStagingPolicy(
            try api.ecosystem(), name: try api.parameter("name"), policy, by: principal)
        return nil
    }

    private static let offer = APIOperation(
        method: .put, path: path + "/offer", id: "offerNamespace",
        summary: "Offers a namespace to somebody, who has 14 days to accept. It changes hands some time after that.",
        access: .token,
        body: [
            "type": "object", "required": ["user"],
            "properties": ["user": ["type": "string", "minLength": 1, "maxLength": 64]],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let user = try api.text("user", in: try await api.body())
        try await api.namespaces.offer(
            try api.ecosystem(), name: try api.parameter("name"), to: user, by: principal)
        return nil
    }

    private static let endOffer = APIOperation(
        method: .delete, path: path + "/offer", id: "endNamespaceOffer",
        summary: "Declines an offer, or takes it back, also after it was accepted and before it takes effect.",
        access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.namespaces.endOffer(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return nil
    }

    private static let accept = APIOperation(
        method: .post, path: path + "/offer/acceptance", id: "acceptNamespaceOffer",
        summary:
            "Accepts a namespace that was offered. It is the caller's from 'effective' on; whoever had it keeps no role.",
        access: .token, body: nil, query: [], answer: "NamespaceOffer"
    ) { api in
        let offered = try await api.namespaces.accept(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return NamespaceOperations.offer(offered.offer, of: offered.namespace)
    }
}
