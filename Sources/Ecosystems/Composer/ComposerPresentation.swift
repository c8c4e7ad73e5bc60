import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// PHP packages, with Composer.
    package static let composer = EcosystemPresentation(
        id: Composer.ecosystem, displayName: "Composer", versions: ComposerScheme(), clients: ["composer"],
        path: "/composer/", fileKinds: ["zip": "Zip archive", "tar": "Tar archive"],
        readmeAdvice: "keep a README.md beside composer.json.",
        nameSegments: { _ in 2 },
        installLines: { project, version, _ in
            // A project asks for a branch; which build of it was taken is in its lock file.
            let wanted = shell(version.map { "\(project):\(ComposerBuild($0)?.branch ?? $0)" } ?? project)
            return [InstallLine("composer", "composer require \(wanted)", needsSetup: true)]
        },
        filePath: { project, _, file in "/composer/dist/\(ComposerAddress.path(project, file: file))" },
        guides: { publicURL in
            [
                Guide(
                    "Use packages",
                    [
                        Step(
                            "Name the registry in the project:",
                            "composer config repositories.hallmark composer \(publicURL)/composer"),
                        Step("Add a package:", "composer require VENDOR/NAME"),
                        Step(
                            "Where packages are not public, store a token:",
                            "composer config --auth http-basic.\(authority(publicURL)) __token__ TOKEN"),
                    ]),
                Guide(
                    "Publish packages",
                    [
                        Step("Pack the folder that has composer.json:", "git archive --format=zip -o package.zip HEAD"),
                        Step(
                            "Send the archive, with its version where composer.json has none:",
                            "curl --fail-with-body --user __token__:TOKEN --upload-file package.zip "
                                + shell("\(publicURL)/composer?version=1.0.0")),
                    ]),
            ]
        })

    /// Host and port, as Composer's configuration names a registry.
    private static func authority(_ address: String) -> String {
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        return String(rest.prefix { $0 != "/" })
    }
}
