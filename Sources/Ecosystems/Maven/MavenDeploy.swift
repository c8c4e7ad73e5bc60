import Accounts
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// `PUT {path}` of one repository, as `mvn deploy` and Gradle send a release file by file.
///
/// Files gather in a hidden deployment. The artifact's `maven-metadata.xml`, which clients send last, completes it; of its
/// content only the `release` is read, to know which deployment is meant, for the registry makes its own.
struct MavenDeploy: Sendable {
    let services: RegistryServices
    let repository: MavenRepository
    let completion: MavenCompletion

    private var deployments: Deployments { services.publishing.deployments }

    func put(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let principal = try await services.principal(context)
        guard let path = MavenPath(of: context) else {
            throw Problem(
                .fileNameInvalid,
                "This is no path of a Maven repository: GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION[-CLASSIFIER].EXTENSION."
            )
        }
        switch path.resource {
        case .metadata(let metadata):
            return try await put(metadata, path.checksum, request, context, principal)
        case .file(let file):
            guard repository.holds(file.coordinates) else { throw repository.refusal(of: file.coordinates) }
            guard !file.coordinates.isSnapshot || file.snapshot != nil else {
                throw Problem(
                    .fileNameInvalid,
                    "Builds of a snapshot have a timestamp and a number in their names; this client sends none.")
            }
            let upload = Upload(file, path, principal)
            return path.checksum == nil
                ? try await receive(upload, request, context) : try await note(upload, request, context)
        }
    }

    /// One file on its way into its deployment.
    private struct Upload {
        let principal: Principal
        let place: Deployments.Place
        /// The name of the file, or of the file that a checksum is of.
        let name: String
        let checksum: MavenPath.Checksum?

        init(_ file: MavenFile, _ path: MavenPath, _ principal: Principal) {
            self.principal = principal
            name = file.name + (path.signature.map { ".\($0.rawValue)" } ?? "")
            checksum = path.checksum
            place = Deployments.Place(
                ecosystem: Maven.ecosystem, name: file.coordinates.name, version: file.releaseVersion)
        }
    }

    // MARK: - Files

    private func receive(_ upload: Upload, _ request: Request, _ context: RegistryContext) async throws -> Response {
        let declared = request.headers[.contentLength].flatMap(Int.init)
        let grant = try await services.publishing.open(
            UploadHead(ecosystem: Maven.ecosystem, name: upload.place.name, declaredBytes: declared),
            by: upload.principal)
        let existing = try await deployments.existing(upload.place, file: upload.name)
        if case .taken(let problem) = existing { throw problem }
        try await context.sendContinue()
        let spool = services.publishing.spool(for: grant)
        var lastTouch = services.clock.now()
        for try await chunk in request.body {
            try await spool.write(chunk.readableBytesView)
            let now = services.clock.now()
            guard lastTouch.advanced(bySeconds: Self.touchSeconds) < now else { continue }
            lastTouch = now
            try await deployments.touch(upload.place, by: upload.principal)
        }
        let received = try await spool.finish(name: upload.name)
        if case .file(let digests) = existing {
            guard digests.sha256 == received.digests.sha256 else {
                throw Problem(
                    .versionExists,
                    "'\(upload.name)' is already published with other content. Published files never change; deploy a "
                        + "new version.")
            }
            return Self.done
        }
        let name = upload.name
        let makesChecksums = request.headers[.generateChecksums]?.lowercased() == "true"
        let (isStaged, isDryRun) = (context.stagingWish != nil, context.isDryRun)
        try await deployments.receive(received, as: name, into: upload.place, by: upload.principal) { details in
            var notes = MavenNotes(details)
            if makesChecksums { notes.generated.insert(name) }
            if isStaged { notes.isStaged = true }
            // Also where only one of its files came with the wish: nothing is published that somebody meant to try.
            if isDryRun { notes.isDryRun = true }
            return notes.json
        }
        return Self.done
    }

    /// How often a long upload says that its deployment is not idle.
    private static let touchSeconds: Int64 = 15

    // MARK: - Checksums

