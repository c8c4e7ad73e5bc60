import RegistryModel

extension TrustedProvider {
    /// GitHub Actions ([claims](https://docs.github.com/en/actions/reference/security/oidc)).
    ///
    /// Names are compared without regard to case, as GitHub does. The ids of owner and repository are what counts in the
    /// end: a name that was given up and registered anew has others.
    static let github = TrustedProvider(
        id: "github", name: "GitHub Actions", issuers: ["https://token.actions.githubusercontent.com"],
        fields: [
            ProviderField("owner", "Owner", hint: "octo-org", check: GitHubNames.isOwner),
            ProviderField("repository", "Repository", hint: "octo-repo", check: GitHubNames.isRepository),
            ProviderField("workflow", "Workflow file", hint: "release.yml", check: GitHubNames.isWorkflow),
            ProviderField(
                "workflow_claim", "Which workflow",
                hint: "'caller' is the file that an event starts; 'called' is the reusable one that has the job",
                isRequired: false, choices: ["caller", "called"]),
            ProviderField(
                "workflow_repository", "Repository of the called workflow",
                hint: "octo-org/automation, where it is another one", isRequired: false,
                check: GitHubNames.isFullRepository),
            ProviderField(
                "repository_owner_id", "Id of the owner", hint: "a number; the first use pins it otherwise",
                isRequired: false, check: GitHubNames.isNumber),
            ProviderField(
                "protected_refs", "Protected branches and tags only", hint: "true or false", isRequired: false,
                choices: ["true", "false"]),
            ProviderField(
                "hosted_runners", "GitHub's own runners only", hint: "true or false", isRequired: false,
                choices: ["true", "false"]),
        ],
        claims: claims, foldsEnvironment: true,
        recorded: [
            "repository", "repository_id", "repository_owner_id", "workflow_ref", "job_workflow_ref", "ref", "sha",
            "run_id", "run_attempt", "event_name", "environment", "runner_environment",
        ],
        settingsLookup: { "\($0["owner"] ?? "")/\($0["repository"] ?? "")".lowercased() },
        claimsLookup: { $0.text("repository")?.lowercased() },
        objection: { settings in
            settings["workflow_repository"] != nil && settings["workflow_claim"] != "called"
                ? "'workflow_repository' is for a called workflow ('workflow_claim': 'called')." : nil
        })

    private static let claims: [String: ClaimRule] = [
        "repository": .matches {
            $0.value.lowercased() == "\($0.setting("owner"))/\($0.setting("repository"))".lowercased()
        },
        "repository_owner": .matches { $0.value.lowercased() == $0.setting("owner").lowercased() },
        "repository_owner_id": .pinned, "repository_id": .pinned,
        "workflow_ref": .matches(callerFits), "job_workflow_ref": .matches(calledFits),
        "event_name": .noneOf(["pull_request_target", "workflow_run"]),
        "ref": .exists, "sha": .exists, "run_id": .exists, "jti": .exists,
        "ref_protected": .optional { $0.setting("protected_refs") != "true" || $0.value == "true" },
        "runner_environment": .optional { $0.setting("hosted_runners") != "true" || $0.value == "github-hosted" },
        "environment": .environment, "sub": .ignored, "actor": .ignored, "actor_id": .ignored,
        "run_number": .ignored, "run_attempt": .ignored, "head_ref": .ignored, "base_ref": .ignored,
        "ref_type": .ignored, "workflow": .ignored, "repository_visibility": .ignored, "workflow_sha": .ignored,
        "job_workflow_sha": .ignored, "environment_node_id": .ignored, "enterprise": .ignored,
        "enterprise_id": .ignored, "check_run_id": .ignored,
    ]

    /// The workflow that an event started is the publisher's, where that is what the owner chose.
    private static func callerFits(_ claim: ClaimInQuestion) -> Bool {
        guard claim.setting("workflow_claim") != "called" else { return true }
        guard let reference = WorkflowReference(claim.value) else { return false }
        return reference.isIn("\(claim.setting("owner"))/\(claim.setting("repository"))")
            && reference.file == claim.setting("workflow")
    }

    /// The workflow that has the job is the publisher's, where that is what the owner chose.
    ///
    /// In the publisher's own repository its ref is that of the run; of another repository's nothing is known.
    private static func calledFits(_ claim: ClaimInQuestion) -> Bool {
        guard claim.setting("workflow_claim") == "called" else { return true }
        guard let reference = WorkflowReference(claim.value), reference.file == claim.setting("workflow") else {
            return false
        }
        if let other = claim.settings["workflow_repository"] { return reference.isIn(other) }
        return reference.isIn("\(claim.setting("owner"))/\(claim.setting("repository"))")
            && [claim.claims.text("ref"), claim.claims.text("sha")].contains(reference.ref)
    }
}

/// A claim such as `octo-org/octo-repo/.github/workflows/release.yml@refs/heads/main`.
package struct WorkflowReference: Hashable, Sendable {
    package let repository: String
    /// The file's name below `.github/workflows`.
    package let file: String
    /// A ref, or a commit.
    package let ref: String

    /// Reads a claim; nil where it has another form.
    ///
    /// A file's name may contain `@` and no `/`, a ref may contain both: the name ends at the last `@` before the first `/`.
    package init?(_ text: String) {
        guard let folder = text.firstRange(of: "/.github/workflows/") else { return nil }
        repository = String(text[..<folder.lowerBound])
        let rest = text[folder.upperBound...]
        let head = rest.prefix { $0 != "/" }
        guard let at = head.lastIndex(of: "@") else { return nil }
        file = String(rest[..<at])
        ref = String(rest[rest.index(after: at)...])
        guard GitHubNames.isFullRepository(repository), GitHubNames.isWorkflow(file), !ref.isEmpty else { return nil }
    }

    func isIn(_ other: String) -> Bool { repository.lowercased() == other.lowercased() }
}

/// The names of GitHub.
enum GitHubNames {
    @Sendable static func isOwner(_ text: String) -> Bool {
        (1...39).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            && !text.hasPrefix("-")
    }

    @Sendable static func isRepository(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    @Sendable static func isFullRepository(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // Owners of an enterprise's own users have a `_`.
        return parts.count == 2 && isOwner(parts[0].replacing("_", with: "-")) && isRepository(parts[1])
    }

    /// A file's name that ends in `.yml` or `.yaml`, with something before it.
    @Sendable static func isWorkflow(_ text: String) -> Bool {
        let isYAML = [".yml", ".yaml"].contains { text.hasSuffix($0) && text.utf8.count > $0.utf8.count }
        return isYAML && text.utf8.count <= 255 && !text.contains("/") && text.utf8.allSatisfy { $0 >= 0x20 }
    }

    @Sendable static func isNumber(_ text: String) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
