import Blobs
package import RegistryModel

/// What was published.
package struct Receipt: Sendable {
    package let project: Project
    package let version: ReleaseVersion
    /// The names under which the files are kept.
    package let fileNames: [String]
    package let isNewProject: Bool
    /// The very same bytes had been published before, and nothing has changed.
    package let isRepeat: Bool
    /// The release is not visible yet: scanners hold it.
    package let isHeld: Bool
    /// What the publisher should know although it was no reason to refuse.
    package let warnings: [String]
}

/// The way of a publish, from the spooled bytes to the committed release.
///
/// Each stage returns a type that only it can make, so a release that skipped a stage does not compile.
package struct PublishingPipeline: Sendable {
    private let core: RegistryCore
    private let admission: Admission
    private let inspection: Inspection
    private let verification: Verification
    private let screening: Screening
    private let commit: Commit

    /// Puts the stages together.
    package init(core: RegistryCore, verifiers: [any ReleaseVerifier] = [], scanners: [any Scanner] = []) {
        self.core = core
        admission = Admission(core: core)
        inspection = Inspection(core: core)
        verification = Verification(verifiers: verifiers)
        screening = Screening(scanners: scanners)
        commit = Commit(core: core)
    }

    /// Decides, before the body is read, whether it may be sent.
    package func open(_ head: UploadHead, by principal: Principal) async throws -> UploadGrant {
        try await admission.open(head, by: principal)
    }

    /// Opens a spool for one file.
    package func spool(for grant: UploadGrant) -> UploadSpool {
        UploadSpool(core.spool.begin(limit: grant.byteLimit))
    }

    /// Publishes what has been received.
    ///
    /// Returns once it would survive a power failure.
    package func publish(_ submission: Submission, with grant: UploadGrant) async throws -> Receipt {
        let admitted = try await admission.admit(submission, with: grant)
        let inspected = try await inspection.inspect(admitted)
        let verified = try await verification.verify(inspected)
        let screened = try await screening.screen(verified)
        return try await commit.commit(screened)
    }
}
