import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// Rust crates, with cargo.
    package static let cargo = EcosystemPresentation(
        id: Cargo.ecosystem, displayName: "Cargo", versions: SemVerScheme(), clients: ["cargo"],
        path: "/cargo/", fileKinds: ["crate": "Crate"],
        readmeAdvice: "keep a README.md beside Cargo.toml, or name the file with readme in its [package] table.",
        installLines: { project, version, _ in
            let wanted = shell(version.map { "\(project)@=\($0)" } ?? project)
            return [InstallLine("cargo", "cargo add --registry hallmark \(wanted)", needsSetup: true)]
        },
        filePath: { project, version, _ in
            "/cargo/api/v1/crates/\(pathSegment(project))/\(pathSegment(version))/download"
        },
        guides: { publicURL in
            [
                Guide(
                    "Use crates",
                    [
                        Step(
                            "Name the registry, for the project or for the user:", file: ".cargo/config.toml",
                            """
                            [registries.hallmark]
                            index = "sparse+\(publicURL)/cargo/"
                            """),
                        Step("Add a crate:", "cargo add --registry hallmark NAME"),
                    ]),
                Guide(
                    "Publish crates",
                    [
                        Step("Store a token; cargo asks for it:", "cargo login --registry hallmark"),
                        Step("Publish the crate in this folder:", "cargo publish --registry hallmark"),
                    ]),
            ]
        })
}
