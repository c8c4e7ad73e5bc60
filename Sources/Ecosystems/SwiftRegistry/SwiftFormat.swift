package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// Swift packages: identities, versions, and what a source archive says about itself.
package struct SwiftFormat: PackageFormat {
    /// Makes the format.
    package init() {}

    package var ecosystem: EcosystemID { SwiftRegistry.ecosystem }
    package var atom: PublishAtom { .release }
    package var versions: any VersionScheme { SemVerScheme() }

    package func projectName(_ raw: String) throws -> ProjectName { try SwiftNames.projectName(raw) }

    package func lookupKey(_ raw: String) -> String? { SwiftPackageID(raw)?.key }

    package func namespaceKeys(of nameKey: String) -> [String] {
        SwiftPackageID(nameKey).map { [$0.scope.lowercased()] } ?? []
    }

    package func namespace(_ raw: String) throws -> ProjectName { try SwiftNames.scope(raw) }

    package func version(_ raw: String) throws -> ReleaseVersion { try SwiftNames.version(raw) }

    /// The request's path names the package and the version, which nothing in the archive repeats: the directory at its top
    /// may be called anything, and a manifest has only a name of its own.
    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first, submission.files.count == 1 else {
            throw Problem(.badRequest, "A publish has exactly one source archive.")
        }
        let name = try projectName(submission.name)
        let version = try version(submission.version)
        let claim = SwiftPublishClaim(submission.claim)
        try claim.checkSignatures()
        let metadata = try claim.metadata.map { try SwiftReleaseMetadata($0) }
        let archive = try SwiftSourceArchive(file.content, limits: limits)
        var manifest = Manifest(
            name: name, version: version, fileName: Self.fileName(name.key, version.display))
        describe(&manifest, archive, metadata)
        let manifests = archive.manifests.map { manifest in
            SwiftReleaseFile.ManifestText(
                file: manifest.file.name, toolsVersion: manifest.toolsVersion.description, content: manifest.content)
        }
        manifest.fileMetadata =
            SwiftReleaseFile(manifests: manifests, metadata: metadata?.document, claim: claim).bytes
        manifest.fileDocument = .compactObject([("signatureFormat", claim.format.map(JSONValue.string))])
        manifest.repositories = (metadata?.repositoryURLs ?? []).compactMap { address in
            SwiftRepositoryURL(address).map { SourceRepository(key: $0.canonical, address: address) }
        }
        manifest.document = .compactObject([("repository", manifest.repositories.first.map { .string($0.key) })])
        return manifest
    }

    private func describe(
        _ manifest: inout Manifest, _ archive: SwiftSourceArchive, _ metadata: SwiftReleaseMetadata?
    ) {
        manifest.fileKind = "source-archive"
        manifest.readme = archive.tree.readme
        if manifest.readme == nil, let path = archive.tree.readmePath {
            manifest.warnings.append("'\(Problem.excerpt(path))' is too large to be shown.")
        }
        manifest.summary = PlainText.oneLine(metadata?.text("description"))
        manifest.documentation = PlainText.webAddress(metadata?.text("readmeURL"))
        manifest.repository = metadata?.repositoryURLs.lazy.compactMap { PlainText.webAddress($0) }.first
        manifest.authors = [PlainText.oneLine(metadata?.document["author"]?["name"]?.stringValue, limit: 200)]
            .compactMap { $0 }
        if let main = archive.manifests.first {
            manifest.dependencies = SwiftDependencyScan.dependencies(in: main.content)
        }
        if metadata == nil {
            manifest.warnings.append(
                "The release has no metadata; put a package-metadata.json beside Package.swift to describe it.")
        }
    }

    /// The name under which a source archive is kept: of the identity's key, so that it does not depend on the case in which
    /// a client writes it.
    static func fileName(_ key: String, _ version: String) -> String { "\(key)-\(version).zip" }
}
