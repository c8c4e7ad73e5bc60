import Archives
import Formats
import RegistryModel
import Versioning

/// What was found inside a distribution file, before it is believed.
struct PyPIDistribution {
    /// The bytes of METADATA or PKG-INFO.
    let metadataBytes: [UInt8]
    /// The same, read.
    let metadata: CoreMetadata
    /// Files that run by themselves when the distribution is installed or Python starts.
    let installHooks: [String]

    /// Opens a file and finds its metadata, under the rules of its kind.
    /// - Throws: `Problem`.
    init(
        _ file: ReceivedFile, named name: PyPIFileName, projectKey: String, version: PEP440Version,
        limits: ArchiveLimits
    ) throws {
        let found =
            switch name.kind {
            case .wheel: try PyPIWheel.read(file, named: name, projectKey: projectKey, version: version, limits: limits)
            case .source: try PyPISource.read(file, projectKey: projectKey, version: version, limits: limits)
            }
        metadataBytes = found.metadata
        installHooks = found.installHooks
        do {
            metadata = try CoreMetadata(parsing: found.metadata)
        } catch {
            throw Problem(error, in: found.path)
        }
    }
}

/// A metadata file as it was found, with where it was.
struct PyPIFoundMetadata {
    let path: String
    let metadata: [UInt8]
    let installHooks: [String]
}
