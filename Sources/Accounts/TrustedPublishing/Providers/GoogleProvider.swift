import RegistryModel

extension TrustedProvider {
    /// Google Cloud service accounts ([claims](https://cloud.google.com/docs/authentication/token-types#id)).
    ///
    /// The subject is pinned at the first use, so that an account that was deleted and made anew publishes nothing. Google
    /// gives its tokens no name of their own: the SHA-256 of the token stands in its place.
    static let google = TrustedProvider(
        id: "google", name: "Google Cloud", issuers: ["https://accounts.google.com"],
        fields: [
            ProviderField(
                "email", "Service account", hint: "publisher@project.iam.gserviceaccount.com",
                check: EmailAddress.isPlausible),
            ProviderField(
                "sub", "Subject", hint: "a number; the first use pins it otherwise", isRequired: false,
                check: GitHubNames.isNumber),
        ],
        claims: [
            "email": .matches { $0.equals("email") },
            "email_verified": .matches { $0.claims["email_verified"] == .bool(true) },
            "sub": .pinned, "azp": .ignored, "google": .ignored, "hd": .ignored,
        ],
        recorded: ["sub"], settingsLookup: { $0["email"] ?? "" }, claimsLookup: { $0.text("email") })
}

extension TrustedProvider {
    /// ActiveState's builder, which signs for a project of an organization.
    static let activeState = TrustedProvider(
        id: "activestate", name: "ActiveState", issuers: ["https://platform.activestate.com/api/v1/oauth/oidc"],
        fields: [
            ProviderField("organization", "Organization", hint: "acme", check: GitLabNames.isProject),
            ProviderField("project", "Project", hint: "lantern", check: GitLabNames.isProject),
            ProviderField(
                "actor_id", "Id of the actor", hint: "00000000-1000-8000-0000-000000000003",
                check: { (1...100).contains($0.utf8.count) }),
        ],
        claims: [
            "sub": .matches { claim in
                let parts = claim.value.split(separator: ":", omittingEmptySubsequences: false).prefix(4)
                let own = "org:\(claim.setting("organization")):project:\(claim.setting("project"))"
                return parts.joined(separator: ":") == own
            },
            "organization": .matches { $0.equals("organization") }, "project": .matches { $0.equals("project") },
            "actor_id": .matches { $0.equals("actor_id") }, "builder": .matches { $0.value == "pypi-publisher" },
            "organization_id": .pinnedIfPresent, "project_id": .pinnedIfPresent, "actor": .ignored,
            "artifact_id": .ignored, "ingredient": .ignored, "project_path": .ignored, "project_visibility": .ignored,
        ],
        recorded: ["organization", "project", "organization_id", "project_id", "artifact_id"],
        settingsLookup: { "\($0["organization"] ?? "")/\($0["project"] ?? "")" },
        claimsLookup: { claims in
            guard let organization = claims.text("organization"), let project = claims.text("project") else {
                return nil
            }
            return "\(organization)/\(project)"
        })
}
