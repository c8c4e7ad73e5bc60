package import Formats
package import HTTPSupport

/// The one list of ecosystems.
package enum Ecosystems {
    /// What each of them knows without HTTP.
    package static func formats(signer: NPMSigner) -> [any PackageFormat] {
        [PyPIFormat(), CargoFormat(), NPMFormat(signer: signer), SwiftFormat(), ComposerFormat(), MavenFormat()]
    }

    /// How each of them is shown to people, in the order in which they are shown.
    package static let presentations: [EcosystemPresentation] = [.pypi, .cargo, .npm, .swift, .composer, .maven]

    /// How each of them words refusals, by the path under which it is mounted; for requests that reach no route.
    package static func dialects(publicURL: PublicURL) -> [(prefix: String, dialect: any ErrorDialect)] {
        [
            ("/pypi", PyPIErrorDialect(publicURL: publicURL)),
            ("/cargo", CargoErrorDialect(base: publicURL("/cargo"))),
            ("/npm", NPMErrorDialect()),
            ("/swift", SwiftErrorDialect(publicURL: publicURL)),
            ("/composer", ComposerErrorDialect()),
            ("/maven", MavenErrorDialect(publicURL: publicURL)),
        ]
    }
}
