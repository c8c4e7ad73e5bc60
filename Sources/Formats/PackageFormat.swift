package import Archives
package import RegistryModel
package import Versioning

/// What one request can complete, and so what one transaction writes.
package enum PublishAtom: Sendable {
    /// A release with all its files.
    case release
    /// One file, which joins a release or starts it.
    case file
}

/// What an ecosystem knows without HTTP: names, versions, and how its archives describe themselves.
///
/// Conformances live in `Ecosystems/<Name>/<Name>Format.swift`; the composition root hands them to the use cases.
package protocol PackageFormat: Sendable {
    /// The ecosystem's id.
    var ecosystem: EcosystemID { get }
    /// What one publish completes.
    var atom: PublishAtom { get }
    /// How versions are read and ordered.
    var versions: any VersionScheme { get }

    /// Checks a project's name and computes its forms.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    func projectName(_ raw: String) throws -> ProjectName

    /// Checks a version and computes its canonical form.
    /// - Throws: `Problem` with ``Problem/Code/versionInvalid``.
    func version(_ raw: String) throws -> ReleaseVersion

    /// Opens the one file of a submission, reads what it says about itself, compares it with the client's claim, and makes
    /// the documents that the index needs. Called off the event loops; it may block on reading.
    /// - Throws: `Problem`, when the archive is invalid, unsafe, or disagrees with the claim.
    func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest
}
