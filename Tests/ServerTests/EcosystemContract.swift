import HallmarkTesting
import Testing

/// What every ecosystem must keep, with the addresses and answers that are its own.
///
/// An ecosystem with an entry in ``all`` and a sample package is held to the whole suite.
struct EcosystemContract: Sendable, CustomTestStringConvertible {
    let ecosystem: String
    /// What all names begin with that the suite uses: a namespace where the ecosystem has some.
    let prefix: String
    /// The document that lists a project's versions, by the name behind the prefix.
    let index: @Sendable (String) -> String
    /// The file of version 1.0.0.
    let file: @Sendable (String) -> String
    /// The type of a refusal's body.
    let errorType: String

    var testDescription: String { ecosystem }

    /// The same name as the sample package and the API write it.
    func name(_ bare: String) -> String { prefix + bare }

    static let all: [EcosystemContract] = [
        EcosystemContract(
            ecosystem: "pypi", prefix: "", index: { "/pypi/simple/\($0)/" },
            file: { "/pypi/files/\($0)/1.0.0/\($0)-1.0.0-py3-none-any.whl" },
            errorType: "application/problem+json"),
        EcosystemContract(
            ecosystem: "cargo", prefix: "", index: { "/cargo/\($0.prefix(2))/\($0.dropFirst(2).prefix(2))/\($0)" },
            file: { "/cargo/api/v1/crates/\($0)/1.0.0/download" }, errorType: "application/json"),
        EcosystemContract(
            ecosystem: "npm", prefix: "@held/", index: { "/npm/@held/\($0)" },
            file: { "/npm/@held/\($0)/-/\($0)-1.0.0.tgz" }, errorType: "application/json"),
        EcosystemContract(
            ecosystem: "swift", prefix: "held.", index: { "/swift/held/\($0)" },
            file: { "/swift/held/\($0)/1.0.0.zip" }, errorType: "application/problem+json"),
        EcosystemContract(
            ecosystem: "composer", prefix: "held/", index: { "/composer/p2/held/\($0).json" },
            file: { "/composer/dist/held/\($0)/held-\($0)-1.0.0.zip" }, errorType: "application/json"),
        EcosystemContract(
            ecosystem: "maven", prefix: "held:", index: { "/maven/releases/held/\($0)/maven-metadata.xml" },
            file: { "/maven/releases/held/\($0)/1.0.0/\($0)-1.0.0.pom" }, errorType: "application/problem+json"),
    ]
}
