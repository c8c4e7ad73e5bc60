import HTTPSupport
import HTTPTypes
import RegistryModel

/// The API's description, [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0).
struct OpenAPIDocument {
    let publicURL: PublicURL
    let operations: [APIOperation]

    func json() -> JSONValue {
        var paths: [(path: String, methods: [JSONValue.Member])] = []
        for operation in operations {
            let member = JSONValue.Member(operation.method.rawValue.lowercased(), describe(operation))
            if let index = paths.firstIndex(where: { $0.path == operation.path }) {
                paths[index].methods.append(member)
            } else {
                paths.append((operation.path, [member]))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Hallmark", "version": "1",
                "description": "Reads and changes projects of every ecosystem; publishing goes through the clients.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(publicURL("/api/v1"))]],
            "paths": .object(paths.map { JSONValue.Member($0.path, .object($0.methods)) }),
            "components": [
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer", "description": "An API token: hlmk_…"]
                ],
                "schemas": .object(
                    [Self.schemas, Self.ownershipSchemas, Self.emailDomainSchemas].flatMap { $0.members ?? [] }),
            ],
        ]
    }

    private func describe(_ operation: APIOperation) -> JSONValue {
        let names = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let inPath = names.map { name -> JSONValue in
            [
                "name": .string(String(name)), "in": "path", "required": true,
                "schema": ["type": "string", "minLength": 1, "maxLength": 214],
            ]
        }
        let inQuery = operation.query.map { parameter -> JSONValue in
            ["name": .string(parameter.name), "in": "query", "schema": parameter.schema]
        }
        let isOpen = operation.access == .reader
        return .compactObject([
            ("operationId", .string(operation.id)), ("summary", .string(operation.summary)),
            ("parameters", .array(inPath + inQuery)),
            (
                "requestBody",
                operation.body.map { schema in
                    [
                        "required": .bool(schema["required"] != nil),
                        "content": ["application/json": ["schema": schema]],
                    ]
                }
            ),
            ("responses", responses(operation)),
            ("security", isOpen ? [.object([]), ["token": []]] : [["token": []]]),
        ])
    }

