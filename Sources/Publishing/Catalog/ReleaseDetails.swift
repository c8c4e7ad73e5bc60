package import RegistryModel

/// What pages show of a release: what its manifest says to people.
package struct ReleaseDetails: Sendable {
    package let summary: String?
    package let readme: Readme?
    package let license: String?
    package let homepage: String?
    package let repository: String?
    package let documentation: String?
    package let keywords: [String]
    package let authors: [String]
    package let dependencies: [Dependency]
    /// Scripts that run at install time, by name.
    package let installHooks: [String]

    /// Reads what ``encode(_:)`` wrote.
    init(details: JSONValue, readme: Readme?, dependencies: [Dependency]) {
        func texts(_ name: String) -> [String] { details[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        self.readme = readme
        self.dependencies = dependencies
        summary = details["summary"]?.stringValue
        license = details["license"]?.stringValue
        homepage = details["homepage"]?.stringValue
        repository = details["repository"]?.stringValue
        documentation = details["documentation"]?.stringValue
        keywords = texts("keywords")
        authors = texts("authors")
        installHooks = texts("install_hooks")
    }

    /// The form in which a release's row keeps them.
    static func encode(_ manifest: Manifest) -> JSONValue {
        .compactObject([
            ("summary", manifest.summary.map(JSONValue.string)), ("license", manifest.license.map(JSONValue.string)),
            ("homepage", manifest.homepage.map(JSONValue.string)),
            ("repository", manifest.repository.map(JSONValue.string)),
            ("documentation", manifest.documentation.map(JSONValue.string)), ("keywords", .strings(manifest.keywords)),
            ("authors", .strings(manifest.authors)), ("install_hooks", .strings(manifest.installHooks)),
        ])
    }
}
