import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on trusted publishers, pending ones too.
enum TrustedPublisherOperations {
    static let all: [APIOperation] = [list, add, remove, pending, addPending, removePending]

    private static let path = "/projects/{ecosystem}/{name}/trusted-publishers"
    private static let text: JSONValue = ["type": "string", "minLength": 1, "maxLength": 255]
    private static let wish: JSONValue = [
        "provider": text, "issuer": ["type": "string", "maxLength": 512],
        "environment": ["type": "string", "maxLength": 255],
        "settings": ["type": "object", "additionalProperties": ["type": "string", "maxLength": 1000]],
    ]

    private static let list = APIOperation(
        method: .get, path: path, id: "listTrustedPublishers",
        summary: "The workflows that may publish a project without a long-lived token; for its owners.",
        access: .member, body: nil, query: [], answer: "TrustedPublishers"
    ) { api in
        let found = try await api.services.trust().trustedPublishers.list(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return ["publishers": .array(found.map(rendered))]
    }

    private static let add = APIOperation(
        method: .post, path: path, id: "addTrustedPublisher", summary: "Lets a workflow publish the project.",
        access: .member,
        body: ["type": "object", "required": ["provider", "settings"], "properties": wish], query: [],
        answer: "TrustedPublisher"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let added = try await api.services.trust().trustedPublishers.add(
            try api.ecosystem(), name: try api.parameter("name"), try api.wish(in: try await api.body()),
            by: principal, origin: api.context.visitor.origin)
        return rendered(added)
    }

    private static let remove = APIOperation(
        method: .delete, path: path + "/{id}", id: "removeTrustedPublisher",
        summary: "Takes it back; the tokens that it was given end at once.", access: .member, body: nil, query: [],
        answer: nil
    ) { api in
        try await api.services.trust().trustedPublishers.remove(
            try api.ecosystem(), name: try api.parameter("name"), id: try api.id(),
            by: try await api.services.principal(api.context), origin: api.context.visitor.origin)
        return nil
    }

    private static let pending = APIOperation(
        method: .get, path: "/trusted-publishers", id: "listPendingPublishers",
        summary: "The caller's publishers of projects that do not exist yet.", access: .token, body: nil, query: [],
        answer: "TrustedPublishers"
    ) { api in
        let found = try await api.services.trust().trustedPublishers.pending(
            by: try await api.services.principal(api.context))
        return ["publishers": .array(found.map(rendered))]
    }

    private static let addPending = APIOperation(
        method: .post, path: "/trusted-publishers", id: "addPendingPublisher",
        summary: "Lets a workflow create a project by publishing it, within 30 days. It reserves no name.",
        access: .token,
        body: [
            "type": "object", "required": ["ecosystem", "name", "provider", "settings"],
            "properties": wish.setting("ecosystem", to: text).setting("name", to: text),
        ], query: [], answer: "TrustedPublisher"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        let added = try await api.services.trust().trustedPublishers.addPending(
            EcosystemID(rawValue: try api.text("ecosystem", in: body)), name: try api.text("name", in: body),
            try api.wish(in: body), by: principal, origin: api.context.visitor.origin)
        return rendered(added)
    }

    private static let removePending = APIOperation(
        method: .delete, path: "/trusted-publishers/{id}", id: "removePendingPublisher",
        summary: "Takes a pending publisher of the caller's back.", access: .token, body: nil, query: [], answer: nil
    ) { api in
        try await api.services.trust().trustedPublishers.removePending(
            id: try api.id(), by: try await api.services.principal(api.context))
        return nil
    }

    private static func rendered(_ publisher: TrustedPublisher) -> JSONValue {
        .compactObject([
            ("id", .string(String(publisher.id))), ("ecosystem", .string(publisher.ecosystem.rawValue)),
            ("name", .string(publisher.name)), ("pending", .bool(publisher.isPending && publisher.expiresAt != nil)),
            ("provider", .string(publisher.provider)), ("issuer", .string(publisher.issuer)),
            ("environment", .string(publisher.environment)), ("settings", .texts(publisher.settings)),
            ("pinned", .texts(publisher.pinned)), ("by", .string(publisher.creator)),
            ("created", .string(publisher.createdAt.rfc3339())),
            ("used", publisher.lastUsedAt.map { .string($0.rfc3339()) }),
            ("expires", publisher.expiresAt.map { .string($0.rfc3339()) }),
        ])
    }
}

extension APIRequest {
    /// The number at the end of the path.
    func id() throws(Problem) -> Int64 {
        guard let id = Int64(try parameter("id")), id > 0 else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return id
    }

    /// What the body says of a trusted publisher.
    fileprivate func wish(in body: JSONValue) throws(Problem) -> TrustedPublisherWish {
        guard let settings = body["settings"]?.members, settings.count <= 40 else {
            throw Problem(.badRequest, "'settings' must be an object of texts.")
        }
        for member in settings where member.value.stringValue == nil {
            throw Problem(.badRequest, "'settings' must be an object of texts.")
        }
        return TrustedPublisherWish(
            provider: try text("provider", in: body), issuer: try optionalText("issuer", in: body),
            environment: try optionalText("environment", in: body) ?? "",
            settings: (body["settings"] ?? .null).textMembers)
    }
}