    private func responses(_ operation: APIOperation) -> JSONValue {
        let problem: JSONValue = [
            "description": "A refusal, RFC 9457.",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
        let success: JSONValue.Member =
            if let answer = operation.answer {
                .init(
                    "200",
                    [
                        "description": "Done.",
                        "content": [
                            "application/json": ["schema": ["$ref": .string("#/components/schemas/\(answer)")]]
                        ],
                    ])
            } else {
                .init("204", ["description": "Done."])
            }
        return .object([success, .init("4XX", problem), .init("5XX", problem)])
    }

    static let text: JSONValue = ["type": "string"]
    static let texts: JSONValue = ["type": "array", "items": text]
    static let time: JSONValue = ["type": "string", "format": "date-time"]

    static func object(_ required: [String], _ properties: JSONValue) -> JSONValue {
        ["type": "object", "required": .strings(required), "properties": properties]
    }

    static func list(of name: String) -> JSONValue {
        ["type": "array", "items": ["$ref": .string("#/components/schemas/\(name)")]]
    }

    /// A namespace; its key and the places of its proof for its owner alone.
    private static let namespace = object(
        ["ecosystem", "name", "state", "owner"],
        [
            "ecosystem": text, "name": text,
            "state": ["type": "string", "enum": .strings(NamespaceState.allCases.map(\.rawValue))], "owner": text,
            "method": ["type": "string", "enum": ["dns", "repository"]], "target": text,
            "dnssec": ["type": "string", "enum": ["secure", "insecure"]], "verified": time, "checked": time,
            "failing_since": time, "created": time, "expires": time, "staging": text, "last_error": text, "key": text,
            "record": text, "domains": ["type": "array", "items": text],
            "repositories": ["type": "array", "items": text],
        ])

    /// What an instance says about itself; the number of operator tokens for administrators and auditors alone.
    private static let instance = object(
        ["version", "binary_sha256", "policies", "policy_sha256"],
        [
            "version": text, "binary_sha256": text, "policies": ["type": "object", "additionalProperties": text],
            "policy_sha256": text, "operator_tokens": ["type": "integer"],
        ])

    /// What an assessment found; `current` says whether it was of what runs now.
    private static let scorecard = object(
        ["levels", "capabilities", "assessed_at", "instance", "version", "current"],
        [
            "levels": ["type": "object", "additionalProperties": ["type": "integer", "minimum": 0, "maximum": 3]],
            "capabilities": [
                "type": "array",
                "items": object(
                    ["id", "result", "evidence"],
                    [
                        "id": text, "result": ["type": "string", "enum": ["pass", "fail", "unknown"]],
                        "evidence": text,
                    ]),
            ], "assessed_at": time, "instance": text, "version": text, "binary_sha256": text,
            "policy_sha256": text, "operator_tokens": ["type": "integer"], "current": ["type": "boolean"],
        ])

    /// A trusted publisher; the ids that its first use pinned too.
    private static let trustedPublisher = object(
        [
            "id", "ecosystem", "name", "pending", "provider", "issuer", "environment", "settings", "pinned", "by",
            "created",
        ],
        [
            "id": text, "ecosystem": text, "name": text, "pending": ["type": "boolean"], "provider": text,
            "issuer": text, "environment": text, "settings": ["type": "object", "additionalProperties": text],
            "pinned": ["type": "object", "additionalProperties": text], "by": text, "created": time, "used": time,
            "expires": time,
        ])

    /// A token of the caller's, without its text.
    private static let token = object(
        ["id", "name", "prefix", "kind", "scopes", "networks", "created", "expires"],
        [
            "id": text, "name": text, "prefix": text, "kind": text, "scopes": texts, "networks": texts,
            "single_use": ["type": "boolean"], "always_stages": ["type": "boolean"],
            "asks_factor": ["type": "boolean"], "created": time, "expires": time, "used": time, "used_from": text,
            "used_up": time, "revoked": time, "revoked_reason": text,
        ])

    private static let schemas: JSONValue = [
        "Instance": instance, "Scorecard": scorecard,
        "Problem": object(
            ["type", "title", "status", "detail", "code"],
            [
                "type": text, "title": text, "status": ["type": "integer"], "detail": text, "code": text,
                "instance": text,
            ]),
        "TrustedPublisher": trustedPublisher,
        "TrustedPublishers": object(["publishers"], ["publishers": list(of: "TrustedPublisher")]),
        "Token": token, "Tokens": object(["tokens"], ["tokens": list(of: "Token")]),
        "Audience": object(["audience"], ["audience": text]),
        "ExchangedToken": object(
            ["token", "expires", "projects"], ["token": text, "expires": time, "projects": texts]),
        "Member": object(
            ["name", "role"], ["name": text, "role": ["type": "string", "enum": ["owner", "maintainer"]]]),
        "Members": object(["members"], ["members": list(of: "Member")]),
        "User": object(
            ["name", "administrator", "credential", "scopes"],
            [
                "name": text, "administrator": ["type": "boolean"], "moderator": ["type": "boolean"],
                "auditor": ["type": "boolean"], "credential": text,
                "scopes": ["type": "array", "items": text],
            ]),
        "File": object(
            ["name", "size", "sha256", "published"],
            ["name": text, "size": ["type": "integer"], "kind": text, "sha256": text, "published": time]),
        "Release": object(
            ["version", "state", "published", "publisher", "files"],
            [
                "version": text, "state": text, "state_reason": text, "deprecation": text, "published": time,
                "publisher": text, "credential": text, "files": list(of: "File"),
            ]),
        "Project": object(
            ["ecosystem", "name", "status", "visibility", "created", "updated", "members", "releases"],
            [
                "ecosystem": text, "name": text, "summary": text, "status": text, "status_reason": text,
                "visibility": text, "created": time, "updated": time, "latest": text, "members": list(of: "Member"),
                "releases": list(of: "Release"), "organization": text, "token_policy": text,
                "critical": ["$ref": "#/components/schemas/Critical"],
                "source": ["$ref": "#/components/schemas/Source"],
            ]),
        "Source": object(
            ["url", "frozen"],
            [
                "url": text, "frozen": ["type": "boolean"], "repository_id": text, "found_repository_id": text,
                "checked": time,
            ]),
        "StagingPolicy": object(
            ["policy"],
            ["policy": ["enum": .array(StagingPolicy.allCases.map { .string($0.rawValue) } + [.null])]]),
        "StagedRelease": object(
            ["project", "version", "files", "tags", "warnings", "notes", "holds", "proofs"],
            [
                "project": text, "version": text, "tags": texts, "warnings": texts, "notes": texts, "holds": texts,
                "proofs": texts,
                "files": [
                    "type": "array",
                    "items": object(
                        ["name", "size", "sha256"], ["name": text, "size": ["type": "integer"], "sha256": text]),
                ],
            ]),
        "Staging": object(
            [
                "key", "ecosystem", "label", "state", "origin", "needs_second_person", "creator", "created", "changed",
                "expires", "address", "report",
            ],
            [
                "key": text, "ecosystem": text, "label": text,
                "state": ["type": "string", "enum": .strings(StagingState.allCases.map(\.rawValue))], "origin": text,
                "needs_second_person": ["type": "boolean"], "creator": text, "created": time, "changed": time,
                "expires": time, "address": text,
                "report": object(
                    ["releases", "errors"],
                    [
                        "releases": list(of: "StagedRelease"),
                        "errors": ["type": "object", "additionalProperties": texts],
                    ]),
            ]),
        "Stagings": object(["stagings"], ["stagings": list(of: "Staging")]),
        "Namespace": namespace,
        "Namespaces": object(
            ["namespaces", "offers"],
            ["namespaces": list(of: "Namespace"), "offers": list(of: "NamespaceOffer")]),
        "NamespaceOffer": object(
            ["ecosystem", "name", "from", "to", "offered", "expires"],
            [
                "ecosystem": text, "name": text, "from": text, "to": text, "offered": time, "expires": time,
                "accepted": time, "effective": time,
            ]),
        "NamespaceState": object(
            ["ecosystem", "name", "state"],
            [
                "ecosystem": text, "name": text,
                "state": ["type": "string", "enum": ["unclaimed", "verified", "assigned"]], "role": text,
                "namespace": ["$ref": "#/components/schemas/Namespace"],
                "claim": ["$ref": "#/components/schemas/Namespace"],
                "offer": ["$ref": "#/components/schemas/NamespaceOffer"],
            ]),
        "SigningKey": object(["fingerprint", "created"], ["fingerprint": text, "created": time]),
        "SigningKeys": object(["keys"], ["keys": list(of: "SigningKey")]),
        "Events": object(["events"], ["events": ["type": "array", "items": ["type": "object"]]]),
        "SearchHit": object(
            ["ecosystem", "name", "matched"],
            [
                "ecosystem": text, "name": text, "summary": text, "latest": text, "matched": text, "published": time,
                "keywords": ["type": "array", "items": text],
            ]),
        "SearchResults": object(
            ["hits", "total"], ["hits": list(of: "SearchHit"), "total": ["type": "integer"]]),
    ]
}
