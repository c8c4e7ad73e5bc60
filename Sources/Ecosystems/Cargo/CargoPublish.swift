import Accounts
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// `PUT api/v1/crates/new`
/// ([web API, publish](https://doc.rust-lang.org/cargo/reference/registry-web-api.html#publish)).
struct CargoPublish: Sendable {
    let services: RegistryServices
    let index: CargoIndex
    /// The absolute path of the mount.
    let mount: String

    /// Reads the frame into a submission, publishes it, and answers with the warnings that cargo prints.
    func publish(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await services.publishing.onItsThreads { try await take(request, context) }
    }

    private func take(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let length = request.headers[.contentLength].flatMap(Int.init)
        // The JSON's share of the request is not known yet; the frame's own length of the crate is checked exactly.
        let declared = length.map { max(0, $0 - CargoFrameReader.maximumClaimBytes - CargoFrameReader.overhead) }
        var grant = try await services.publishing.open(
            UploadHead(ecosystem: Cargo.ecosystem, declaredBytes: declared), by: principal)
        try await context.sendContinue()
        let submission = try await read(request.body, context, length: length, with: &grant)
        let receipt = try await services.publishing.publish(submission, with: grant)
        return answer(receipt)
    }

    private func read(
        _ body: RequestBody, _ context: RegistryContext, length: Int?, with grant: inout UploadGrant
    ) async throws -> Submission {
        var frame = CargoFrameReader(crateLimit: grant.byteLimit, requestLength: length)
        let spool = services.publishing.spool(for: grant)
        var claim: CargoClaim?
        do {
            for try await chunk in body {
                let crate = try frame.feed(chunk.readableBytesView)
                if claim == nil, let json = frame.claim {
                    let read = try CargoClaim(json, ownIndexes: index.addresses)
                    // Whoever may not publish this is told before anything is stored.
                    grant = try await services.publishing.open(
                        UploadHead(ecosystem: Cargo.ecosystem, name: read.name), by: grant.principal)
                    claim = read
                }
                if !crate.isEmpty { try await spool.write(crate) }
            }
            try frame.finish()
        } catch let fault as CargoFrameFault {
            throw Problem(fault)
        }
        guard let claim else { throw Problem(CargoFrameFault.truncated) }
        let file = try await spool.finish(name: CargoFormat.fileName(claim.name, claim.version))
        return Submission(
            ecosystem: Cargo.ecosystem, name: claim.name, version: claim.version, files: [file], claim: claim.value,
            staging: context.stagingWish, isDryRun: context.isDryRun)
    }

    private func answer(_ receipt: Receipt) -> Response {
        var warnings = receipt.warnings + services.notices(of: receipt, at: mount)
        if receipt.isRepeat { warnings.append("This version was already published with the same content.") }
        if receipt.isHeld { warnings.append("The release is held for review and is not visible yet.") }
        return .cargo([
            "warnings": ["invalid_categories": [], "invalid_badges": [], "other": .strings(warnings)]
        ]).noting(receipt)
    }
}

extension Problem {
    /// Explains why a publish frame is refused.
    init(_ fault: CargoFrameFault) {
        switch fault {
        case .truncated: self.init(.badRequest, "The publish request ends before the crate does.")
        case .trailingBytes: self.init(.badRequest, "The publish request has bytes behind the crate.")
        case .lengthMismatch:
            self.init(.badRequest, "The lengths in the publish request do not add up to its Content-Length.")
        case .claimTooLarge(let limit):
            self.init(.tooLarge, "The publish request's JSON is larger than \(limit) bytes.")
        case .crateTooLarge(let limit):
            self.init(.tooLarge, "The crate is larger than the limit of \(limit) bytes a file.")
        }
    }
}
