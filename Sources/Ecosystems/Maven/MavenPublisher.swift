import Accounts
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The publisher portal's API: bundles are uploaded, checked as a whole, and published at once or when their publisher
/// says so ([Central's API](https://central.sonatype.org/publish/publish-portal-api/)).
///
/// A deployment is a staging here: what is validated waits in it, for its publishers only.
struct MavenPublisher: Sendable {
    let services: RegistryServices
    let completion: MavenCompletion

    private var stagings: Stagings { services.stagings }

    /// Adds the routes under `api/v1/publisher`.
    func addRoutes(to group: some RouterMethods<RegistryContext>) {
        group.post("upload") { try await upload($0, $1) }
        group.post("status") { try await status($0, $1) }
        group.post("deployment/:id") { try await publish($0, $1) }
        group.delete("deployment/:id") { try await drop($0, $1) }
        group.get("published") { try await published($0, $1) }
        for method in [HTTPRequest.Method.get, .head] {
            group.on("deployment/:id/download/**", method: method) { try await download($0, $1) }
            group.on("deployments/download/**", method: method) { try await downloadAny($0, $1) }
        }
    }

    // MARK: - Upload

    /// `POST upload?name=…&publishingType=…`: answers with the deployment's id once it is known what came of it.
    private func upload(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let isAutomatic = try Self.isAutomatic(request) && context.stagingWish == nil
        let declared = request.headers[.contentLength].flatMap(Int.init)
        let grant = try await services.publishing.open(
            UploadHead(
                ecosystem: Maven.ecosystem, declaredBytes: declared.map { max(0, $0 - Self.envelopeBytes) },
                isBundle: true), by: principal)
        try await context.sendContinue()
        let (bundle, fileName) = try await read(request, with: grant)
        let name = request.uri.queryParameters["name"].map(String.init) ?? fileName
        if context.isDryRun { return try await tryOut(bundle, called: name, context, with: grant) }
        let staging = try await stagings.begin(Maven.ecosystem, label: name, by: principal)
        let isGood = try await stagings.work(on: staging) { try await validate(bundle, in: staging, with: grant) }
        if isGood, isAutomatic { try await release(staging, by: principal) }
        return Self.accepted(staging)
    }

    /// Looks at a bundle and puts it into its staging; what is wrong is noted there.
    /// - Returns: Whether it waits to be released.
    private func validate(
        _ bundle: ReceivedFile, in staging: Staging, with grant: UploadGrant
    ) async throws -> Bool {
        do {
            try await stagings.note(staging.id, .validating)
            let errors = try await publish(bundle, into: staging, with: grant)
            guard errors.isEmpty else {
                try await stagings.giveUp(staging.id, errors: errors)
                return false
            }
            try await stagings.note(staging.id, .staged)
            return true
        } catch {
            // Nobody is left with a deployment that never comes to an end.
            try? await stagings.giveUp(
                staging.id, errors: [MavenBundle.common: [Problem(answering: error).detail]])
            throw error
        }
    }

