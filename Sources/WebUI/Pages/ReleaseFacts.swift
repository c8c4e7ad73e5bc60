package import Publishing
package import RegistryModel

/// What a version's manifest says to people.
package struct ReleaseFacts: Sendable {
    package var summary: String?
    package var readme: Readme?
    package var license: String?
    package var homepage: String?
    package var repository: String?
    package var documentation: String?
    package var keywords: [String] = []
    package var authors: [String] = []
    package var installHooks: [String] = []

    /// Starts with nothing said.
    package init() {}

    /// Takes them from the catalog.
    package init(_ details: ReleaseDetails) {
        summary = details.summary
        readme = details.readme
        license = details.license
        homepage = details.homepage
        repository = details.repository
        documentation = details.documentation
        keywords = details.keywords
        authors = details.authors
        installHooks = details.installHooks
    }
}
