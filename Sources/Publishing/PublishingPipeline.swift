package import Archives
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
    /// Every stage has passed and nothing was kept, as the publisher asked; the release is as absent as before.
    package let isDryRun: Bool

    /// The same as the answer to a dry run: what would have been staged has no address.
    func asDryRun() -> Receipt {
        let wouldStage = staging == nil ? [] : ["It would be staged: it waits there until somebody releases it."]
        return Receipt(
            project: project, version: version, fileNames: fileNames, isNewProject: isNewProject, isRepeat: isRepeat,
            isHeld: isHeld, staging: nil, warnings: warnings + wouldStage, isDryRun: true)
    }
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

    /// Publishes that take several requests.
    package var deployments: Deployments { Deployments(core: core) }

    /// OpenPGP signatures of files.
    package var signatures: Signatures { Signatures(core: core) }

    /// The keys that publishers registered.
    package var signingKeys: SigningKeys { SigningKeys(core: core) }

    /// Runs the answer to one publish on the threads that publishes run on, so that its many short waits for disk and
    /// database wake no other thread.
    package func onItsThreads<Value>(_ work: () async throws -> Value) async throws -> Value {
        try await withTaskExecutorPreference(core.publishingPool, operation: work)
    }

    /// Decides, before the body is read, whether it may be sent.
    package func open(_ head: UploadHead, by principal: Principal) async throws -> UploadGrant {
        try await admission.open(head, by: principal)
    }

    /// Opens a spool for one file.
    package func spool(for grant: UploadGrant) -> UploadSpool {
        UploadSpool(core.spool.begin(limit: grant.byteLimit))
    }

    /// Opens what has been received to find out what it is, where a request does not say so.
    ///
    /// Runs where inspection does, with the same limits; nothing that is found out is believed before `publish`.
    package func read<Value: Sendable>(
        _ work: @escaping @Sendable (ArchiveLimits) throws -> Value
    ) async throws -> Value {
        try await core.inspectionPool.run { [limits = core.limits.archive] in try work(limits) }
    }

    /// Publishes what has been received.
    ///
    /// Returns once it would survive a power failure. A dry run goes through the same stages, and its transaction is rolled
    /// back: it is refused with the same words, and answered with the same receipt, as the publish itself would be.
    package func publish(_ submission: Submission, with grant: UploadGrant) async throws -> Receipt {
        let screened = [try await examine(submission, with: grant)]
        let receipts =
            submission.isDryRun
            ? try await commit.check(screened, into: nil) : try await commit.commit(screened, into: nil)
        guard let receipt = receipts.first else {
            throw Problem(.internalError, "The upload could not be stored.", diagnostic: "a publish without a receipt")
        }
        return receipt
    }

    /// Publishes several releases in one transaction: all of them, or none.
    ///
    /// Where one of them is a dry run, all are.
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
        return submissions.contains(where: \.isDryRun)
            ? try await commit.check(screened, into: staging) : try await commit.commit(screened, into: staging)
    }

    private func examine(_ submission: Submission, with grant: UploadGrant) async throws -> ScreenedSubmission {
        let admitted = try await admission.admit(submission, with: grant)
        let inspected = try await inspection.inspect(admitted)
        let verified = try await verification.verify(inspected)
        return try await screening.screen(verified)
    }
}
