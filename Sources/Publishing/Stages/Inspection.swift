import Blobs
import Formats
import RegistryModel

/// A submission whose archive has been opened and agrees with what the client claims.
struct InspectedSubmission: Sendable {
    let admitted: AdmittedSubmission
    let manifest: Manifest
    let file: ReceivedFile

    fileprivate init(admitted: AdmittedSubmission, manifest: Manifest, file: ReceivedFile) {
        self.admitted = admitted
        self.manifest = manifest
        self.file = file
    }
}

/// The second stage: the archive is opened under limits, and the index is made from what it says.
struct Inspection: Sendable {
    let core: RegistryCore

    func inspect(_ admitted: AdmittedSubmission) async throws -> InspectedSubmission {
        guard let file = admitted.submission.files.first, admitted.submission.files.count == 1 else {
            throw Problem(.badRequest, "A publish has exactly one file.")
        }
        let manifest = try await core.inspectionPool.run { [limits = core.limits.archive] in
            try admitted.format.inspect(admitted.submission, limits: limits)
        }
        guard manifest.name.key == admitted.name.key else {
            throw Problem(
                .nameMismatch,
                "The archive is of '\(manifest.name.display)', but the upload says '\(admitted.name.display)'.")
        }
        guard manifest.version.key == admitted.version.key else {
            throw Problem(
                .metadataMismatch,
                "The archive is version \(manifest.version.display), but the upload says \(admitted.version.display).")
        }
        return InspectedSubmission(admitted: admitted, manifest: manifest, file: file)
    }
}
