import Ecosystems
import Foundation
import HTTPTypes
import RegistryModel
import Versioning

/// Publishes a Swift package as `swift package-registry publish` does, unsigned.
enum SwiftPackage {
    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        switch place {
        case .archive(let file):
            let metadata = try PackageArchive(file).bytes("package-metadata.json")
            return try release(file, try identity(options, origin: nil), options.version, metadata)
        case .folder(let folder):
            let checkout = try Checkout(folder)
            let origin = try checkout?.origin()
            let identity = try identity(options, origin: origin)
            let work = try WorkFolder()
            let archive = "\(work.path)/\(identity).zip"
            if let checkout {
                try checkout.checkClean(options)
                try checkout.archive(to: archive, prefix: "\(identity)")
            } else {
                let files = folder.files { [".build", ".swiftpm", ".git", ".env"].contains($0) }
                try ZipWriter.write(
                    files.map { ("\(identity)/\($0)", .file(try folder.file($0))) }, to: archive)
            }
            let version = try options.version ?? checkout?.version()
            var metadata: [UInt8]?
            if folder.holds("package-metadata.json") {
                metadata = try folder.bytes("package-metadata.json")
            } else if let origin, SwiftRepositoryURL(origin) != nil {
                metadata = JSONValue.object([.init("repositoryURLs", .strings([origin]))]).bytes()
            }
            var release = try release(try LocalFile(archive), identity, version, metadata)
            release.work = work
            return release
        }
    }

    private static func identity(_ options: PublishOptions, origin: String?) throws -> SwiftPackageID {
        if let name = options.name {
            guard let identity = SwiftPackageID(name) else {
                throw ClientFault("'\(name)' is no identity of a Swift package: write scope.name.", isUsage: true)
            }
            return identity
        }
        guard let identity = origin.flatMap(SwiftRepositoryURL.init)?.suggestedID else {
            throw ClientFault(
                "Which identity? A Swift package does not hold its own: name it with --name scope.name.", isUsage: true)
        }
        return identity
    }

    private static func release(
        _ file: LocalFile, _ identity: SwiftPackageID, _ version: String?, _ metadata: [UInt8]?
    ) throws -> PreparedRelease {
        guard let text = version else {
            throw ClientFault(
                "Which version? Name it with --version, or tag the commit (git tag v1.2.3).", isUsage: true)
        }
        let version = text.hasPrefix("v") ? String(text.dropFirst()) : text
        guard SemVer(version) != nil else {
            throw ClientFault("'\(text)' is no semantic version, such as 1.2.3 or 2.0.0-beta.1.", isUsage: true)
        }
        var form = MultipartBody()
        form.add("source-archive", file, type: "application/zip", isNamed: false)
        if let metadata { form.add("metadata", metadata, type: "application/json") }
        let call = HTTPCall(
            .put, "/swift/\(identity.scope)/\(identity.name)/\(HTTPCall.encode(version))",
            headers: [.contentType: form.contentType, .accept: "application/vnd.swift.registry.v1+json"],
            body: form.body, authentication: .bearer)
        let upload = PreparedUpload([file], call) { answer, _ in PreparedUpload.Outcome(notes: answer.notes) }
        return PreparedRelease(ecosystem: .swift, name: "\(identity)", version: version, uploads: [upload])
    }
}
