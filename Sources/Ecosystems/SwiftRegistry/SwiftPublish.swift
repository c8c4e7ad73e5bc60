import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import Publishing
import RegistryModel

/// `PUT /{scope}/{name}/{version}`
/// ([specification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#46-create-a-package-release)).
///
/// Answered when the release is there, though clients offer to wait for it (`Prefer: respond-async`). Who may not publish
/// it, and a version that exists, is refused before the client sends its archive.
struct SwiftPublish: Sendable {
    let mount: SwiftMount

    /// How many bytes a request may have beside the archive.
    private static let otherBytes =
        SwiftReleaseMetadata.maximumBytes + 2 * SwiftPublishClaim.maximumSignatureBytes + (64 << 10)

    func publish(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let services = mount.services
        let principal = try await services.principal(context)
        let id = try mount.package(context)
        let version = try mount.parameter("version", context)
        var limits = MultipartLimits()
        limits.parts = 16
        limits.fieldBytes = SwiftReleaseMetadata.maximumBytes
        let parts = try multipart(request, limits: limits)
        let declared = request.headers[.contentLength].flatMap(Int.init).map { max(0, $0 - Self.otherBytes) }
        let grant = try await services.publishing.open(
            UploadHead(
                ecosystem: SwiftRegistry.ecosystem, name: id.description, version: version, declaredBytes: declared),
            by: principal)
        try await context.sendContinue()
        let format = request.headers[.swiftSignatureFormat]
        let form = try await read(parts, SwiftPublishForm(signatureFormat: format), with: grant, id, version)
        guard let file = form.archive else {
            throw Problem(.badRequest, "The form has no part 'source-archive'.")
        }
        let receipt = try await services.publishing.publish(
            Submission(
                ecosystem: SwiftRegistry.ecosystem, name: id.description, version: version, files: [file],
                claim: form.claim.value, staging: context.stagingWish, isDryRun: context.isDryRun),
            with: grant)
        return answer(receipt)
    }

    private func read(
        _ parts: MultipartParts, _ form: SwiftPublishForm, with grant: UploadGrant, _ id: SwiftPackageID,
        _ version: String
    ) async throws -> SwiftPublishForm {
        var form = form
        for try await part in parts {
            guard try form.begin(part) else {
                try form.take(Array(try await part.collect(upTo: form.limit(of: part.name)).readableBytesView), part)
                continue
            }
            let spool = mount.services.publishing.spool(for: grant)
            for try await chunk in part.body { try await spool.write(chunk.readableBytesView) }
            form.archive = try await spool.finish(name: SwiftFormat.fileName(id.key, version))
        }
        return form
    }

    /// 201 with the release's address; 202 where nobody else sees it yet, with its private address where it is staged; 200
    /// where nothing was kept.
    ///
    /// SwiftPM shows the address alone and does not ask there again; tools show the warnings.
    private func answer(_ receipt: Receipt) -> Response {
        let name = receipt.project.name
        var warnings = receipt.warnings + mount.services.notices(of: receipt, at: mount.path)
        if receipt.isRepeat { warnings.append("This version was already published with the same content.") }
        if receipt.isHeld { warnings.append("The release is held for review and is not visible yet.") }
        let body: JSONValue = [
            "id": .string(name.display), "version": .string(receipt.version.display), "warnings": .strings(warnings),
        ]
        guard !receipt.isDryRun else { return SwiftMount.answer(body).noting(receipt) }
        let isWaiting = receipt.isHeld || receipt.staging != nil
        let addresses = receipt.staging.map { mount.addresses(in: $0) } ?? mount.addresses
        return SwiftMount.answer(
            body, status: isWaiting ? .accepted : .created,
            headers: [.location: addresses.release(name, receipt.version.display)]
        ).noting(receipt)
    }
}
