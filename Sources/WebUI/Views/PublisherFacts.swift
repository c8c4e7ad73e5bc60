import RegistryModel

/// What a trusted publisher's identity token said of the job that published a version, in plain words.
///
/// The issuer vouches for it: neither the publisher nor the package can choose it.
struct PublisherFacts {
    /// One fact.
    struct Fact: Equatable, Sendable {
        let label: String
        let text: String
    }

    /// Who built it from what; nil where the token did not say.
    let sentence: String?
    let facts: [Fact]

    private static let known: [(label: String, claims: [String])] = [
        ("Workflow", ["job_workflow_ref", "workflow_ref", "ci_config_ref_uri"]), ("Ref", ["ref", "ref_path"]),
        ("Environment", ["environment"]), ("Started by", ["event_name", "pipeline_source"]),
        ("Run", ["run_id", "pipeline_id"]), ("Account", ["email", "actor"]),
    ]

    /// Reads the claims that were kept with a release.
    init(_ claims: JSONValue) {
        func text(_ names: [String]) -> String? {
            names.lazy.compactMap { name in
                claims[name]?.stringValue ?? claims[name]?.integerValue.map { String($0) }
            }
            .first { !$0.isEmpty }
        }
        facts = Self.known.compactMap { label, names in text(names).map { Fact(label: label, text: $0) } }
        let commit = text(["sha"]).map { " from commit \($0.prefix(7))" } ?? ""
        sentence = text(["repository", "project_path", "project"]).map { "A workflow of \($0) built it\(commit)." }
    }
}
