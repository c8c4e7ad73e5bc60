import Accounts
import HTTPSupport
import HTTPTypes
import Publishing
import RegistryModel

/// Operations on namespaces: claims and their proofs.
enum NamespaceOperations {
    static let all: [APIOperation] = [list, claim, show, verify, withdraw]

    static let path = "/namespaces/{ecosystem}/{name}"
    private static let text: JSONValue = ["type": "string", "minLength": 1, "maxLength": 253]

    private static let list = APIOperation(
        method: .get, path: "/namespaces", id: "listNamespaces",
        summary: "Namespaces that the caller claims, owns or has a role on, and those offered to the caller.",
        access: .token, body: nil, query: [], answer: "Namespaces"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let namespaces = try await api.namespaces.list(by: principal)
        let offers = try await api.namespaces.offers(to: principal)
        return [
            "namespaces": .array(try namespaces.map { try own($0, api, principal) }),
            "offers": .array(offers.map { offer($0.offer, of: $0.namespace) }),
        ]
    }

    private static let claim = APIOperation(
        method: .post, path: "/namespaces", id: "claimNamespace",
        summary:
            "Says that a namespace is the caller's; the answer tells how to prove it. It gives no right by itself.",
        access: .token,
        body: [
            "type": "object", "required": ["ecosystem", "name"], "properties": ["ecosystem": text, "name": text],
        ], query: [], answer: "Namespace"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        let namespace = try await api.namespaces.claim(
            EcosystemID(rawValue: try api.text("ecosystem", in: body)), name: try api.text("name", in: body),
            by: principal)
        return try own(namespace, api, principal)
    }

    private static let show = APIOperation(
        method: .get, path: path, id: "getNamespace",
        summary: "Whose a namespace is and how that was proven; and the caller's own claim.", access: .reader,
        body: nil, query: [], answer: "NamespaceState"
    ) { api in
        let reader = try await api.services.reader(api.context)
        let principal: Principal? = if case .principal(let principal) = reader { principal } else { nil }
        let state = try await api.namespaces.state(
            try api.ecosystem(), name: try api.parameter("name"), for: principal)
        return .compactObject([
            ("ecosystem", .string(try api.ecosystem().rawValue)), ("name", .string(state.name)),
            ("state", .string(state.effective?.state.rawValue ?? "unclaimed")),
            ("namespace", state.effective.map(published)), ("role", state.role.map { .string($0.rawValue) }),
            ("offer", state.effective.flatMap { namespace in state.offer.map { offer($0, of: namespace) } }),
            ("claim", try principal.flatMap { principal in try state.own.map { try own($0, api, principal) } }),
        ])
    }

    private static let verify = APIOperation(
        method: .post, path: path + "/verification", id: "verifyNamespace",
        summary: "Looks for the proof of the caller's claim now.", access: .token,
        body: [
            "type": "object", "required": ["method"],
            "properties": [
                "method": ["type": "string", "enum": ["dns", "repository"]], "domain": text, "host": text,
            ],
        ], query: [], answer: "Namespace"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let body = try await api.body()
        let wish: NamespaceProofWish =
            switch body["method"]?.stringValue {
            case "dns": .dns(domain: try api.optionalText("domain", in: body))
            case "repository": .repository(host: try api.optionalText("host", in: body))
            default: throw Problem(.badRequest, "'method' must be one of dns, repository.")
            }
        let namespace = try await api.namespaces.verify(
            try api.ecosystem(), name: try api.parameter("name"), wish, by: principal)
        return try own(namespace, api, principal)
    }

    private static let withdraw = APIOperation(
        method: .delete, path: path, id: "withdrawNamespace",
        summary: "Gives a claim or a namespace up; names in it stay with their projects.", access: .token, body: nil,
        query: [], answer: nil
    ) { api in
        try await api.namespaces.withdraw(
            try api.ecosystem(), name: try api.parameter("name"), by: try await api.services.principal(api.context))
        return nil
    }

    /// An offer, as both sides see it.
    static func offer(_ offer: NamespaceOffer, of namespace: Namespace) -> JSONValue {
        .compactObject([
            ("ecosystem", .string(namespace.ecosystem.rawValue)), ("name", .string(namespace.name)),
            ("from", .string(offer.from)), ("to", .string(offer.to)), ("offered", .string(offer.offeredAt.rfc3339())),
            ("expires", .string(offer.expiresAt.rfc3339())),
            ("accepted", offer.acceptedAt.map { .string($0.rfc3339()) }),
            ("effective", offer.effectiveAt.map { .string($0.rfc3339()) }),
        ])
    }

    /// What everybody may know.
    static func published(_ namespace: Namespace) -> JSONValue {
        .object(facts(namespace).compactMap { name, value in value.map { .init(name, $0) } })
    }

    private static func facts(_ namespace: Namespace) -> [(String, JSONValue?)] {
        [
            ("ecosystem", .string(namespace.ecosystem.rawValue)), ("name", .string(namespace.name)),
            ("state", .string(namespace.state.rawValue)), ("owner", .string(namespace.owner)),
            ("method", namespace.method.map(JSONValue.string)), ("target", namespace.target.map(JSONValue.string)),
            ("dnssec", namespace.dnssec.map(JSONValue.string)),
            ("verified", namespace.verifiedAt.map { .string($0.rfc3339()) }),
            ("checked", namespace.checkedAt.map { .string($0.rfc3339()) }),
            ("failing_since", namespace.failingSince.map { .string($0.rfc3339()) }),
        ]
    }

    /// What those know who have a role on it; the proof's places for the one whose it is.
    private static func own(
        _ namespace: Namespace, _ api: APIRequest, _ principal: Principal
    ) throws -> JSONValue {
        var members = facts(namespace)
        members.append(("created", .string(namespace.createdAt.rfc3339())))
        members.append(("staging", namespace.stagingPolicy.map { .string($0.rawValue) }))
        members.append(("last_error", namespace.lastError.map(JSONValue.string)))
        if namespace.ownerID == principal.userID {
            let places = try api.namespaces.places(for: namespace)
            members.append(("key", .string(namespace.challenge)))
            members.append(("record", .string(places.record)))
            members.append(("domains", .strings(places.domains)))
            members.append(("repositories", .strings(places.repositories)))
            if namespace.state == .claimed {
                members.append(("expires", namespace.nextCheckAt.map { .string($0.rfc3339()) }))
            }
        }
        return .object(members.compactMap { name, value in value.map { .init(name, $0) } })
    }
}

extension APIRequest {
    /// A text of the body that must be there.
    func text(_ name: String, in body: JSONValue) throws(Problem) -> String {
        guard let text = try optionalText(name, in: body), !text.isEmpty else {
            throw Problem(.badRequest, "'\(name)' must be a text.")
        }
        return text
    }
}
