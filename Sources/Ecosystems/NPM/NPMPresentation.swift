import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// npm packages, with npm, yarn and pnpm.
    package static let npm = EcosystemPresentation(
        id: NPMFormat.ecosystem, displayName: "npm", versions: SemVerScheme(), clients: ["npm", "yarn", "pnpm"],
        path: "/npm/", fileKinds: ["tarball": "Tarball"],
        readmeAdvice: "keep a README.md beside package.json; npm packs it by itself.",
        nameSegments: { $0.hasPrefix("@") ? 2 : 1 },
        installLines: { project, version, publicURL in
            let registry = "--registry \(publicURL)/npm/"
            let wanted = shell(version.map { "\(project)@\($0)" } ?? project)
            return [
                InstallLine("npm", "npm install \(registry) \(wanted)"),
                InstallLine("yarn", "yarn add \(registry) \(wanted)"),
                InstallLine("pnpm", "pnpm add \(registry) \(wanted)"),
            ]
        },
        filePath: { project, _, file in
            let name = project.split(separator: "/").map { pathSegment(String($0)) }.joined(separator: "/")
            return "/npm/\(name)/-/\(pathSegment(file))"
        },
        guides: { publicURL in
            [
                Guide(
                    "Install with npm or pnpm",
                    [
                        Step("Make this registry the default:", "npm config set registry \(publicURL)/npm/"),
                        Step(
                            "Or use it for one scope only, in the project:", file: ".npmrc",
                            "@your-scope:registry=\(publicURL)/npm/"),
                    ]),
                Guide(
                    "Install with yarn 1",
                    [Step("Make this registry the default:", "yarn config set registry \(publicURL)/npm/")]),
                Guide(
                    "Publish with npm",
                    [
                        Step(
                            "Store the token, for publishing and for packages that are not public:",
                            "npm config set \(withoutScheme(publicURL))/npm/:_authToken=TOKEN"),
                        Step("Publish the package in this folder:", "npm publish --registry \(publicURL)/npm/"),
                        Step("See which token npm uses:", "npm whoami --registry \(publicURL)/npm/"),
                    ]),
            ]
        })

    /// The address as npm's configuration names it: `//host/path`.
    private static func withoutScheme(_ address: String) -> String {
        address.firstRange(of: "//").map { String(address[$0.lowerBound...]) } ?? address
    }
}
