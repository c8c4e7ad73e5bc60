import Accounts
import Foundation
import HTTPSupport
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import RegistryModel

/// The reading half of the adapter.
struct SwiftReading: Sendable {
    let mount: SwiftMount

    private var services: RegistryServices { mount.services }

    /// `GET /{scope}/{name}`, with `.json` behind it or not: the releases of a package.
    func releases(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let id = try mount.package(context, droppingSuffix: ".json")
        let page = try request.uri.queryParameters["page"].map { text throws(Problem) -> Int in
            guard let number = Int(text), number > 0 else {
                throw Problem(.badRequest, "'page' must be a number from 1 on.")
            }
            return number
        }
        return try await services.index.respond(
            request, context, tag: mount.tag(id), representation: "swift-releases", vary: nil
        ) { reader in
            let history = try await mount.history(id, for: reader)
            let repositories = try await self.repositories(history)
            let list = SwiftReleaseList(history, mount.addresses, repositories: repositories)
            guard let page = list.page(page ?? 1) else {
                throw Problem(.notFound, "The list of '\(id)' has no such page.")
            }
            return document(page.body, "application/json", history.project, [page.link])
        }
    }

    /// How many source repositories are named in a header.
    private static let namedRepositories = 20

    /// The addresses of a package's source repositories that can stand in a header, the newest release's first one first.
    ///
    /// As with ``identifiers(_:_:)``, only where the scope is verified or assigned: SwiftPM takes the package for the
    /// repository, and anybody can write anybody's into their metadata.
    private func repositories(_ history: ProjectHistory) async throws -> [String] {
        guard try await services.catalog.namespace(of: history.project) != nil else { return [] }
        let known = try await services.catalog.repositories(of: history.project, limit: Self.namedRepositories)
        let latest = SwiftReleaseList.latest(of: SwiftReleaseList.sorted(history.releases))
        let first = latest?.document["repository"]?.stringValue
        let ordered = known.filter { $0.key == first } + known.filter { $0.key != first }
        return ordered.map(\.address).filter { address in
            address.utf8.allSatisfy { (0x21...0x7E).contains($0) } && SwiftRepositoryURL(address) != nil
        }
    }

    /// `GET /{scope}/{name}/{version}`: a release, or with `.zip` behind it its source archive.
    ///
    /// No version ends in `.zip` or `.json`, so the two cannot be mistaken for each other.
    func releaseOrArchive(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let version = try mount.parameter("version", context)
        if version.hasSuffix(".zip") { return try await archive(String(version.dropLast(4)), request, context) }
        return try await release(version.hasSuffix(".json") ? String(version.dropLast(5)) : version, request, context)
    }

    private func release(_ version: String, _ request: Request, _ context: RegistryContext) async throws -> Response {
        let id = try mount.package(context)
        return try await services.index.respond(
            request, context, tag: mount.tag(id), representation: "swift-release", vary: nil
        ) { reader in
            let history = try await mount.history(id, for: reader)
            guard let release = history.releases.first(where: { $0.version.display == version }),
                let file = release.files.first(where: { !$0.isRemoved })
            else { throw SwiftMount.unknown(id, version) }
            let kept = try await mount.kept(beside: file, of: id, for: reader)
            let described = SwiftReleaseDocument(history, release, mount.addresses)
            return document(
                described.body(archive: file, kept: kept), "application/json", history.project, [described.link])
        }
    }

