import Blobs
import Formats
import RegistryModel

/// A submission whose archive has been opened and agrees with what the client claims.
struct InspectedSubmission: Sendable {
    let admitted: AdmittedSubmission
    let manifest: Manifest
    /// The files, in the order of the manifest's.
    let files: [ReceivedFile]

    /// Each file with what the manifest says of it.
    var pairs: [(received: ReceivedFile, described: ManifestFile)] { Array(zip(files, manifest.files)) }
    /// The length of all files together.
    var totalBytes: Int64 { files.reduce(0) { $0 + Int64($1.content.length) } }

    fileprivate init(admitted: AdmittedSubmission, manifest: Manifest) {
        self.admitted = admitted
        self.manifest = manifest
        files = admitted.submission.files
    }
}

/// The second stage: the archive is opened under limits, and the index is made from what it says.
struct Inspection: Sendable {
    let core: RegistryCore

    /// The largest file that is opened where the publish runs.
    private static let smallBytes = 256 << 10

    func inspect(_ admitted: AdmittedSubmission) async throws -> InspectedSubmission {
        let count = admitted.submission.files.count
        guard count > 0, count <= admitted.format.maximumFiles else {
            throw Problem(
                .badRequest,
                admitted.format.maximumFiles == 1
                    ? "A publish has exactly one file." : "A publish has 1 to \(admitted.format.maximumFiles) files.")
        }
        // Nobody waits long for a small one; large ones never take all the threads that publishes run on.
        let bytes = admitted.submission.files.reduce(0) { $0 + $1.content.length }
        let pool = bytes <= Self.smallBytes ? core.publishingPool : core.inspectionPool
        let manifest = try await pool.run { [limits = core.limits.archive] in
            try admitted.format.inspect(admitted.submission, limits: limits)
        }
        guard manifest.name.key == admitted.name.key else {
            throw Problem(
                .nameMismatch,
                "The archive is of '\(manifest.name.display)', but the upload says '\(admitted.name.display)'.")
        }
        guard manifest.files.count == count else {
            throw Problem(
                .internalError, "The upload could not be read.", diagnostic: "the format described other files")
        }
        guard manifest.version.key == admitted.version.key else {
            throw Problem(
                .metadataMismatch,
                "The archive is version \(manifest.version.display), but the upload says \(admitted.version.display).")
        }
        return InspectedSubmission(admitted: admitted, manifest: manifest)
    }
}
