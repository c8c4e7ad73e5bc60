import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The upload API that `twine`, `uv` and `poetry` speak
/// ([documentation](https://docs.pypi.org/api/upload/)): one form, one file.
struct PyPIPublish: Sendable {
    let services: RegistryServices
    /// The absolute path of the mount.
    let mount: String

    /// How many bytes a form may have beside the file.
    private static let formBytes = 16 << 20
    /// How many bytes of the fields that are looked at are kept.
    private static let keptBytes = 4 << 20

    /// The fields that are looked at; each other one says what the file itself says better, or belongs to later stages.
    private static let single: Set<String> = [
        ":action", "protocol_version", "name", "version", "filetype", "metadata_version", "requires_python",
        "md5_digest",
        "sha256_digest", "blake2_256_digest",
    ]
    private static let repeated: Set<String> = ["requires_dist"]

    /// `POST legacy/`.
    func upload(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.publishing.onItsThreads { try await take(request, context) }
    }

    private func take(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let declared = request.headers[.contentLength].flatMap(Int.init).map { max(0, $0 - Self.formBytes) }
        var grant = try await services.publishing.open(
            UploadHead(ecosystem: PyPI.ecosystem, declaredBytes: declared), by: principal)
        try await context.sendContinue()
        var limits = MultipartLimits()
        limits.parts = 10_000
        limits.fieldBytes = Self.keptBytes
        let form = try await read(multipart(request, limits: limits), with: &grant)
        let submission = try form.submission(context)
        let receipt = try await services.publishing.publish(submission, with: grant)
        return answer(receipt)
    }

    /// Reads the form, whose fields come in the client's order; `content` is spooled as it comes.
    ///
    /// Where the name comes before the file, the grant becomes one for that name.
    private func read(_ parts: MultipartParts, with grant: inout UploadGrant) async throws -> PyPIForm {
        var form = PyPIForm()
        for try await part in parts {
            if part.name == "content" {
                guard form.file == nil else { throw Problem(.badRequest, "The form has more than one file.") }
                form.file = try await spool(part, form: form, with: &grant)
            } else if Self.single.contains(part.name) || Self.repeated.contains(part.name) {
                let text = try await part.text(upTo: Self.keptBytes - form.bytes)
                guard !text.utf8.contains(0) else {
                    throw Problem(.badRequest, "The field \(part.name) contains a NUL character.")
                }
                try form.add(part.name, text, isRepeated: Self.repeated.contains(part.name))
            }
        }
        return form
    }

    private func spool(_ part: MultipartPart, form: PyPIForm, with grant: inout UploadGrant) async throws
        -> ReceivedFile
    {
        guard let fileName = part.fileName, !fileName.isEmpty else {
            throw Problem(.fileNameInvalid, "The part 'content' of the form has no file name.")
        }
        // Clients send the fields first, so that who may not publish this is told before anything is stored.
        if let name = form.text("name") {
            grant = try await services.publishing.open(
                UploadHead(ecosystem: PyPI.ecosystem, name: name, version: form.text("version")), by: grant.principal)
        }
        let spool = services.publishing.spool(for: grant)
        for try await chunk in part.body { try await spool.write(chunk.readableBytesView) }
        return try await spool.finish(name: fileName)
    }

    /// Clients show nothing of it; people who use `curl` do.
    private func answer(_ receipt: Receipt) -> Response {
        let files = receipt.fileNames.joined(separator: ", ")
        let outcome =
            receipt.isRepeat
            ? "was already published with the same content" : receipt.isHeld ? "is held for review" : "is published"
        let notices = services.notices(of: receipt, at: mount)
        let lines = (notices.isEmpty ? ["\(files) \(outcome)."] : notices) + receipt.warnings
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: lines.map { $0 + "\n" }.joined()))
        ).noting(receipt)
    }
}
