package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// PHP packages: names, versions, and what an archive says about itself.
package struct ComposerFormat: PackageFormat {
    /// Makes the format.
    package init() {}

    /// Composer asks for names in lower case whatever was typed.
    package func lookupKey(_ raw: String) -> String? {
        let lower = raw.lowercased()
        return ComposerNames.isValid(lower) ? lower : nil
    }

    package func projectName(_ raw: String) throws -> ProjectName { try ComposerNames.projectName(raw) }
    package var versions: any VersionScheme { ComposerScheme() }
    package var ecosystem: EcosystemID { Composer.ecosystem }
    package var atom: PublishAtom { .release }

    /// The vendor.
    package func namespaceKeys(of nameKey: String) -> [String] { [ComposerNames.vendor(nameKey)] }

    /// Packages are built from public repositories, and one that suddenly comes from another may have been taken over.
    package func sourcePin(_ address: String) -> SourcePin? { ComposerSource.pin(address) }

    package func namespace(_ raw: String) throws -> ProjectName {
        guard ComposerNames.isValid("\(raw)/name") else {
            throw Problem(.nameInvalid, "'\(Problem.excerpt(raw))' is not a vendor such as acme.")
        }
        return ProjectName(display: raw, key: raw, confusable: raw.filter { !"-._".contains($0) })
    }

    /// The display form is the publisher's without spaces around it; the key is the normal form, as `1.0` and `v1.0.0` are one
    /// version.
    ///
    /// What is dropped in the normal form (stability flags, aliases, build metadata) has no place in a version's own name and
    /// is refused, and so is what could not stand in an address: white space and the characters of other syntaxes. A build
    /// of a branch is called by its ``ComposerBuild``.
    package func version(_ raw: String) throws -> ReleaseVersion {
        let text = String(raw.trimmed)
        if let build = ComposerBuild(text) {
            _ = try version(build.branch)
            return ReleaseVersion(display: build.name, key: build.key)
        }
        let forbidden = "\\:*?\"<>|@#+%,"
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains { forbidden.contains($0) }
        let branch = text.lowercased().hasPrefix("dev-") ? text.dropFirst(4) : text[...]
        let parts = branch.split(separator: "/", omittingEmptySubsequences: false)
        guard isPlain, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), let version = ComposerVersion(text)
        else {
            throw Problem(
                .versionInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a version such as 1.2.3, v1.0-beta2, 1.x-dev or dev-main.")
        }
        return ReleaseVersion(display: text, key: version.canonical)
    }

    /// Reads who an archive is for from the archive itself: uploads by plain PUT do not say so.
    /// - Returns: The name, and the version where composer.json states one.
    /// - Throws: `Problem`, as ``inspect(_:limits:)`` would.
    package func identify(_ content: any ByteSource, limits: ArchiveLimits) throws -> (name: String, version: String?) {
        let archive = try ComposerArchive(content, limits: limits)
        return (archive.package.name, archive.package.version)
    }

    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first, submission.files.count == 1 else {
            throw Problem(.badRequest, "A publish has exactly one archive.")
        }
        let archive = try ComposerArchive(file.content, limits: limits)
        let name = try projectName(archive.package.name)
        guard lookupKey(submission.name) == name.key else {
            throw Problem(
                .metadataMismatch,
                "composer.json names the package '\(name.display)', the upload '\(Problem.excerpt(submission.name))'.")
        }
        let digest = file.digests.sha256.hex
        let claimed = ComposerBuild(submission.version)
        let version = try version(of: archive.package, claimed: claimed?.branch ?? submission.version)
        let build = ComposerBuild(of: version.display, digest: digest)
        guard claimed == nil || claimed?.reference == build?.reference else {
            throw Problem(.metadataMismatch, "The archive is not the build '\(submission.version)' of its branch.")
        }
        // A branch may have slashes; "+" cannot stand in a version, so that no two get one name.
        var stem = name.display.replacing("/", with: "-") + "-" + version.display.replacing("/", with: "+")
        if build != nil { stem += "-" + digest }
        var manifest = Manifest(
            name: name,
            version: build.map { ReleaseVersion(display: $0.name, key: $0.key) } ?? version,
            fileName: "\(stem).\(archive.fileExtension)")
        ComposerDescription.describe(&manifest, archive)
        manifest.document = ComposerDescription.document(archive, name: name, version: version)
        manifest.fileDocument = [
            "type": .string(archive.kind.rawValue), "reference": .string(digest),
            "shasum": .string(Hex.encode(file.digests.sha1)),
        ]
        return manifest
    }

    /// The version in composer.json, or the one of the request where the file has none; where both are given they are one.
    private func version(of package: ComposerPackageFile, claimed: String) throws -> ReleaseVersion {
        guard let stated = package.version else {
            guard !claimed.isEmpty else {
                throw Problem(
                    .versionInvalid, "composer.json states no version; name it in the request, as in '?version=1.2.3'.")
            }
            return try version(claimed)
        }
        let own = try version(stated)
        guard claimed.isEmpty || ComposerVersion(claimed)?.canonical == own.key else {
            throw Problem(
                .metadataMismatch,
                "composer.json says version '\(own.display)', the upload '\(Problem.excerpt(claimed, limit: 80))'.")
        }
        return own
    }
}
