package import Archives
package import Formats
import Foundation
package import RegistryModel
package import Versioning

/// npm packages: names, versions, and what a tarball says about itself.
///
/// A tarball is a gzip-compressed tar whose entries are all under one directory, usually `package/`; npm removes that
/// component whatever it is called. The index is made from the archive's `package.json` alone.
package struct NPMFormat: PackageFormat {
    /// npm's id.
    package static let ecosystem = EcosystemID(rawValue: "npm")

    /// How large `package.json` may be, since every version's copy is in the package's index document.
    package static let maximumManifestBytes = 1 << 20
    /// How many dependencies of all kinds a release may declare.
    package static let maximumDependencies = 5000

    private let signer: NPMSigner

    /// Makes the format.
    /// - Parameter signer: Signs every release while it is inspected.
    package init(signer: NPMSigner) {
        self.signer = signer
    }

    package var ecosystem: EcosystemID { Self.ecosystem }
    package var atom: PublishAtom { .release }
    package var versions: any VersionScheme { SemVerScheme() }

    package func projectName(_ raw: String) throws -> ProjectName {
        try NPMName.parse(raw)
    }

    /// Upper case is refused to publishers; readers with a name from elsewhere are simply told that there is none.
    package func lookupKey(_ raw: String) -> String? {
        try? NPMName.parse(raw).key
    }

    /// The scope, with its `@`.
    package func namespaceKeys(of nameKey: String) -> [String] {
        guard nameKey.hasPrefix("@"), let slash = nameKey.firstIndex(of: "/") else { return [] }
        return [String(nameKey[..<slash])]
    }

    /// A scope, written with or without its `@`.
    package func namespace(_ raw: String) throws -> ProjectName {
        let scope = raw.hasPrefix("@") ? raw : "@\(raw)"
        _ = try NPMName.parse("\(scope)/name")
        return ProjectName(display: scope, key: scope, confusable: scope)
    }

    /// Checks a version: strict SemVer, with numbers that JavaScript holds exactly.
    ///
    /// npm's client strips build metadata from what it sends, so it is stripped here too: `1.0.0+a` is published as `1.0.0`.
    package func version(_ raw: String) throws -> ReleaseVersion {
        let largest: UInt64 = (1 << 53) - 1
        guard let version = SemVer(raw), max(version.major, version.minor, version.patch) <= largest else {
            throw Problem(.versionInvalid, "\"\(raw.prefix(80))\" is not a version such as 1.2.3 or 1.2.3-beta.1.")
        }
        return ReleaseVersion(display: version.withoutBuild, key: version.withoutBuild)
    }

    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first, submission.files.count == 1 else {
            throw Problem(.badRequest, "Exactly one tarball can be published.")
        }
        let claim = submission.claim.isNull ? nil : NPMClaim(submission.claim)
        if let claim, !claim.agrees(with: file.digests) {
            throw Problem(
                .digestMismatch, "The tarball is not the one whose integrity the client announced; publish it again.")
        }
        let tarball = try NPMTarball(file.content, limits: limits)
        let package = NPMPackageJSON(try tarball.manifest(), files: tarball.files)
        let name = try NPMName.parse(package.name ?? "")
        let version = try version(package.document["version"]?.stringValue ?? "")
        let claimedVersion = NPMPackageJSON.cleanVersion(submission.version)?.withoutBuild
        guard name.display == submission.name, version.key == claimedVersion else {
            throw Problem(
                .metadataMismatch,
                "package.json in the tarball is of \(name.display)@\(version.display), but the upload has the name and "
                    + "version \(submission.name)@\(submission.version.prefix(100)).")
        }
        if let field = claim?.difference(from: package) { throw Self.mismatch(field) }
        var manifest = Manifest(
            name: name, version: version, fileName: "\(NPMName.bare(name.display))-\(version.display).tgz")
        try describe(&manifest, package, tarball)
        manifest.document = try document(manifest, package, tarball, file.digests)
        return manifest
    }

    private static func mismatch(_ field: String) -> Problem {
        Problem(
            .metadataMismatch,
            "\"\(field)\" in the published document differs from package.json in the tarball; pack and publish again.")
    }

    /// The version's document as the index shows it, without what depends on the registry's address.
    private func document(
        _ manifest: Manifest, _ package: NPMPackageJSON, _ tarball: NPMTarball, _ digests: FileDigests
    ) throws -> JSONValue {
        let (name, version) = (manifest.name.display, manifest.version.display)
        let integrity = "sha512-" + Data(digests.sha512).base64EncodedString()
        let signature = try signer.sign(name: name, version: version, integrity: integrity)
        let dist: JSONValue = [
            "integrity": .string(integrity), "shasum": .string(Hex.encode(digests.sha1)),
            "fileCount": .integer(Int64(tarball.files.count)), "unpackedSize": .integer(Int64(tarball.unpackedBytes)),
            "signatures": [["keyid": .string(signer.keyID), "sig": .string(signature)]],
        ]
        var document = package.document.setting("name", to: .string(name)).setting("version", to: .string(version))
        document = document.setting("description", to: manifest.summary.map(JSONValue.string))
        document = document.setting("_id", to: .string("\(name)@\(version)"))
        document = document.setting("_hasShrinkwrap", to: .bool(tarball.files.contains("npm-shrinkwrap.json")))
        if !manifest.installHooks.isEmpty { document = document.setting("hasInstallScript", to: true) }
        document = document.setting("readmeFilename", to: tarball.readmeFile.map(JSONValue.string))
        return document.setting("dist", to: dist)
    }
}

