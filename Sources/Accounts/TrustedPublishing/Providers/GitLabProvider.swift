import RegistryModel

extension TrustedProvider {
    /// GitLab CI/CD, gitlab.com and instances of one's own
    /// ([claims](https://docs.gitlab.com/ci/secrets/id_token_authentication/)).
    ///
    /// Unlike PyPI it pins the ids of group and project at the first use, so that a path that was given up and taken by
    /// somebody else publishes nothing.
    static let gitlab = TrustedProvider(
        id: "gitlab", name: "GitLab CI/CD", issuers: ["https://gitlab.com"],
        fields: [
            ProviderField("namespace", "Namespace", hint: "group or group/subgroup", check: GitLabNames.isNamespace),
            ProviderField("project", "Project", hint: "lantern", check: GitLabNames.isProject),
            ProviderField(
                "workflow", "Top-level pipeline file", hint: ".gitlab-ci.yml", check: GitLabNames.isPipelineFile),
            ProviderField(
                "namespace_id", "Id of the namespace", hint: "a number; the first use pins it otherwise",
                isRequired: false, check: GitHubNames.isNumber),
            ProviderField(
                "project_id", "Id of the project", hint: "a number; the first use pins it otherwise", isRequired: false,
                check: GitHubNames.isNumber),
            ProviderField(
                "protected_refs", "Protected branches and tags only", hint: "true or false", isRequired: false,
                choices: ["true", "false"]),
        ],
        claims: claims,
        recorded: [
            "project_path", "project_id", "namespace_id", "ci_config_ref_uri", "ref_path", "sha", "pipeline_id",
            "job_id", "environment", "runner_environment",
        ],
        settingsLookup: { path($0).lowercased() }, claimsLookup: { $0.text("project_path")?.lowercased() })

    private static func path(_ settings: [String: String]) -> String {
        "\(settings["namespace"] ?? "")/\(settings["project"] ?? "")"
    }

    private static let claims: [String: ClaimRule] = [
        "sub": .matches { claim in
            let parts = claim.value.split(separator: ":", omittingEmptySubsequences: false).prefix(2)
            return parts.joined(separator: ":").lowercased() == "project_path:\(path(claim.settings))".lowercased()
        },
        "project_path": .matches { $0.value.lowercased() == path($0.settings).lowercased() },
        "ci_config_ref_uri": .matches(pipelineFits),
        "namespace_id": .pinned, "project_id": .pinned, "jti": .exists, "ref_path": .exists, "sha": .exists,
        "ref_protected": .optional { $0.setting("protected_refs") != "true" || $0.value == "true" },
        "environment": .environment, "namespace_path": .ignored, "user_id": .ignored, "user_login": .ignored,
        "user_email": .ignored, "user_identities": .ignored, "user_access_level": .ignored, "pipeline_id": .ignored,
        "pipeline_source": .ignored, "job_id": .ignored, "job_project_id": .ignored, "job_project_path": .ignored,
        "job_namespace_id": .ignored, "job_namespace_path": .ignored, "ref": .ignored, "ref_type": .ignored,
        "environment_protected": .ignored, "deployment_tier": .ignored, "deployment_action": .ignored,
        "runner_id": .ignored, "runner_environment": .ignored, "ci_config_sha": .ignored,
        "project_visibility": .ignored, "groups_direct": .ignored,
    ]

    /// `HOST/NAMESPACE/PROJECT//FILE@REF`, where the ref is the run's.
    ///
    /// Host and path are compared without regard to case, file and ref exactly.
    private static func pipelineFits(_ claim: ClaimInQuestion) -> Bool {
        guard let scheme = claim.issuer.firstRange(of: "://"), let split = claim.value.firstRange(of: "//") else {
            return false
        }
        let place = "\(claim.issuer[scheme.upperBound...])/\(path(claim.settings))"
        guard claim.value[..<split.lowerBound].lowercased() == place.lowercased() else { return false }
        let rest = claim.value[split.upperBound...]
        return [claim.claims.text("ref_path"), claim.claims.text("sha")].contains { ref in
            ref.map { !$0.isEmpty && rest == "\(claim.setting("workflow"))@\($0)" } ?? false
        }
    }
}

/// The names of GitLab.
enum GitLabNames {
    @Sendable static func isProject(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            }
    }

    @Sendable static func isNamespace(_ text: String) -> Bool {
        text.utf8.count <= 1000
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isProject(String($0)) }
    }

    /// A path that ends in a name of `.yml` or `.yaml`, with something before that.
    @Sendable static func isPipelineFile(_ text: String) -> Bool {
        let name = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return text.utf8.count <= 255 && GitHubNames.isWorkflow(String(name)) && !text.hasPrefix("/")
            && text.utf8.allSatisfy { $0 >= 0x20 }
    }
}
