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
    /// How many files one publish may have.
    var maximumFiles: Int { get }
    /// How versions are read and ordered.
    var versions: any VersionScheme { get }

    /// Checks a project's name and computes its forms.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid`` or ``Problem/Code/nameReserved``.
    func projectName(_ raw: String) throws -> ProjectName

    /// The key under which a name that a reader asks for is looked up, or nil where no project can have it.
    ///
    /// Unlike ``projectName(_:)`` it knows no reserved names: they are refused to publishers, not to readers.
    func lookupKey(_ raw: String) -> String?

    /// Whether a project may be published to under another spelling of its name.
    var acceptsOtherSpellings: Bool { get }

    /// Checks a version and computes its canonical form.
    /// - Throws: `Problem` with ``Problem/Code/versionInvalid``.
    func version(_ raw: String) throws -> ReleaseVersion

    /// Whether a new file and one that its release already has are two spellings of the same, or may not be in one release.
    ///
    /// Asked only where a request completes a file (``PublishAtom/file``), and only for files of different names.
    /// - Returns: What is wrong, to be shown to the publisher; nil where both may be there.
    func conflict(of manifest: Manifest, with existing: PackageFile) -> String?

    /// The keys of all namespaces that a name lies in, nearest first: what may be claimed, verified and assigned.
    ///
    /// A Swift scope, an npm scope, a Composer vendor, every prefix of a Maven groupId, every reserved prefix of a PyPI or
    /// Cargo name. Empty where the name is in none.
    func namespaceKeys(of nameKey: String) -> [String]

    /// What its namespaces are.
    var namespaceKind: NamespaceKind { get }

    /// The source repository at an address, where projects are held to the first that they name; nil where they are not,
    /// and for an address that names none.
    func sourcePin(_ address: String) -> SourcePin?

    /// Checks a namespace's name and computes its forms.
    /// - Throws: `Problem` with ``Problem/Code/nameInvalid``, also where the ecosystem has no namespaces.
    func namespace(_ raw: String) throws -> ProjectName

    /// Opens the files of a submission, reads what they say about themselves, compares it with the client's claim, and makes
    /// the documents that the index needs. Called off the event loops; it may block on reading.
    ///
    /// The manifest has as many files as the submission, in the same order.
    /// - Throws: `Problem`, when the archive is invalid, unsafe, or disagrees with the claim.
    func inspect(_ submission: Submission, limits: ArchiveLimits) throws -> Manifest
}

extension PackageFormat {
    /// Other spellings of a name that mean the same project are accepted unless a format says otherwise.
    package var acceptsOtherSpellings: Bool { true }

    /// By default one.
    package var maximumFiles: Int { 1 }

    /// By default a name is in no namespace.
    package func namespaceKeys(of nameKey: String) -> [String] { [] }

    /// By default a word that names begin with.
    package var namespaceKind: NamespaceKind { .scope }

    /// By default no project is held to a source repository.
    package func sourcePin(_ address: String) -> SourcePin? { nil }

    /// The source repository that a release names.
    package func sourcePin(of manifest: Manifest) -> SourcePin? { manifest.repository.flatMap { sourcePin($0) } }

    /// By default there are no namespaces.
    package func namespace(_ raw: String) throws -> ProjectName {
        throw Problem(.nameInvalid, "Packages of '\(ecosystem)' are in no namespaces here.")
    }

    /// By default files of different names get along.
    package func conflict(of manifest: Manifest, with existing: PackageFile) -> String? { nil }

    /// By default the key of a name that could be published.
    package func lookupKey(_ raw: String) -> String? {
        try? projectName(raw).key
    }
}
