import Accounts
import Crypto
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The reading half of one repository.
struct MavenReads: Sendable {
    let services: RegistryServices
    let repository: MavenRepository
    let requiresAuthentication: Bool
    /// What is read: everything that is published, or a staging's releases beside it.
    let catalog: Catalog

    init(
        services: RegistryServices, repository: MavenRepository, requiresAuthentication: Bool, catalog: Catalog? = nil
    ) {
        self.services = services
        self.repository = repository
        self.requiresAuthentication = requiresAuthentication
        self.catalog = catalog ?? services.catalog
    }

    /// A file of a staging or the digest of one, for one of its publishers; nobody keeps it for others.
    func readStaged(
        _ request: Request, _ context: RegistryContext, for principal: Principal
    ) async throws -> Response {
        guard let path = MavenPath(of: context), case .file(let file) = path.resource,
            repository.holds(file.coordinates)
        else { throw Self.nothing }
        let found = try await find(file, path.signature, for: .principal(principal))
        var response: Response
        if let checksum = path.checksum {
            response = Response(
                status: .ok, headers: [.contentType: "text/plain"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: checksum.text(of: found.file.file.digests))))
        } else {
            response = try await services.files.respond(
                request, context, file: found.file, mediaType: Self.mediaType(file, path.signature))
        }
        response.headers[.cacheControl] = "private, no-store"
        return response
    }

    /// `GET {path}`.
    func read(_ request: Request, _ context: RegistryContext) async throws -> Response {
        // Java clients send a credential only when they are asked for one, also for what is not there.
        if requiresAuthentication { _ = try await services.principal(context) }
        guard let path = MavenPath(of: context) else { throw Self.nothing }
        switch path.resource {
        case .file(let file):
            guard repository.holds(file.coordinates) else { throw Self.nothing }
            return try await read(file, path, request, context)
        case .metadata(let metadata): return try await read(metadata, path.checksum, request, context)
        }
    }

    // MARK: - Files

    private func read(
        _ file: MavenFile, _ path: MavenPath, _ request: Request, _ context: RegistryContext
    ) async throws -> Response {
        guard let checksum = path.checksum else {
            let found = try await find(file, path.signature, for: reader(context))
            var response = try await services.files.respond(
                request, context, file: found.file, mediaType: Self.mediaType(file, path.signature))
            let digests = found.file.file.digests
            // Read by newer clients, which then do not ask for the files with the digests.
            response.headers[.mavenSHA1] = Hex.encode(digests.sha1)
            response.headers[.mavenMD5] = Hex.encode(digests.md5)
            response.headers[.mavenSHA256] = digests.sha256.hex
            response.headers[.mavenSHA512] = Hex.encode(digests.sha512)
            if !found.isFixed { response.headers[.cacheControl] = "no-cache" }
            return response
        }
        return try await services.index.respond(
            request, context, tag: coordinates(file.coordinates.name), representation: "maven-checksum", vary: nil
        ) { reader in
            let found = try await find(file, path.signature, for: reader)
            return Document(
                body: Array(checksum.text(of: found.file.file.digests).utf8), mediaType: "text/plain",
                isPublic: found.file.project.visibility == .public && !requiresAuthentication,
                lastModified: found.file.file.publishedAt)
        }
    }

    /// A file, and whether its address will always mean it.
    private struct Found {
        let file: CatalogFile
        let isFixed: Bool
    }

    private func find(
        _ file: MavenFile, _ signature: MavenPath.Signature?, for reader: Reader
    ) async throws -> Found {
        let wanted = try await resolved(file, for: reader)
        let name = wanted.name + (signature.map { ".\($0.rawValue)" } ?? "")
        let found = try await catalog.file(
            Maven.ecosystem, name: file.coordinates.name, file: name, for: reader)
        guard found.project.name.display == file.coordinates.name, found.release.version == wanted.releaseVersion else {
            throw Self.nothing
        }
        return Found(file: found, isFixed: wanted == file)
    }

    /// A snapshot's file under its plain name is the newest build's.
    private func resolved(_ file: MavenFile, for reader: Reader) async throws -> MavenFile {
        guard file.coordinates.isSnapshot, file.snapshot == nil else { return file }
        let history = try await catalog.history(Maven.ecosystem, name: file.coordinates.name, for: reader)
        guard let newest = MavenMetadata.builds(history, of: file.coordinates).last else { throw Self.nothing }
        return file.at(newest.build)
    }

    private static func mediaType(_ file: MavenFile, _ signature: MavenPath.Signature?) -> String {
        switch signature {
        case .openPGP: return "application/pgp-signature"
        case .sigstore: return "application/json"
        case nil: break
        }
        return switch file.extension {
        case "pom", "xml": "text/xml"
        case "jar", "war", "ear", "aar": "application/java-archive"
        case "module", "json": "application/json"
        default: "application/octet-stream"
        }
    }

    // MARK: - Metadata

    private func read(
        _ metadata: MavenPath.Metadata, _ checksum: MavenPath.Checksum?, _ request: Request, _ context: RegistryContext
    ) async throws -> Response {
        if let snapshot = metadata.snapshot {
            guard repository == .snapshots else { throw Self.nothing }
            return try await document(snapshot.name, checksum, request, context) {
                MavenMetadata.snapshot($0, snapshot)
            }
        }
        if let id = metadata.project {
            do {
                return try await document("\(id.groupID):\(id.artifactID)", checksum, request, context) {
                    MavenMetadata.artifact($0, in: repository)
                }
            } catch let problem as Problem where problem.code == .notFound && metadata.groupID != nil {
                // The directory may be a group's.
            }
        }
        guard let group = metadata.groupID, repository == .releases else { throw Self.nothing }
        return try await services.index.respond(
            request, context, tag: nil, representation: "maven-group", vary: nil
        ) { reader in
            guard let body = MavenMetadata.group(try await plugins(of: group, for: reader)) else { throw Self.nothing }
            return Self.document(body, checksum, isPublic: !requiresAuthentication, nil)
        }
    }

    private func document(
        _ name: String, _ checksum: MavenPath.Checksum?, _ request: Request, _ context: RegistryContext,
        _ render: (ProjectHistory) -> [UInt8]?
    ) async throws -> Response {
        try await services.index.respond(
            request, context, tag: coordinates(name), representation: "maven-metadata", vary: nil
        ) { reader in
            let history = try await catalog.history(Maven.ecosystem, name: name, for: reader)
            let project = history.project
            guard project.name.display == name else { throw Self.nothing }
            guard project.status != .quarantined else {
                throw Problem(
                    .projectQuarantined,
                    "'\(name)' is quarantined: \(project.statusReason ?? "no reason given")")
            }
            guard let body = render(history) else { throw Self.nothing }
            return Self.document(
                body, checksum, isPublic: project.visibility == .public && !requiresAuthentication, project.updatedAt)
        }
    }

    private static func document(
        _ body: [UInt8], _ checksum: MavenPath.Checksum?, isPublic: Bool, _ time: Timestamp?
    ) -> Document {
        guard let checksum else {
            return Document(body: body, mediaType: "text/xml", isPublic: isPublic, lastModified: time)
        }
        return Document(
            body: Array(checksum.text(of: FileHasher.digests(of: body)).utf8), mediaType: "text/plain",
            isPublic: isPublic, lastModified: time)
    }

    /// How many projects of a group are looked at for plugins.
    private static let groupLimit = 200

    private func plugins(of group: String, for reader: Reader) async throws -> [MavenPlugin] {
        // The character after ':', so that names of longer groups do not come into it.
        let names = try await catalog.names(
            Maven.ecosystem, after: group.lowercased() + ":", limit: Self.groupLimit)
        var plugins: [MavenPlugin] = []
        for name in names {
            guard name.display.hasPrefix(group + ":") else { break }
            let history = try await catalog.history(Maven.ecosystem, name: name.display, for: reader)
            let newest = history.releases.last { $0.document["packaging"]?.stringValue == "maven-plugin" }
            guard let newest else { continue }
            let artifact = String(name.display.dropFirst(group.count + 1))
            plugins.append(MavenPlugin(name: newest.document["name"]?.stringValue ?? artifact, artifactID: artifact))
        }
        return plugins
    }

    private func reader(_ context: RegistryContext) async throws -> Reader {
        try await services.reader(context)
    }

    private func coordinates(_ name: String) -> ProjectCoordinates {
        ProjectCoordinates(ecosystem: Maven.ecosystem, nameKey: name.lowercased())
    }

    static var nothing: Problem { Problem(.notFound, "There is nothing at this address of the repository.") }
}