    /// Makes every check and keeps nothing, not even a deployment that failed; all faults are in the answer.
    private func tryOut(
        _ bundle: ReceivedFile, called name: String, _ context: RegistryContext, with grant: UploadGrant
    ) async throws -> Response {
        let errors = try await publish(bundle, into: nil, with: grant)
        guard errors.isEmpty else {
            let faults = errors.sorted { $0.key < $1.key }.flatMap { key, texts in texts.map { "\(key): \($0)" } }
            return MavenRefusal(subject: name, faults: faults).response(context, publicURL: services.publicURL)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .hallmarkDryRun: "true",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: "This was a dry run: nothing was kept.")))
    }

    /// Where policy asks for a second person, the deployment stays validated.
    private func release(_ staging: Staging, by principal: Principal) async throws {
        do {
            try await stagings.release(staging.key, by: principal)
        } catch let problem as Problem where problem.code == .forbidden {
        }
    }

    /// What a multipart body may have beside the bundle.
    private static let envelopeBytes = 64 << 10

    private func read(_ request: Request, with grant: UploadGrant) async throws -> (ReceivedFile, String) {
        let spool = services.publishing.spool(for: grant)
        var name: String?
        for try await part in try multipart(request) where part.name == "bundle" && name == nil {
            name = part.fileName ?? "bundle"
            for try await chunk in part.body { try await spool.write(chunk.readableBytesView) }
        }
        guard let name else { throw Problem(.badRequest, "The form has no part 'bundle' with the archive.") }
        return (try await spool.finish(name: name), name)
    }

    private static func isAutomatic(_ request: Request) throws(Problem) -> Bool {
        switch request.uri.queryParameters["publishingType"] {
        case nil, "USER_MANAGED": false
        case "AUTOMATIC": true
        default: throw Problem(.badRequest, "'publishingType' is AUTOMATIC or USER_MANAGED.")
        }
    }

    /// Checks everything and puts it into the staging; nil is a dry run, after which nothing is anywhere.
    /// - Returns: What is wrong, by release; empty where all of it was taken.
    private func publish(
        _ archive: ReceivedFile, into staging: Staging?, with grant: UploadGrant
    ) async throws -> [String: [String]] {
        let bundle: MavenBundle
        do {
            bundle = MavenBundle(
                try await services.publishing.deployments.unpack(archive) { MavenPath($0)?.checksum != nil })
        } catch let problem as Problem where problem.code != .internalError && !problem.isTemporary {
            return [MavenBundle.common: [problem.detail]]
        }
        var errors: [String: [String]] = bundle.faults.isEmpty ? [:] : [MavenBundle.common: bundle.faults]
        let siblings = try bundle.descriptions()
        for component in bundle.components.prefix(MavenBundle.maximumComponents) {
            let check = MavenCheck(
                coordinates: component.coordinates, submission: component.submission(isDryRun: staging == nil),
                checksums: bundle.checksums(of: component),
                demands: try await completion.demands(on: component.coordinates), completion: completion,
                siblings: siblings)
            let faults = try await check.faults(by: grant.principal)
            if !faults.isEmpty { errors[component.purl] = faults }
        }
        guard errors.isEmpty else { return errors }
        do {
            let submissions = bundle.components.map { $0.submission(isDryRun: staging == nil) }
            _ = try await services.publishing.publish(submissions, with: grant, into: staging)
        } catch let refusal as BundleRefusal {
            for (label, problems) in refusal.refusals { errors[Self.purl(label)] = problems.map(\.detail) }
        } catch let problem as Problem where problem.code != .internalError && !problem.isTemporary {
            errors[MavenBundle.common] = [problem.detail]
        }
        return errors
    }

    /// The package URL of a release that is called `name version`.
    private static func purl(_ label: String) -> String {
        let parts = label.split(separator: " ", maxSplits: 1).map(String.init)
        return parts.count == 2 ? MavenBundle.purl(parts[0], parts[1]) : label
    }

    /// Clients read the body as the id itself, so that it is no JSON.
    private static func accepted(_ staging: Staging) -> Response {
        Response(
            status: .created, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: staging.key)))
    }

    // MARK: - Status

    /// `POST status?id=…`.
    private func status(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let id = request.uri.queryParameters["id"].map(String.init) ?? ""
        let staging = try await find(id, by: principal)
        let purls = staging.report.releases.map { MavenBundle.purl($0.project, $0.version) }
        let errors = staging.report.errors.sorted { $0.key < $1.key }
        return Self.json([
            "deploymentId": .string(staging.key), "deploymentName": .string(staging.label),
            "deploymentState": .string(try Self.word(staging.state)), "purls": .strings(purls),
            "errors": .object(errors.map { .init($0.key, .strings($0.value)) }),
            "createTimestamp": .integer(staging.createdAt.microseconds / 1000),
        ])
    }

    private static func word(_ state: StagingState) throws(Problem) -> String {
        switch state {
        case .pending: "PENDING"
        case .validating: "VALIDATING"
        case .staged: "VALIDATED"
        case .released: "PUBLISHED"
        case .failed: "FAILED"
        case .dropped, .expired: throw Problem(.notFound, "This deployment was \(state.rawValue).")
        }
    }

    private func find(_ id: String, by principal: Principal) async throws -> Staging {
        let staging = try await stagings.find(id, by: principal)
        guard staging.ecosystem == Maven.ecosystem else {
            throw Problem(.notFound, "There is no such deployment here.")
        }
        return staging
    }

    /// `POST deployment/{id}`.
    private func publish(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let staging = try await find(id(context), by: principal)
        try await explained { try await stagings.release(staging.key, by: principal) }
        return Response(status: .noContent)
    }

    /// `DELETE deployment/{id}`.
    private func drop(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let staging = try await find(id(context), by: principal)
        try await explained { try await stagings.drop(staging.key, by: principal) }
        return Response(status: .noContent)
    }

    /// Clients of this API know 400 for a deployment that is in another state.
    private func explained(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let problem as Problem where problem.code == .conflict {
            throw Problem(.badRequest, problem.detail, diagnostic: problem.diagnostic)
        }
    }

    private func id(_ context: RegistryContext) throws(Problem) -> String {
        guard let raw = context.parameters.get("id"), let id = PathSegment.decode(raw) else { throw MavenReads.nothing }
        return id
    }

    /// `GET published?namespace=…&name=…&version=…`.
    private func published(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let query = request.uri.queryParameters
        guard let group = query["namespace"], let artifact = query["name"], let version = query["version"] else {
            throw Problem(.badRequest, "This needs 'namespace', 'name' and 'version'.")
        }
        let name = "\(group):\(artifact)"
        do {
            let history = try await services.catalog.history(Maven.ecosystem, name: name, for: .principal(principal))
            let isThere =
                history.project.name.display == name && history.releases.contains { $0.version.display == version }
            return Self.json(["published": .bool(isThere)])
        } catch let problem as Problem where problem.code == .notFound {
            return Self.json(["published": false])
        }
    }

    private static func json(_ body: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes())))
    }

    // MARK: - Download before release

    /// `GET deployment/{id}/download/{path}`.
    private func download(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        let staging = try await find(id(context), by: principal)
        return try await reads(staging).readStaged(request, context, for: principal)
    }

    /// `GET deployments/download/{path}`: from any of the publisher's validated deployments, the newest first.
    private func downloadAny(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        for staging in try await stagings.list(by: principal)
        where staging.ecosystem == Maven.ecosystem && staging.state == .staged {
            do {
                return try await reads(staging).readStaged(request, context, for: principal)
            } catch let problem as Problem where problem.code == .notFound {
                continue
            }
        }
        throw MavenReads.nothing
    }

    private func reads(_ staging: Staging) throws(Problem) -> MavenReads {
        guard staging.state == .staged else {
            throw Problem(.notFound, "This deployment is not validated, so that nothing of it can be downloaded.")
        }
        return MavenReads(
            services: services, repository: .releases, requiresAuthentication: true,
            catalog: services.catalog.showing(staging))
    }
}
