import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on projects as a whole.
enum ProjectOperations {
    static let all: [APIOperation] = [show, remove, events, setStatus, setVisibility, setSource, search]

    private static let path = "/projects/{ecosystem}/{name}"

    private static let show = APIOperation(
        method: .get, path: path, id: "getProject", summary: "A project with its versions and people.",
        access: .reader, body: nil, query: [], answer: "Project"
    ) { api in
        let reader = try await api.services.reader(api.context)
        let history = try await api.services.catalog.history(
            try api.ecosystem(), name: try api.parameter("name"), for: reader)
        return APIRendering.project(history, source: try await api.services.catalog.source(of: history.project))
    }

    private static let remove = APIOperation(
        method: .delete, path: path, id: "removeProject",
        summary: "Removes all versions, under the unpublish policy. The name and the versions are never used again.",
        access: .member, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.lifecycle.removeProject(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return nil
    }

    private static let events = APIOperation(
        method: .get, path: path + "/events", id: "listEvents", summary: "What happened to a project, newest first.",
        access: .reader, body: nil,
        query: [
            ("limit", ["type": "integer", "minimum": 1, "maximum": 1000, "default": 100]),
            ("before", ["type": "integer", "format": "int64", "minimum": 0]),
        ], answer: "Events"
    ) { api in
        let reader = try await api.services.reader(api.context)
        let limit = try api.number("limit", default: 100, in: 1...1000)
        let before = api.query("before") == nil ? nil : try api.number("before", default: 0, in: 0...Int.max)
        let history = try await api.services.catalog.history(
            try api.ecosystem(), name: try api.parameter("name"), for: reader)
        let events = try await api.services.catalog.events(
            history.project, limit: limit, before: before.map(Int64.init))
        return ["events": .array(try events.map { try JSONValue.parse($0.body) })]
    }

    private static let setStatus = APIOperation(
        method: .put, path: path + "/status", id: "setProjectStatus",
        summary: "Archives, deprecates or reopens a project; administrators may quarantine it.", access: .member,
        body: [
            "type": "object", "required": ["status"],
            "properties": [
                "status": ["type": "string", "enum": .strings(ProjectStatus.allCases.map(\.rawValue))],
                "reason": ["type": ["string", "null"], "maxLength": 1000],
            ],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        let status: ProjectStatus = try api.choice("status", in: body)
        try await api.services.lifecycle.setStatus(
            try api.ecosystem(), name: try api.parameter("name"), status,
            reason: try api.optionalText("reason", in: body), by: principal)
        return nil
    }

    private static let setSource = APIOperation(
        method: .put, path: path + "/source", id: "setProjectSource",
        summary: "Confirms the source repository that a project is held to; null leaves it to the next release.",
        access: .member,
        body: [
            "type": "object", "required": ["url"],
            "properties": ["url": ["type": ["string", "null"], "maxLength": 1000]],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        guard body["url"] != nil else { throw Problem(.badRequest, "'url' must be a string or null.") }
        try await api.services.lifecycle.setSource(
            try api.ecosystem(), name: try api.parameter("name"), address: try api.optionalText("url", in: body),
            by: principal)
        return nil
    }

    private static let setVisibility = APIOperation(
        method: .put, path: path + "/visibility", id: "setProjectVisibility", summary: "Sets who may read a project.",
        access: .member,
        body: [
            "type": "object", "required": ["visibility"],
            "properties": [
                "visibility": ["type": "string", "enum": .strings(Visibility.allCases.map(\.rawValue))]
            ],
        ], query: [], answer: nil
    ) { api in
        let principal = try await api.services.principal(api.context)
        let visibility: Visibility = try api.choice("visibility", in: try await api.body())
        try await api.services.lifecycle.setVisibility(
            try api.ecosystem(), name: try api.parameter("name"), visibility, by: principal)
        return nil
    }

    private static let search = APIOperation(
        method: .get, path: "/search", id: "search", summary: "Projects whose name, summary or keywords match.",
        access: .reader, body: nil,
        query: [
            ("q", ["type": "string", "description": "Of a longer text the first 200 characters count."]),
            ("ecosystem", ["type": "string"]),
            ("limit", ["type": "integer", "minimum": 1, "maximum": 250, "default": 20]),
            ("offset", ["type": "integer", "minimum": 0, "maximum": 10_000, "default": 0]),
        ], answer: "SearchResults"
    ) { api in
        let query = SearchQuery(
            text: api.query("q") ?? "", ecosystem: api.query("ecosystem").map(EcosystemID.init(rawValue:)),
            limit: try api.number("limit", default: 20, in: 1...250),
            offset: try api.number("offset", default: 0, in: 0...10_000))
        let page = try await api.services.catalog.search(query, for: try await api.services.reader(api.context))
        return APIRendering.search(page)
    }
}
