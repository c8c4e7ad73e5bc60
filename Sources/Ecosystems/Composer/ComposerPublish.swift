import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// `PUT ?version=…` with an archive as the body: Composer itself cannot publish, so this is what `curl --upload-file` does.
struct ComposerPublish: Sendable {
    let mount: ComposerMount

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
        let submission = Submission(
            ecosystem: Composer.ecosystem, name: own.name, version: version, files: [file], claim: .null,
            staging: context.stagingWish, isDryRun: context.isDryRun)
        return answer(try await services.publishing.publish(submission, with: grant))
    }

    private func answer(_ receipt: Receipt) -> Response {
        let label = "\(receipt.project.name.display) \(receipt.version.display)"
        let outcome =
            receipt.isRepeat
            ? "was already published with the same content"
            : receipt.isHeld ? "is held for review and not visible yet" : "is published"
        // They say what became of it where it is not simply published.
        let notices = mount.services.notices(of: receipt, at: mount.path)
        return mount.answer(
            .compactObject([
                ("name", .string(receipt.project.name.display)), ("version", .string(receipt.version.display)),
                ("message", .string(notices.first ?? "\(label) \(outcome).")),
                ("warnings", .strings(receipt.warnings + notices)),
                ("staging", receipt.staging.map { .string($0.key) }),
            ]), status: receipt.isRepeat || receipt.isDryRun ? .ok : .created
        ).noting(receipt)
    }
}
