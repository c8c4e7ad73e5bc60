package import Archives
package import Formats
import Foundation
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
        let stem = name.display.split(separator: ".").last.map(String.init) ?? name.display
        var manifest = Manifest(name: name, version: version, fileName: "\(stem)-\(version.display).zip")
        describe(&manifest, archive, metadata)
        manifest.document = document(archive, claim, metadata)
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

    /// What every endpoint but the archive itself answers from.
    private func document(
        _ archive: SwiftSourceArchive, _ claim: SwiftPublishClaim, _ metadata: SwiftReleaseMetadata?
    ) -> JSONValue {
        let manifests = archive.manifests.map { manifest in
            JSONValue.object([
                .init("file", .string(manifest.file.name)),
                .init("toolsVersion", .string(manifest.toolsVersion.description)),
                .init("content", .string(manifest.content)),
            ])
        }
        let repositories = (metadata?.repositoryURLs ?? []).compactMap { SwiftRepositoryURL($0)?.canonical }
        func encoded(_ bytes: [UInt8]?) -> JSONValue? { bytes.map { .string(Data($0).base64EncodedString()) } }
        return .compactObject([
            ("metadata", metadata?.document), ("manifests", .array(manifests)),
            ("repositories", .strings(repositories)), ("signatureFormat", claim.format.map(JSONValue.string)),
            ("archiveSignature", encoded(claim.archiveSignature)),
            // The exact bytes, because it is they that are signed.
            ("metadataBytes", claim.metadataSignature == nil ? nil : encoded(claim.metadata)),
            ("metadataSignature", encoded(claim.metadataSignature)),
        ])
    }
}
