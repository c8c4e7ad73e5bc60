/// What to publish, and how.
package struct PublishOptions: Sendable {
    /// A folder or an archive.
    package var path: String
    /// Which ecosystem; nil where the package says it.
    package var ecosystem: PublishEcosystem?
    /// The version, where the package does not hold it.
    package var version: String?
    /// A Swift package's identity, `scope.name`.
    package var name: String?
    /// npm's distribution tag.
    package var tag: String?
    /// Whether files that are not committed are no reason to stop.
    package var allowsDirty: Bool
    /// Whether a crate is packed without being built.
    package var skipsBuild: Bool
    /// Ask for the release to wait until somebody releases it.
    package var isStaged: Bool
    /// Ask for all checks and keep nothing.
    package var isDryRun: Bool
    /// The file with the key that signs a Swift package.
    package var signingKey: String?
    /// The files with the certificate of that key and with those that vouch for it, in this order.
    package var signingCertificates: [String]
    /// Publish as a trusted publisher, with a token that the registry gives for an identity token.
    package var identity: IdentitySource?

    /// Collects the options.
    package init(
        path: String, ecosystem: PublishEcosystem? = nil, version: String? = nil, name: String? = nil,
        tag: String? = nil, allowsDirty: Bool = false, skipsBuild: Bool = false, isStaged: Bool = false,
        isDryRun: Bool = false, signingKey: String? = nil, signingCertificates: [String] = [],
        identity: IdentitySource? = nil
    ) {
        self.identity = identity
        self.path = path
        self.ecosystem = ecosystem
        self.version = version
        self.name = name
        self.tag = tag
        self.allowsDirty = allowsDirty
        self.skipsBuild = skipsBuild
        self.isStaged = isStaged
        self.isDryRun = isDryRun
        self.signingKey = signingKey
        self.signingCertificates = signingCertificates
    }
}
