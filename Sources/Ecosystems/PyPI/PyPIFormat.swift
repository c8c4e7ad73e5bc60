package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// Python packages: names, versions, wheels and source distributions.
package struct PyPIFormat: PackageFormat {
    /// Makes the format.
    package init() {}

    package var ecosystem: EcosystemID { PyPI.ecosystem }

    /// Python clients upload one file at a time; files of one version gather in its release.
    package var atom: PublishAtom { .file }

    package var versions: any VersionScheme { PEP440Scheme() }

    package func projectName(_ raw: String) throws -> ProjectName { try PyPINames.projectName(raw) }

    package func lookupKey(_ raw: String) -> String? {
        PythonName.isValid(raw) ? PythonName.normalized(raw) : nil
    }

    package var namespaceKind: NamespaceKind { .prefix }

    package func namespaceKeys(of nameKey: String) -> [String] {
        NamePrefixes.keys(of: nameKey, separator: "-")
    }

    /// A prefix of names, which is what a project could be called.
    package func namespace(_ raw: String) throws -> ProjectName { try PyPINames.projectName(raw) }

    /// The display form is the normalised one, `1.0.0rc1` for `1.0.0-RC.1`, as file names and indexes have it; the key drops
    /// trailing zeros too, as `1.0` and `1.0.0` are one version.
    package func version(_ raw: String) throws -> ReleaseVersion {
        let version = try read(raw)
        return ReleaseVersion(display: version.normalized, key: version.canonical)
    }

    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first, submission.files.count == 1 else {
            throw Problem(.badRequest, "An upload has exactly one file.")
        }
        let claimed = try projectName(submission.name)
        let version = try read(submission.version)
        let claim = PyPIClaim(fields: submission.claim)
        let name = try PyPIFileName(file.name, projectKey: claimed.key, version: version)
        try claim.check(name.kind)
        try claim.check(file.digests)
        let distribution = try PyPIDistribution(
            file, named: name, projectKey: claimed.key, version: version, limits: limits)
        try check(distribution.metadata, projectKey: claimed.key, version: version, name.kind)
        let warnings = try claim.check(distribution.metadata)
        var manifest = try PyPIManifest.make(distribution, file: name)
        manifest.warnings = warnings
        return manifest
    }

    /// A release has one source distribution, and one wheel for the same build, interpreter, ABI and platform.
    ///
    /// Installers take the first that fits, so a second one would be chosen by chance.
    package func conflict(of manifest: Manifest, with existing: PackageFile) -> String? {
        guard manifest.fileKind == existing.kind else { return nil }
        if manifest.fileKind == PyPI.FileKind.source.rawValue {
            return "A release has one source distribution, and this one has '\(existing.name)'."
        }
        guard PyPIFileName.wheelVariant(manifest.fileName) == PyPIFileName.wheelVariant(existing.name) else {
            return nil
        }
        return "'\(manifest.fileName)' is another spelling of '\(existing.name)', which this release has."
    }

    private func read(_ raw: String) throws -> PEP440Version {
        guard let version = PEP440Version(raw) else {
            throw Problem(
                .versionInvalid,
                "'\(Problem.excerpt(raw))' is not a valid version (PEP 440), such as 1.0, 2.0rc1 or 1.0.post1.")
        }
        return version
    }

    private func check(
        _ metadata: CoreMetadata, projectKey: String, version: PEP440Version, _ kind: PyPI.FileKind
    ) throws {
        let file = kind == .wheel ? "METADATA" : "PKG-INFO"
        guard PythonName.normalized(metadata.name) == projectKey else {
            throw Problem(
                .metadataMismatch,
                "\(file) names the project '\(Problem.excerpt(metadata.name))', the upload '\(projectKey)'.")
        }
        guard PEP440Version(metadata.version) == version else {
            throw Problem(
                .metadataMismatch,
                "\(file) says version '\(Problem.excerpt(metadata.version))', the upload \(version.normalized).")
        }
    }
}
