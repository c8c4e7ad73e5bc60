/// The ecosystems that `hallmark publish` knows, by their ids.
package enum PublishEcosystem: String, Sendable, CaseIterable {
    case swift, cargo, pypi, npm, composer, maven

    /// What people call its packages.
    var packages: String {
        switch self {
        case .swift: "Swift package"
        case .cargo: "crate"
        case .pypi: "Python package"
        case .npm: "npm package"
        case .composer: "Composer package"
        case .maven: "Maven artifact"
        }
    }

    /// The files whose presence in a folder makes it a package of this kind.
    var markers: [String] {
        switch self {
        case .swift: ["Package.swift"]
        case .cargo: ["Cargo.toml"]
        case .pypi: ["pyproject.toml", "setup.py", "setup.cfg"]
        case .npm: ["package.json"]
        case .composer: ["composer.json"]
        case .maven: ["pom.xml"]
        }
    }
}