extension NPMFormat {
    /// Fills in what every ecosystem's manifest has.
    private func describe(_ manifest: inout Manifest, _ package: NPMPackageJSON, _ tarball: NPMTarball) throws {
        let document = package.document
        manifest.readme = tarball.readme
        if tarball.readme == nil, let file = tarball.readmeFile {
            manifest.warnings.append("\(file) is larger than \(NPMReadme.maximumBytes >> 10) KiB and is not shown.")
        }
        let description = document["description"]?.stringValue ?? tarball.readme.flatMap(NPMReadme.description)
        manifest.summary = description.map { $0.trimmed.limited(toScalars: 2000) }.flatMap { $0.isEmpty ? nil : $0 }
        manifest.license = Self.license(document)
        manifest.homepage = Self.webAddress(document["homepage"]?.stringValue)
        manifest.repository = Self.repository(document["repository"])
        manifest.keywords = (document["keywords"]?.arrayValue ?? []).compactMap(\.stringValue).filter { !$0.isEmpty }
        manifest.authors = Self.authors(document)
        manifest.dependencies = Self.dependencies(package)
        guard manifest.dependencies.count <= Self.maximumDependencies else {
            throw Problem(.metadataInvalid, "A package may declare at most \(Self.maximumDependencies) dependencies.")
        }
        manifest.installHooks = package.hooks
        manifest.fileKind = "tarball"
    }

    private static func license(_ document: JSONValue) -> String? {
        if let text = document["license"]?.stringValue ?? document["license"]?["type"]?.stringValue { return text }
        let all = (document["licenses"]?.arrayValue ?? []).compactMap { $0.stringValue ?? $0["type"]?.stringValue }
        return all.isEmpty ? nil : all.count == 1 ? all[0] : "(\(all.joined(separator: " OR ")))"
    }

    private static func webAddress(_ text: String?) -> String? {
        guard let text, text.hasPrefix("https://") || text.hasPrefix("http://") else { return nil }
        return text
    }

    private static func repository(_ value: JSONValue?) -> String? {
        guard let url = value?["url"]?.stringValue else { return nil }
        if let hosted = NPMHostedGit(url) { return hosted.webURL }
        return webAddress(url.hasPrefix("git+") ? String(url.dropFirst(4)) : url)
    }

    private static func authors(_ document: JSONValue) -> [String] {
        let people = [document["author"]].compactMap { $0 } + (document["contributors"]?.arrayValue ?? [])
        return people.prefix(100).compactMap { NPMPerson($0)?.name }
    }

    /// All declarations; one that is both optional and ordinary is optional, as installers read it.
    private static func dependencies(_ package: NPMPackageJSON) -> [Dependency] {
        let optional = Set(package.table("optionalDependencies").map(\.name))
        let meta = (package.document["peerDependenciesMeta"]?.members ?? []).filter { $0.value["optional"] == true }
        let optionalPeers = Set(meta.map(\.name))
        let kinds: [(member: String, kind: String)] = [
            ("dependencies", "runtime"), ("optionalDependencies", "optional"), ("peerDependencies", "peer"),
            ("devDependencies", "dev"),
        ]
        return kinds.flatMap { member, kind in
            package.table(member).filter { member != "dependencies" || !optional.contains($0.name) }.map { entry in
                NPMDependencyTable.dependency(
                    .init(name: entry.name, spec: entry.text), kind: kind,
                    isOptional: kind == "optional" || (kind == "peer" && optionalPeers.contains(entry.name)),
                    ecosystem: ecosystem)
            }
        }
    }
}
