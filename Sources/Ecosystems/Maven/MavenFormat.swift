package import Archives
package import Formats
package import RegistryModel
package import Versioning

/// Maven artifacts: names, versions, and what the files of a deployment say about themselves.
package struct MavenFormat: PackageFormat {
    /// Makes the format.
    package init() {}

    /// The key is the spelling, for `1.0` and `1.0.0` are different directories.
    package func version(_ raw: String) throws -> ReleaseVersion {
        guard MavenCoordinates.isVersion(raw) else {
            throw Problem(
                .versionInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a version such as 1.2.3 or 1.0-SNAPSHOT: at most "
                    + "\(MavenCoordinates.maximumLength) letters, digits, '-', '_', '+', '~' and single '.' between them."
            )
        }
        return ReleaseVersion(display: raw, key: raw)
    }

    package func lookupKey(_ raw: String) -> String? { MavenNames.isValid(raw) ? raw.lowercased() : nil }
    package func projectName(_ raw: String) throws -> ProjectName { try MavenNames.projectName(raw) }

    /// A path has one spelling.
    package var acceptsOtherSpellings: Bool { false }
    package var versions: any VersionScheme { MavenScheme() }
    package var atom: PublishAtom { .release }
    package var ecosystem: EcosystemID { Maven.ecosystem }

    package var maximumFiles: Int { 1_000 }

    /// The group and the groups around it, nearest first.
    package func namespaceKeys(of nameKey: String) -> [String] {
        var keys: [String] = []
        var rest = nameKey.prefix { $0 != ":" }
        while !rest.isEmpty {
            keys.append(String(rest))
            rest = rest[..<(rest.lastIndex(of: ".") ?? rest.startIndex)]
        }
        return keys
    }

    /// A groupId, or the beginning of one that ends before a dot.
    package func namespace(_ raw: String) throws -> ProjectName {
        guard MavenCoordinates.isGroup(raw) else {
            throw Problem(
                .nameInvalid,
                "'\(Problem.excerpt(raw, limit: 80))' is not a group such as org.example: letters, digits, '-', '_' and "
                    + "single '.'.")
        }
        let key = raw.lowercased()
        return ProjectName(display: raw, key: key, confusable: key.filter { !"-_.".contains($0) })
    }

    /// Reads all files of one deployment: the POM, what it describes, and signatures; checksum files are the adapter's.
    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        let name = try projectName(submission.name)
        let version = try version(submission.version)
        guard let coordinates = MavenCoordinates(name: name.display, version: version.display) else {
            throw Problem(.nameInvalid, "'\(Problem.excerpt(submission.name))' is not a group and an artifact.")
        }
        let deployment = try MavenDeployment(coordinates, submission.files)
        guard deployment.version == version.display else {
            throw Problem(.versionInvalid, "\(version.display) is not the version of the files, \(deployment.version).")
        }
        try deployment.checkArchives(limits: limits)
        let files = deployment.items.map(MavenDescription.file)
        guard let first = files.first else { throw Problem(.metadataInvalid, "\(coordinates) has no files.") }
        var manifest = Manifest(name: name, version: version, first: first, others: Array(files.dropFirst()))
        MavenDescription.describe(&manifest, deployment.pom)
        manifest.document = MavenDescription.document(deployment)
        return manifest
    }
}
