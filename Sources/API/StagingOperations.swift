import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on releases that wait.
enum StagingOperations {
    static let all: [APIOperation] = [list, show, release, drop, policy, setPolicy, clearPolicy]

    private static let path = "/stagings/{key}"
    private static let policyPath = "/projects/{ecosystem}/{name}/staging"

    private static let list = APIOperation(
        method: .get, path: "/stagings", id: "listStagings",
        summary: "The stagings that you made or that hold a release of a project of yours, newest first.",
        access: .token, body: nil,
        query: [("limit", ["type": "integer", "minimum": 1, "maximum": 1000])], answer: "Stagings"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let limit = try api.number("limit", default: 100, in: 1...1000)
        let stagings = try await api.services.stagings.list(by: principal, limit: limit)
        return ["stagings": .array(stagings.map { APIRendering.staging($0, api.services.publicURL) })]
    }

    private static let show = APIOperation(
        method: .get, path: path, id: "getStaging", summary: "A staging with what every stage found in it.",
        access: .token, body: nil, query: [], answer: "Staging"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let staging = try await api.services.stagings.find(try api.parameter("key"), by: principal)
        return APIRendering.staging(staging, api.services.publicURL)
    }

    private static let release = APIOperation(
        method: .post, path: path + "/release", id: "releaseStaging",
        summary: "Makes the releases of a staging what everybody sees.", access: .member, body: nil, query: [],
        answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        try await api.services.stagings.release(try api.parameter("key"), by: principal)
        return nil
    }

    private static let drop = APIOperation(
        method: .delete, path: path, id: "dropStaging",
        summary: "Lets the releases of a staging go; their versions are free again.", access: .member, body: nil,
        query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        try await api.services.stagings.drop(try api.parameter("key"), by: principal)
        return nil
    }

    private static let policy = APIOperation(
        method: .get, path: policyPath, id: "getStagingPolicy",
        summary: "What the project asks of its publishes; null where its namespaces decide.", access: .reader,
        body: nil, query: [], answer: "StagingPolicy"
    ) { api in
        let reader = try await api.services.reader(api.context)
        let history = try await api.services.catalog.history(
            try api.ecosystem(), name: try api.parameter("name"), for: reader)
        let policy = try await api.services.stagings.policy(history.project)
        return ["policy": policy.map { .string($0.rawValue) } ?? .null]
    }

    private static let setPolicy = APIOperation(
        method: .put, path: policyPath, id: "setStagingPolicy",
        summary: "Says whether publishes of the project wait, and whether another person must release them.",
        access: .member,
        body: [
            "type": "object", "required": ["policy"],
            "properties": ["policy": ["type": "string", "enum": .strings(StagingPolicy.allCases.map(\.rawValue))]],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let policy: StagingPolicy = try api.choice("policy", in: try await api.body())
        try await api.services.stagings.setPolicy(
            try api.ecosystem(), name: try api.parameter("name"), policy, by: principal)
        return nil
    }

    private static let clearPolicy = APIOperation(
        method: .delete, path: policyPath, id: "clearStagingPolicy",
        summary: "Leaves it to the project's namespaces whether publishes wait.", access: .member, body: nil,
        query: [], answer: nil
    ) { api in
        try await api.services.stagings.setPolicy(
            try api.ecosystem(), name: try api.parameter("name"), nil,
            by: try await api.services.principal(api.context))
        return nil
    }
}