    private func note(_ upload: Upload, _ request: Request, _ context: RegistryContext) async throws -> Response {
        guard let checksum = upload.checksum else { return Self.done }
        _ = try await services.publishing.open(
            UploadHead(ecosystem: Maven.ecosystem, name: upload.place.name), by: upload.principal)
        let existing = try await deployments.existing(upload.place, file: upload.name)
        if case .taken(let problem) = existing { throw problem }
        try await context.sendContinue()
        let body = try await request.body.collect(upTo: 1024)
        guard let digest = checksum.digest(Array(body.readableBytesView)) else {
            throw Problem(
                .digestMismatch, "'\(upload.name).\(checksum.rawValue)' is not a \(checksum.rawValue) digest.")
        }
        if case .file(let digests) = existing {
            guard digest == checksum.bytes(of: digests) else { throw mismatch(upload, checksum) }
            return Self.done
        }
        let key = "\(upload.name).\(checksum.rawValue)"
        try await deployments.note(in: upload.place, by: upload.principal) { details in
            var notes = MavenNotes(details)
            if notes.checksums.count < MavenNotes.maximumChecksums { notes.checksums[key] = Hex.encode(digest) }
            return notes.json
        }
        // Clients go on whatever they are told here; the deployment will not be completed with a wrong digest.
        if let deployment = try await deployments.open(upload.place, by: upload.principal),
            let file = try await deployments.files(deployment).first(where: { $0.path == upload.name }),
            digest != checksum.bytes(of: file.digests)
        {
            throw mismatch(upload, checksum)
        }
        return Self.done
    }

    private func mismatch(_ upload: Upload, _ checksum: MavenPath.Checksum) -> Problem {
        Problem(
            .digestMismatch, "The \(checksum.rawValue) sent for '\(upload.name)' is not that of the file that arrived.")
    }

    // MARK: - Metadata

    /// Completes what has arrived.
    private func put(
        _ metadata: MavenPath.Metadata, _ checksum: MavenPath.Checksum?, _ request: Request,
        _ context: RegistryContext, _ principal: Principal
    ) async throws -> Response {
        let name = metadata.snapshot?.name ?? metadata.project.map { "\($0.groupID):\($0.artifactID)" }
        // A group's directory names no project: whoever may publish something may send it.
        let head = UploadHead(ecosystem: Maven.ecosystem, name: metadata.groupID == nil ? name : nil)
        _ = try await services.publishing.open(head, by: principal)
        try await authorize(name, principal)
        try await context.sendContinue()
        let stated = try await release(statedIn: request)
        guard checksum == nil, let name else { return Self.done }
        let waiting = try await deployments.open(Maven.ecosystem, name: name, by: principal)
            .filter { (MavenCoordinates.timestamped($0.version.display) != nil) == (repository == .snapshots) }
        // Another version of the artifact may be on its way, or have stopped half way: it is not this request's.
        let meant = waiting.filter { $0.version.display == stated }
        var done = Self.done
        do {
            for deployment in meant.isEmpty ? waiting : meant {
                done = done.noting(try await completion.complete(deployment, by: principal))
            }
        } catch let refusal as MavenRefusal {
            return refusal.response(context, publicURL: services.publicURL)
        }
        return done
    }

    /// Reads the document and finds the version that it calls the release: clients write the one there that they have sent.
    ///
    /// A wrong one does no harm: all that can be completed are the sender's own deployments of this artifact.
    private func release(statedIn request: Request) async throws -> String? {
        var document: [UInt8] = []
        for try await chunk in request.body {
            guard document.count + chunk.readableBytes <= Self.metadataBytes else {
                throw Problem(.tooLarge, "Repository metadata has at most \(Self.metadataBytes) bytes.")
            }
            document += chunk.readableBytesView
        }
        guard let start = document.firstRange(of: Array("<release>".utf8))?.upperBound,
            let end = document[start...].prefix(256).firstIndex(of: UInt8(ascii: "<"))
        else { return nil }
        return String(decoding: document[start..<end], as: UTF8.self)
    }

    /// Where the directory is that of a project, only its publishers may send its metadata.
    private func authorize(_ name: String?, _ principal: Principal) async throws {
        guard let name else { return }
        do {
            try await services.lifecycle.authorize(Maven.ecosystem, name: name, .publish, by: principal)
        } catch let problem as Problem where problem.code == .notFound {
            // The first release of a project, or a group's directory.
        }
    }

    private static let metadataBytes = 4 << 20

    static var done: Response { Response(status: .created, headers: [.contentLength: "0"]) }
}
