import Accounts
import HTTPSupport
import HTTPTypes
import RegistryModel

/// Operations on the domains of email addresses, for administrators and auditors.
enum EmailDomainOperations {
    static let all: [APIOperation] = [list, reset]

    private static let states: JSONValue = .strings(EmailDomain.State.allCases.map(\.rawValue))
    private static let text: JSONValue = ["type": "string", "maxLength": 253]

    private static let list = APIOperation(
        method: .get, path: "/email-domains", id: "listEmailDomains",
        summary: "The domains of confirmed addresses and how they stand; for administrators and auditors.",
        access: .token, body: nil,
        query: [
            ("state", ["type": "string", "enum": states]), ("after", text),
            ("limit", ["type": "integer", "minimum": 1, "maximum": 1000]),
        ], answer: "EmailDomains"
    ) { api in
        let principal = try await api.services.principal(api.context)
        let state = api.query("state").map { EmailDomain.State(rawValue: $0) }
        if let state, state == nil {
            let names = EmailDomain.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "'state' must be one of \(names).")
        }
        let found = try await api.services.trust().emailDomains.list(
            after: api.query("after") ?? "", state: state ?? nil,
            limit: try api.number("limit", default: 100, in: 1...1000), by: principal)
        return ["domains": .array(found.map(\.json))]
    }

    private static let reset = APIOperation(
        method: .post, path: "/email-domains/{domain}/reset", id: "resetEmailDomain",
        summary: "Says that a domain is in good order; its addresses still have to be confirmed. For administrators.",
        access: .token, body: nil, query: [], answer: "EmailDomain"
    ) { api in
        try await api.services.trust().emailDomains.reset(
            try api.parameter("domain"), by: try await api.services.principal(api.context)
        ).json
    }
}

extension OpenAPIDocument {
    /// The answers about domains of email addresses.
    static let emailDomainSchemas: JSONValue = [
        "EmailDomain": object(
            ["domain", "state", "next_check"],
            [
                "domain": text,
                "state": ["type": "string", "enum": .strings(EmailDomain.State.allCases.map(\.rawValue))],
                "registered": time, "registrar": text, "checked": time, "next_check": time, "failing_since": time,
                "last_error": text,
            ]),
        "EmailDomains": object(["domains"], ["domains": list(of: "EmailDomain")]),
    ]
}
