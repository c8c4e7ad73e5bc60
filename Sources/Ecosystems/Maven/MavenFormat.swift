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

    /// Reads all files of one deployment: the POM, what it describes, and signatures; checksum files are the adapter's.
    package func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest {
        let name = try projectName(submission.name)
        let version = try version(submission.version)
        let parts = name.display.split(separator: ":").map(String.init)
        guard parts.count == 2,
            let coordinates = MavenCoordinates(
                groupID: parts[0], artifactID: parts[1], version: version.display)
        else { throw Problem(.nameInvalid, "'\(Problem.excerpt(submission.name))' is not a group and an artifact.") }
        let deployment = try MavenDeployment(coordinates, submission.files)
        try deployment.checkArchives(limits: limits)
        let file = deployment.items.first { $0.isMain(extension: "pom") }?.received.name
        var manifest = Manifest(name: name, version: version, fileName: file ?? "")
        MavenDescription.describe(&manifest, deployment.pom)
        manifest.document = MavenDescription.document(deployment)
        return manifest
    }
}
