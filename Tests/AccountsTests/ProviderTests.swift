import Accounts
import Foundation
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("Providers of identity tokens")
struct ProviderTests {
    private static var vectors: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared/vectors/trusted-publishing")
            .standardizedFileURL
    }

    private static var hasVectors: Bool { FileManager.default.fileExists(atPath: vectors.path) }

    private static func read(_ name: String) throws -> JSONValue {
        try JSONValue.parse(Array(try Data(contentsOf: vectors.appendingPathComponent(name))))
    }

    @Test("PYPI-1 The file is what is before the ref, whatever both are called", .enabled(if: hasVectors))
    func workflowReferences() throws {
        let cases = try #require(
            try Self.read("workflow-ref-cases.json")["github_workflow_ref_to_filename"]?.arrayValue)
        #expect(cases.count == 23)
        for pair in cases.compactMap(\.arrayValue) {
            #expect(WorkflowReference(pair[0].stringValue ?? "")?.file == pair[1].stringValue, "\(pair[0])")
        }
    }

    @Test("PYPI-1 The same without vectors")
    func ownReferences() {
        #expect(WorkflowReference("a/b/.github/workflows/x@y.yml@refs/heads/z@w.yml")?.file == "x@y.yml")
        #expect(WorkflowReference("a/b/.github/workflows/x.yml@0123abcd")?.ref == "0123abcd")
        for text in [
            "", "x.yml@r", "a/.github/workflows/x.yml@r", "a/b/c/.github/workflows/x.yml@r",
            "a/b/.github/workflows/d/x.yml@r", "a/b/.github/workflows/x.yml@", "a/b/.github/workflows/x.yml",
        ] {
            #expect(WorkflowReference(text) == nil, "\(text)")
        }
    }

    @Test(
        "PYPI-1 Tokens in the shape of each provider's own speak for their publisher, and not with any claim changed",
        .enabled(if: hasVectors),
        arguments: [
            ("github", ["owner": "octo-org", "repository": "octo-repo", "workflow": "oidc.yml"]),
            (
                "github-reusable",
                [
                    "owner": "octo-org", "repository": "octo-repo", "workflow": "oidc.yml", "workflow_claim": "called",
                    "workflow_repository": "octo-org/octo-automation",
                ]
            ),
            ("gitlab", ["namespace": "my-group", "project": "my-project", "workflow": ".gitlab-ci.yml"]),
            ("google", ["email": "publisher@example-project.iam.gserviceaccount.com"]),
            (
                "activestate",
                [
                    "organization": "fakeorg", "project": "fakeproject",
                    "actor_id": "00000000-1000-8000-0000-000000000003",
                ]
            ),
        ])
    func samples(name: String, settings: [String: String]) async throws {
        let sample = try #require(try Self.read("claims/\(name).json").members)
        try await withTrust(.sqlite) { bench in
            let issuer = TestIssuer(url: sample.first { $0.name == "iss" }?.value.stringValue ?? "")
            bench.services.add(issuer)
            let alice = try await bench.person("alice")
            let owner = try await bench.principal(try await bench.token(["publish"], for: alice))
            _ = try await bench.registry.publish("lamp", "1.0.0", by: owner)
            _ = try await bench.publishers.add(
                TrustBench.plain, name: "lamp",
                TrustedPublisherWish(provider: name == "github-reusable" ? "github" : name, settings: settings),
                by: alice)
            let times: Set<String> = ["iss", "aud", "iat", "nbf", "exp", "jti"]
            func exchange(_ changes: [(String, JSONValue?)]) async throws -> [String] {
                let claims = sample.filter { !times.contains($0.name) }.map { ($0.name, Optional($0.value)) }
                let token = try issuer.token(
                    audience: TrustBench.audience, at: bench.clock.now(), claims: claims + changes)
                return try await bench.exchange(token).projects
            }
            #expect(try await exchange([]) == ["lamp"])
            let compared: [String: [String]] = [
                "github": ["repository", "repository_owner", "repository_owner_id", "repository_id", "workflow_ref"],
                "github-reusable": ["repository", "repository_owner", "repository_id", "job_workflow_ref"],
                "gitlab": ["sub", "project_path", "ci_config_ref_uri", "namespace_id", "project_id"],
                "google": ["email", "email_verified", "sub"],
                "activestate": ["sub", "organization", "project", "actor_id", "builder", "project_id"],
            ]
            for claim in compared[name] ?? [] {
                await expectRefusal(.publisherUnknown, "\(claim)") { _ = try await exchange([(claim, "other")]) }
                do {
                    _ = try await exchange([(claim, nil)])
                    Issue.record("it is accepted without '\(claim)'")
                } catch is Problem {}
            }
            #expect(try await exchange([]) == ["lamp"])
        }
    }
}
