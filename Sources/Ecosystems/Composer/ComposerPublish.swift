import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel
import Versioning

/// `PUT ?version=…` with an archive as the body: Composer itself cannot publish, so this is what `curl --upload-file` does.
struct ComposerPublish: Sendable {
    let mount: ComposerMount
    /// How many builds of a branch are kept.
    let buildsKept: Int

    /// Receives an archive, reads in it which package it is, and publishes it.
    ///
    /// 201 where it is new, 200 where the same bytes were published before.
    func upload(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let services = mount.services
        let principal = try await services.principal(context)
        let length = request.headers[.contentLength].flatMap(Int.init)
        let grant = try await services.publishing.open(
            UploadHead(ecosystem: Composer.ecosystem, declaredBytes: length), by: principal)
        try await context.sendContinue()
        let spool = services.publishing.spool(for: grant)
        for try await chunk in request.body { try await spool.write(chunk.readableBytesView) }
        let file = try await spool.finish(name: "archive")
        let own = try await services.publishing.read { limits in
            try ComposerFormat().identify(file.content, limits: limits)
        }
        let claimed = request.uri.queryParameters["version"].map(String.init) ?? ""
        guard let version = claimed.isEmpty ? own.version : claimed else {
            throw Problem(
                .versionInvalid, "composer.json states no version; name it in the request, as in '?version=1.2.3'.")
        }
        let build = ComposerBuild(of: version, digest: file.digests.sha256.hex)
        let submission = Submission(
            ecosystem: Composer.ecosystem, name: own.name, version: build?.name ?? version, files: [file],
            claim: .null, tags: build.map { [$0.branchKey] } ?? [], staging: context.stagingWish,
            isDryRun: context.isDryRun)
        let receipt = try await services.publishing.publish(submission, with: grant)
        if let build, !receipt.isDryRun, receipt.staging == nil, !receipt.isHeld {
            try await move(build, receipt, by: principal)
        }
        return answer(receipt, reference: file.digests.sha256.hex)
    }

    /// Makes a build what its branch is now, and takes those off offer that are more than are kept.
    ///
    /// A new build is the newest since its commit; one that was there before becomes it again here.
    private func move(_ build: ComposerBuild, _ receipt: Receipt, by principal: Principal) async throws {
        let name = receipt.project.name.display
        if receipt.isRepeat {
            let history = try await mount.services.catalog.history(
                Composer.ecosystem, name: name, for: .principal(principal))
            guard history.tags[build.branchKey] != receipt.version.display else { return }
            try await mount.services.lifecycle.setTag(
                Composer.ecosystem, name: name, tag: build.branchKey, version: receipt.version.display, by: principal)
        }
        try await mount.services.lifecycle.retire(
            Composer.ecosystem, name: name, reason: "branch retention"
        ) { [buildsKept] history in
            ComposerBranches(history).surplus(keeping: buildsKept)
        }
    }

    private func answer(_ receipt: Receipt, reference: String) -> Response {
        let version = ComposerBuild(receipt.version.display)?.branch ?? receipt.version.display
        let label = "\(receipt.project.name.display) \(version)"
        let outcome =
            receipt.isRepeat
            ? "was already published with the same content"
            : receipt.isHeld ? "is held for review and not visible yet" : "is published"
        // They say what became of it where it is not simply published.
        let notices = mount.services.notices(of: receipt, at: mount.path)
        return mount.answer(
            .compactObject([
                ("name", .string(receipt.project.name.display)), ("version", .string(version)),
                ("reference", .string(reference)),
                ("message", .string(notices.first ?? "\(label) \(outcome).")),
                ("warnings", .strings(receipt.warnings + notices)),
                ("staging", receipt.staging.map { .string($0.key) }),
            ]), status: receipt.isRepeat || receipt.isDryRun ? .ok : .created
        ).noting(receipt)
    }
}
