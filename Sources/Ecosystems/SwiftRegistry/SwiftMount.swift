import Accounts
import Formats
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The adapter at one place of the address space: what all its handlers share.
struct SwiftMount: Sendable {
    let services: RegistryServices
    let addresses: SwiftAddresses
    /// The absolute path of the mount.
    let path: String

    init(services: RegistryServices, path: String) {
        self.services = services
        self.path = path.split(separator: "/").map { "/\($0)" }.joined()
        addresses = SwiftAddresses(base: services.publicURL(self.path))
    }

    /// The addresses under which a staging's releases are there for their publishers.
    func addresses(in staging: StagingSummary) -> SwiftAddresses {
        SwiftAddresses(base: services.publicURL("/staging/\(staging.key)\(path)"))
    }

    /// The package that the address names, in whatever case.
    func package(_ context: RegistryContext, droppingSuffix suffix: String = "") throws(Problem) -> SwiftPackageID {
        var name = try parameter("name", context)
        if !suffix.isEmpty, name.hasSuffix(suffix) { name = String(name.dropLast(suffix.count)) }
        guard let id = SwiftPackageID(scope: try parameter("scope", context), name: name) else {
            throw Problem(.notFound, "There is no package at this address; it is SCOPE/NAME.")
        }
        return id
    }

    /// Decodes one parameter of the address.
    func parameter(_ name: String, _ context: RegistryContext) throws(Problem) -> String {
        guard let raw = context.parameters.get(name), let text = PathSegment.decode(raw) else {
            throw Problem(.notFound, "There is nothing at this address.")
        }
        return text
    }

    /// What caches call the package.
    func tag(_ id: SwiftPackageID) -> ProjectCoordinates {
        ProjectCoordinates(ecosystem: SwiftRegistry.ecosystem, nameKey: id.key)
    }

    /// The package as the reader may see it.
    ///
    /// A quarantined package has neither releases nor manifests: SwiftPM shows why only where the whole answer is a refusal.
    func history(_ id: SwiftPackageID, for reader: Reader) async throws -> ProjectHistory {
        let history = try await services.catalog.history(SwiftRegistry.ecosystem, name: id.key, for: reader)
        guard history.project.status != .quarantined else {
            throw Problem(
                .projectQuarantined,
                "'\(history.project.name.display)' is quarantined: \(history.project.statusReason ?? "no reason given")."
            )
        }
        return history
    }

    /// The source archive of a release whose version is spelled exactly so.
    func archive(_ id: SwiftPackageID, _ version: String, for reader: Reader) async throws -> CatalogFile {
        guard (try? SwiftNames.version(version)) != nil else { throw Self.unknown(id, version) }
        let file = try await services.catalog.file(
            SwiftRegistry.ecosystem, name: id.key, file: SwiftFormat.fileName(id.key, version), for: reader)
        guard file.release.version == version else { throw Self.unknown(id, version) }
        return file
    }

    /// What is kept beside a source archive.
    func kept(beside file: PackageFile, of id: SwiftPackageID, for reader: Reader) async throws -> SwiftReleaseFile {
        let bytes = try await services.catalog.fileMetadata(
            SwiftRegistry.ecosystem, name: id.key, file: file.name, for: reader)
        guard let kept = SwiftReleaseFile(bytes) else {
            throw Catalog.damaged(diagnostic: "what is kept beside \(file.name) of \(id) cannot be read")
        }
        return kept
    }

    static func unknown(_ id: SwiftPackageID, _ version: String) -> Problem {
        Problem(.notFound, "'\(id)' has no version '\(Problem.excerpt(version, limit: 100))' here.")
    }

    /// An answer that is made for this request alone.
    static func answer(
        _ value: JSONValue?, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.cacheControl] = "no-store"
        guard let value else {
            headers[.contentLength] = "0"
            return Response(status: status, headers: headers)
        }
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes())))
    }
}
