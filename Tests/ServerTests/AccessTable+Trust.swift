import RegistryModel

/// Tokens, trusted publishers, exchanges, hand-offs, and reports of leaks.
///
/// An exchange has its own proof, the identity token, and a report its signature: without them everybody is refused alike.
extension AccessTable {
    private static let publishers = "/api/v1/projects/{ecosystem}/{name}/trusted-publishers"
    private static let publishersCall = "/api/v1/projects/npm/{p}/trusted-publishers"
    private static let none = 404...404
    private static let workflow: JSONValue = [
        "provider": "github",
        "settings": [
            "owner": "octo-org", "repository": "octo-repo", "workflow": "release.yml", "repository_owner_id": "65",
        ],
    ]

    static let trust = management + exchanges + handOffs + reports

    private static let management = [
        row("GET", "/api/v1/tokens", .token),
        row("DELETE", "/api/v1/tokens/{id}", .token, "/api/v1/tokens/1", accepted: none),
        row("GET", publishers, .member, publishersCall, .npm),
        row("POST", publishers, .member, publishersCall, .npm, workflow),
        row("DELETE", publishers + "/{id}", .member, publishersCall + "/1", .npm, accepted: none),
        row("GET", "/api/v1/trusted-publishers", .token),
        row(
            "POST", "/api/v1/trusted-publishers", .person, nil, .npm,
            workflow.setting("ecosystem", to: "npm").setting("name", to: "brand-new")),
        row("DELETE", "/api/v1/trusted-publishers/{id}", .token, "/api/v1/trusted-publishers/1", accepted: none),
    ]

    private static let exchanges =
        [
            row("GET", "/api/v1/oidc/audience", .everyone), row("GET", "/_/oidc/audience", .everyone),
            row(
                "POST", "/api/v1/oidc/exchange", .everyone, nil, .npm, ["token": "x", "ecosystem": "npm"],
                accepted: 422...422),
            row("POST", "/_/oidc/mint-token", .everyone, nil, .npm, ["token": "x"], accepted: 422...422),
            row("POST", "/_/oidc/github/mint-token", .everyone, nil, .npm, ["token": "x"], accepted: 422...422),
            row("POST", "/_/oidc/burn-token", .everyone, nil, .npm, ["token": "x"]),
            row("GET", "/.well-known/pytp/{key}", .everyone, "/.well-known/pytp/0", accepted: none),
        ]
        + ["", "/cargo"].flatMap { base in
            let path = base + "/api/v1/trusted_publishing/tokens"
            return [
                row("POST", path, .everyone, nil, .npm, ["jwt": "x"], accepted: 400...400),
                // Whoever has a token may end it, and whether there is one is not told.
                row("DELETE", path, .everyone, accepted: 204...401),
            ]
        }
        + ["", "/npm"].flatMap { base in
            let path = base + "/-/npm/v1/oidc/token/exchange/package"
            return [
                row("POST", path + "/{package}", .everyone, path + "/lamp", accepted: 401...401),
                row("POST", path + "/{package}/{name}", .everyone, path + "/@team/lamp", accepted: 401...401),
            ]
        }

    private static let handOffs = [
        // Both take forms alone.
        row("POST", "/api/v1/device/authorization", .everyone, accepted: 415...415),
        row("POST", "/api/v1/device/token", .everyone, accepted: 415...415),
        row("POST", "/npm/-/v1/login", .everyone),
        row("GET", "/npm/-/v1/done", .everyone, "/npm/-/v1/done?session=x", accepted: none),
        row("GET", "/npm/-/v1/proof", .everyone, "/npm/-/v1/proof?session=x", accepted: none),
    ]

    private static let reports = [
        row("GET", "/.well-known/secret-pattern.json", .everyone),
        row("POST", "/_/secrets/disclose-token", .everyone, nil, .npm, [:], accepted: 400...400),
        row("POST", "/api/github/secret-scanning/verify", .everyone, nil, .npm, [:], accepted: 400...400),
    ]
}
