import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// Python packages, with pip, uv, poetry and twine.
    package static let pypi = EcosystemPresentation(
        id: PyPI.ecosystem, displayName: "Python", versions: PEP440Scheme(),
        clients: ["pip", "uv", "poetry", "twine"], path: "/pypi/simple/",
        fileKinds: [PyPI.FileKind.wheel.rawValue: "Wheel", PyPI.FileKind.source.rawValue: "Source distribution"],
        readmeAdvice: "set readme = \"README.md\" in the [project] table of pyproject.toml, and build again.",
        installLines: { project, version, publicURL in
            let index = publicURL + "/pypi/simple/"
            let wanted = shell(version.map { "\(project)==\($0)" } ?? project)
            return [
                InstallLine("pip", "pip install --index-url \(index) \(wanted)"),
                InstallLine("uv", "uv add --default-index \(index) \(wanted)"),
                InstallLine("poetry", "poetry add --source hallmark \(wanted)", needsSetup: true),
            ]
        },
        filePath: { project, version, file in
            "/pypi/files/\(pathSegment(project))/\(pathSegment(version))/\(pathSegment(file))"
        },
        guides: { publicURL in
            [pip(publicURL), uv(publicURL), poetry(publicURL), twine(publicURL)]
        })

    private static func pip(_ publicURL: String) -> Guide {
        Guide(
            "Install with pip",
            [
                Step(
                    "Make this registry pip's index, for the user or in a virtual environment:",
                    "pip config set global.index-url \(publicURL)/pypi/simple/"),
                Step(
                    "For packages that are not public, put the token into the address:", file: "pip.conf",
                    """
                    [global]
                    index-url = \(withToken(publicURL))/pypi/simple/
                    """),
            ])
    }

    private static func uv(_ publicURL: String) -> Guide {
        Guide(
            "Install and publish with uv",
            [
                Step(
                    "Name the registry in the project:", file: "pyproject.toml",
                    """
                    [[tool.uv.index]]
                    name = "hallmark"
                    url = "\(publicURL)/pypi/simple/"
                    publish-url = "\(publicURL)/pypi/legacy/"
                    default = true
                    """),
                Step("Publish what uv build made:", "uv publish --index hallmark --token TOKEN"),
            ])
    }

    private static func poetry(_ publicURL: String) -> Guide {
        Guide(
            "Install and publish with poetry",
            [
                Step(
                    "Name the registry in the project:",
                    "poetry source add --priority=primary hallmark \(publicURL)/pypi/simple/"),
                Step(
                    "Tell poetry where to publish, and with which token:",
                    """
                    poetry config repositories.hallmark \(publicURL)/pypi/legacy/
                    poetry config pypi-token.hallmark TOKEN
                    """),
                Step("Build and publish:", "poetry publish --build --repository hallmark"),
            ])
    }

    private static func twine(_ publicURL: String) -> Guide {
        Guide(
            "Publish with twine",
            [
                Step(
                    "Name the registry once:", file: "~/.pypirc",
                    """
                    [distutils]
                    index-servers = hallmark

                    [hallmark]
                    repository = \(publicURL)/pypi/legacy/
                    username = __token__
                    password = TOKEN
                    """),
                Step("Build and upload:", "python -m build\ntwine upload --repository hallmark dist/*"),
            ])
    }
}
