import Accounts
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// `PUT /:package`: a publish, or without a tarball new deprecation messages.
struct NPMPublish: Sendable {
    let mount: NPMMount

    private var services: RegistryServices { mount.services }

    /// What arrived: the document, and the tarball where there is one.
    private struct Body {
        let document: NPMPublishDocument
        let upload: (grant: UploadGrant, spool: UploadSpool)?
    }

    func put(_ request: Request, _ context: RegistryContext) async throws -> Response {
        try await put(request, context, staging: nil)
    }

    /// The same for a publish whose publisher asks for it to be staged.
    func put(_ request: Request, _ context: RegistryContext, staging: StagingWish?) async throws -> Response {
        try await services.publishing.onItsThreads { try await take(request, context, staging: staging) }
    }

    private func take(
        _ request: Request, _ context: RegistryContext, staging: StagingWish?
    ) async throws -> Response {
        let name = try mount.package(context)
        let principal = try await services.principal(context)
        let body = try await read(request, context, name: name, principal: principal)
        if let (grant, spool) = body.upload {
            return try await publish(
                body.document, context, name: name, grant: grant, spool: spool, staging: staging)
        }
        // A dry run is a promise that nothing changes; only publishes keep it.
        guard !context.isDryRun else {
            throw Problem(.notSupported, "Only a publish can be a dry run; this request has no tarball.")
        }
        guard staging == nil else { throw Problem(.badRequest, "A publish that is to be staged has a tarball.") }
        return try await NPMChanges(mount: mount).deprecate(body.document.root, name: name, by: principal)
    }

    private func read(
        _ request: Request, _ context: RegistryContext, name: String, principal: Principal
    ) async throws -> Body {
        let limits = NPMPublishReader.Limits()
        let declared = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let head = UploadHead(
            ecosystem: NPMFormat.ecosystem, name: name, declaredBytes: max(0, declared - limits.document) / 4 * 3)
        // A body this long can only be a publish: who may not, need not send it.
        var grant: UploadGrant?
        if declared > limits.document { grant = try await services.publishing.open(head, by: principal) }
        try await context.sendContinue()
        var reader = NPMPublishReader(limits: limits)
        var upload: (grant: UploadGrant, spool: UploadSpool)?
        func start() async throws -> (grant: UploadGrant, spool: UploadSpool) {
            let granted = if let grant { grant } else { try await services.publishing.open(head, by: principal) }
            return (granted, services.publishing.spool(for: granted))
        }
        do {
            for try await chunk in request.body {
                try reader.consume(chunk.readableBytesView)
                let decoded = reader.takeDecoded()
                guard !decoded.isEmpty else { continue }
                if upload == nil { upload = try await start() }
                try await upload?.spool.write(decoded)
            }
            let document = try reader.finish()
            if document.tarball != nil, upload == nil { upload = try await start() }
            return Body(document: document, upload: upload)
        } catch let fault as NPMPublishFault {
            throw Problem(fault)
        }
    }

    private func publish(
        _ document: NPMPublishDocument, _ context: RegistryContext, name: String, grant: UploadGrant,
        spool: UploadSpool, staging: StagingWish?
    ) async throws -> Response {
        let release = try NPMPublishRequest(document.root, name: name)
        try await checkAccess(release, by: grant.principal)
        let file = try await spool.finish(name: "\(NPMName.bare(name))-\(release.version).tgz")
        let submission = Submission(
            ecosystem: NPMFormat.ecosystem, name: name, version: release.version, files: [file],
            claim: release.claim, tags: release.tags, visibility: release.isRestricted ? .private : nil,
            staging: staging ?? context.stagingWish, isDryRun: context.isDryRun)
        let receipt = try await publish(submission, with: grant)
        var notices = services.notices(of: receipt, at: mount.path) + receipt.warnings
        if receipt.isHeld { notices.append("\(name)@\(release.version) is held for review and not visible yet.") }
        if document.bundle != nil { notices.append("This registry does not keep provenance yet; it was left out.") }
        if let staging = receipt.staging {
            return mount.answer(["ok": true, "stageId": .string(staging.key)], status: .created, notices: notices)
                .noting(receipt)
        }
        return mount.done(name, status: .created, notices: notices).noting(receipt)
    }

    /// The pipeline takes the same bytes twice; npm's users are told that nothing was published.
    private func publish(_ submission: Submission, with grant: UploadGrant) async throws -> Receipt {
        func taken(_ detail: String) -> Problem {
            Problem(
                .versionExists,
                "You cannot publish over the previously published versions: \(submission.version). \(detail)")
        }
        do {
            let receipt = try await services.publishing.publish(submission, with: grant)
            guard !receipt.isRepeat else { throw taken("It already exists with the same content.") }
            return receipt
        } catch let problem as Problem where problem.code == .versionExists && !problem.detail.hasPrefix("You cannot") {
            throw taken(problem.detail)
        }
    }

    /// Refuses to publish to everybody what the client wants to be restricted.
    private func checkAccess(_ release: NPMPublishRequest, by principal: Principal) async throws {
        guard release.isRestricted else { return }
        do {
            let history = try await services.catalog.history(
                NPMFormat.ecosystem, name: release.name, for: .principal(principal))
            guard history.project.visibility == .public else { return }
        } catch let problem as Problem where problem.code == .notFound {
            return
        }
        throw Problem(
            .forbidden,
            "'\(release.name)' is public; restrict it first: npm access set status=private \(release.name)")
    }
}