    private func archive(_ version: String, _ request: Request, _ context: RegistryContext) async throws -> Response {
        let id = try mount.package(context)
        let reader = try await services.reader(context)
        let file = try await mount.archive(id, version, for: reader)
        // Before the answer begins: a download is counted with it.
        let isSigned = file.file.document["signatureFormat"]?.stringValue != nil
        let kept = isSigned ? try await mount.kept(beside: file.file, of: id, for: reader) : nil
        var response = try await services.files.respond(request, context, file: file, mediaType: "application/zip")
        let name = file.project.name.display.split(separator: ".").last ?? ""
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)-\(version).zip\""
        let digest = Data(file.file.digests.sha256.bytes).base64EncodedString()
        response.headers[.digest] = "sha-256=\(digest)"
        response.headers[.swiftSignatureFormat] = kept?.signatureFormat
        response.headers[.swiftSignature] = kept?.archiveSignature
        return response
    }

    /// `GET /{scope}/{name}/{version}/Package.swift?swift-version=…`.
    ///
    /// A version for which there is no manifest of its own leads to the one for all.
    func manifest(_ request: Request, _ context: RegistryContext) async throws -> Response {
        let id = try mount.package(context)
        let version = try mount.parameter("version", context)
        let wanted = request.uri.queryParameters["swift-version"].map(String.init)
        do {
            return try await services.index.respond(
                request, context, tag: mount.tag(id), representation: "swift-manifest", vary: nil
            ) { reader in
                let file = try await mount.archive(id, version, for: reader)
                let kept = try await mount.kept(beside: file.file, of: id, for: reader)
                guard let manifest = kept.manifest(for: wanted) else {
                    throw NoSuchManifest(address: mount.addresses.manifest(file.project.name, version))
                }
                let link = wanted == nil ? links(kept, file.project.name, version) : nil
                let disposition = ("Content-Disposition", "attachment; filename=\"\(manifest.file)\"")
                return document(Array(manifest.content.utf8), "text/x-swift", file.project, [disposition, link])
            }
        } catch let missing as NoSuchManifest {
            return SwiftMount.answer(nil, status: .seeOther, headers: [.location: missing.address])
        }
    }

    /// There is none for the version of the tools that was asked for; the address of the one for all.
    private struct NoSuchManifest: Error {
        let address: String
    }

    private func links(_ kept: SwiftReleaseFile, _ name: ProjectName, _ version: String) -> (String, String)? {
        let address = mount.addresses.manifest(name, version)
        let links = kept.manifests.compactMap { manifest -> (address: String, rel: String, parameters: String)? in
            guard let named = SwiftManifestFile(manifest.file)?.named else { return nil }
            // The client writes the version that stands here into its next request, with three numbers.
            let parameters = "; filename=\"\(manifest.file)\"; swift-tools-version=\"\(named.shortDescription)\""
            return ("\(address)?swift-version=\(named.shortDescription)", "alternate", parameters)
        }
        return SwiftAddresses.header(links)
    }

    /// `GET /identifiers?url=…`: the package that a source repository is published as.
    ///
    /// One that is in a namespace of the repository's owner's name comes before all others, then the first that named it.
    /// There is one answer, because SwiftPM takes the first by the alphabet of several.
    func identifiers(_ request: Request, _ context: RegistryContext) async throws -> Response {
        guard let url = request.uri.queryParameters["url"].map(String.init), !url.isEmpty else {
            throw Problem(.badRequest, "Name a repository with '?url='.")
        }
        let unknown = Problem(.notFound, "No package here is known to come from that repository.")
        guard let repository = SwiftRepositoryURL(url) else { throw unknown }
        let found = try await services.catalog.projects(
            SwiftRegistry.ecosystem, from: repository.canonical, for: services.reader(context))
        let owner = repository.components.dropLast().last?.lowercased()
        let best = found.first { SwiftPackageID($0.name.key)?.scope == owner } ?? found.first
        guard let best else { throw unknown }
        return SwiftMount.answer(["identifiers": [.string(best.name.display)]])
    }

    private func document(
        _ body: [UInt8], _ mediaType: String, _ project: Project, _ headers: [(name: String, value: String)?]
    ) -> Document {
        Document(
            body: body, mediaType: mediaType, isPublic: project.visibility == .public, lastModified: project.updatedAt,
            headers: headers.compactMap { $0 })
    }
}
