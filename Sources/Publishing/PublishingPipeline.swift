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
    /// The staging it waits in, where it does; nobody but its publishers sees it there.
    package let staging: StagingSummary?
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
        let receipts = try await commit.commit([try await examine(submission, with: grant)], into: nil)
        guard let receipt = receipts.first else {
            throw Problem(.internalError, "The upload could not be stored.", diagnostic: "a publish without a receipt")
        }
        return receipt
    }

    /// Publishes several releases in one transaction: all of them, or none.
    /// - Parameters:
    ///   - submissions: The releases, each of other coordinates.
    ///   - grant: The permission.
    ///   - staging: The staging that was begun for them, in which they wait; nil where each project's policy decides.
    /// - Returns: A receipt for each, in their order.
    /// - Throws: ``BundleRefusal`` with what is wrong with each release, for all of them at once; what the commit throws.
    package func publish(
        _ submissions: [Submission], with grant: UploadGrant, into staging: Staging? = nil
    ) async throws -> [Receipt] {
        var screened: [ScreenedSubmission] = []
        var refusals: [String: [Problem]] = [:]
        for submission in submissions {
            do {
                screened.append(try await examine(submission, with: grant))
            } catch let problem as Problem {
                refusals["\(submission.name) \(submission.version)", default: []].append(problem)
            }
        }
        guard refusals.isEmpty else { throw BundleRefusal(refusals: refusals) }
        return try await commit.commit(screened, into: staging)
    }

    private func examine(_ submission: Submission, with grant: UploadGrant) async throws -> ScreenedSubmission {
        let admitted = try await admission.admit(submission, with: grant)
        let inspected = try await inspection.inspect(admitted)
        let verified = try await verification.verify(inspected)
        return try await screening.screen(verified)
    }
}
