package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// Rust crates: names, versions, and what a crate says about itself.
package struct CargoFormat: PackageFormat {
    /// Makes the format.
    package init() {}

    package var ecosystem: EcosystemID { Cargo.ecosystem }
    package var atom: PublishAtom { .release }
    package var versions: any VersionScheme { SemVerScheme() }

    /// cargo looks a crate up under one spelling only.
    package var acceptsOtherSpellings: Bool { false }

    package func projectName(_ raw: String) throws -> ProjectName { try CargoNames.projectName(raw) }

    package func lookupKey(_ raw: String) -> String? {
        CargoNames.isValid(raw) ? CargoNames.key(raw) : nil
    }

    package var namespaceKind: NamespaceKind { .prefix }

    package func namespaceKeys(of nameKey: String) -> [String] {
        NamePrefixes.keys(of: nameKey, separator: "_")
    }

    /// A prefix of names, which is what a crate could be called.
    package func namespace(_ raw: String) throws -> ProjectName { try CargoNames.projectName(raw) }

    package func version(_ raw: String) throws -> ReleaseVersion {
        guard let key = versions.canonical(raw) else {
            throw Problem(
                .versionInvalid,
                "'\(CargoText.excerpt(raw))' is not a version such as 1.2.3, 1.2.3-beta.1 or 1.2.3+build.")
        }
        return ReleaseVersion(display: raw, key: key)
    }

    /// The index line is made from `Cargo.toml` in the crate alone; the client's JSON only has to agree with it.
    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        guard let file = submission.files.first, submission.files.count == 1 else {
            throw Problem(.badRequest, "A publish has exactly one crate.")
        }
        let claim = CargoClaim(submission)
        let name = try projectName(claim.name)
        let version = try version(claim.version)
        let crate = try CargoCrate(
            file.content, name: claim.name, version: claim.version, ownIndexes: claim.ownIndexes, limits: limits)
        try check(crate.manifest, name: claim.name, version: claim.version)
        try claim.check(against: crate.manifest)
        var manifest = Manifest(name: name, version: version, fileName: Self.fileName(claim.name, claim.version))
        Self.describe(&manifest, crate)
        manifest.document = Self.indexLine(crate.manifest, digest: file.digests.sha256)
        return manifest
    }

    /// The name under which a crate is kept.
    static func fileName(_ name: String, _ version: String) -> String { "\(name)-\(version).crate" }

    private func check(_ manifest: CargoManifest, name: String, version: String) throws(Problem) {
        guard manifest.name == name else {
            throw Problem(
                .metadataMismatch,
                "Cargo.toml in the crate names '\(CargoText.excerpt(manifest.name))', the publish request '\(name)'.")
        }
        guard manifest.version == version else {
            throw Problem(
                .metadataMismatch,
                "Cargo.toml in the crate says version '\(CargoText.excerpt(manifest.version))', the publish request "
                    + "'\(version)'.")
        }
    }

    private static func describe(_ manifest: inout Manifest, _ crate: CargoCrate) {
        let packed = crate.manifest
        manifest.summary = CargoText.oneLine(packed.description)
        manifest.readme = crate.readme
        manifest.license = CargoText.oneLine(packed.license, limit: 500)
        manifest.homepage = CargoText.webAddress(packed.homepage)
        manifest.repository = CargoText.webAddress(packed.repository)
        manifest.documentation = CargoText.webAddress(packed.documentation)
        manifest.keywords = packed.keywords.compactMap { CargoText.oneLine($0, limit: 100) }
        manifest.authors = packed.authors.prefix(100).compactMap { CargoText.oneLine($0, limit: 200) }
        manifest.dependencies = packed.dependencies.map(\.neutral)
        manifest.installHooks = [crate.buildScript, packed.isProcMacro ? "proc-macro" : nil].compactMap { $0 }
        manifest.fileKind = "crate"
        if let path = crate.skippedReadme {
            manifest.warnings.append("'\(CargoText.excerpt(path))' is too large to be shown.")
        }
        if packed.license == nil, packed.licenseFile == nil {
            manifest.warnings.append("The crate names no license.")
        }
    }

    /// One line of the index without what can change or is known at publication only: `yanked` and `pubtime`.
    private static func indexLine(_ packed: CargoManifest, digest: SHA256Digest) -> JSONValue {
        let (features, extended) = packed.features.split
        return .compactObject([
            ("name", .string(packed.name)), ("vers", .string(packed.version)),
            ("deps", .array(packed.dependencies.map(\.indexValue))), ("cksum", .string(digest.hex)),
            ("features", features), ("features2", extended), ("links", packed.links.map(JSONValue.string) ?? .null),
            ("rust_version", packed.rustVersion.map(JSONValue.string)), ("v", .integer(extended == nil ? 1 : 2)),
        ])
    }
}
