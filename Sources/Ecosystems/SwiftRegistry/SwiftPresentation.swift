import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// Swift packages, with SwiftPM.
    package static let swift = EcosystemPresentation(
        id: SwiftRegistry.ecosystem, displayName: "Swift", versions: SemVerScheme(), clients: ["swift"],
        path: "/swift/", fileKinds: ["source-archive": "Source archive"],
        readmeAdvice: "keep a README.md beside Package.swift.", namesVersion: true,
        installLines: { project, version, _ in
            let wanted = shell(project)
            let from = shell(version ?? "VERSION")
            let line = "swift package add-dependency --type registry \(wanted) --from \(from)"
            return [InstallLine("swift", line, needsSetup: true)]
        },
        filePath: { project, version, _ in
            let name = project.split(separator: ".").map { pathSegment(String($0)) }.joined(separator: "/")
            return "/swift/\(name)/\(pathSegment(version)).zip"
        },
        guides: { publicURL in
            let insecure = publicURL.hasPrefix("https:") ? "" : " --allow-insecure-http"
            return [
                Guide(
                    "Use Swift packages",
                    [
                        Step(
                            "Make this registry the one of your package, or with --global of all of yours:",
                            "swift package-registry set\(insecure) \(publicURL)/swift"),
                        Step(
                            "Or use it for one scope only:",
                            "swift package-registry set\(insecure) --scope SCOPE \(publicURL)/swift"),
                        Step(
                            "Depend on a package, then on its products in your targets:",
                            "swift package add-dependency --type registry SCOPE.NAME --from VERSION"),
                    ]),
                Guide(
                    "Publish Swift packages",
                    [
                        Step(
                            "Store a token; SwiftPM sends it over https only:",
                            "swift package-registry login \(publicURL)/swift"),
                        Step(
                            "Describe the package, if you like; every member may be left out:",
                            file: "package-metadata.json",
                            """
                            {"description": "…", "author": {"name": "…"}, "repositoryURLs": ["https://…"]}
                            """),
                        Step(
                            "Publish the package in this folder:",
                            "swift package-registry publish SCOPE.NAME VERSION --url \(publicURL)/swift"),
                    ]),
            ]
        })
}
