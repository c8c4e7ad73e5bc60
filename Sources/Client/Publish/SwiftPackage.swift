import Ecosystems
import Foundation
import HTTPTypes
import RegistryModel
import Versioning

/// Publishes a Swift package as `swift package-registry publish` does, signed where a key is given.
enum SwiftPackage {
    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        let signing = try SwiftSigning(options)
        switch place {
        case .archive(let file):
            let archive = try PackageArchive(file)
            guard signing == nil || archive.manifests.allSatisfy({ SwiftSigning.isSigned($0.bytes) }) else {
                throw ClientFault(
                    "Manifests are signed too, and in an archive they cannot be. Give the package's folder.")
            }
            let metadata = archive.bytes("package-metadata.json")
            return try release(file, try identity(options, origin: nil), options.version, metadata, signing)
        case .folder(let folder):
            let checkout = try Checkout(folder)
            let origin = try checkout?.origin()
            let identity = try identity(options, origin: origin)
            let work = try WorkFolder()
            try checkout?.checkClean(options)
            let archive = try pack(folder, checkout, identity, signing, work)
            let version = try options.version ?? checkout?.version()
            var metadata: [UInt8]?
            if folder.holds("package-metadata.json") {
                metadata = try folder.bytes("package-metadata.json")
            } else if let origin, SwiftRepositoryURL(origin) != nil {
                metadata = JSONValue.object([.init("repositoryURLs", .strings([origin]))]).bytes()
            }
            var release = try release(archive, identity, version, metadata, signing)
            release.work = work
            return release
        }
    }

    /// Packs a folder into a work folder, with signed manifests where there is a key.
    private static func pack(
        _ folder: Folder, _ checkout: Checkout?, _ identity: SwiftPackageID, _ signing: SwiftSigning?,
        _ work: WorkFolder
    ) throws -> LocalFile {
        let path = "\(work.path)/\(identity).zip"
        guard let checkout else {
            let paths = folder.files { [".build", ".swiftpm", ".git", ".env"].contains($0) }
            try ZipWriter.write(
                paths.map { name -> (path: String, content: ZipWriter.Content) in
                    guard let signing, PackageArchive.isManifest(name) else {
                        return ("\(identity)/\(name)", .file(try folder.file(name)))
                    }
                    return ("\(identity)/\(name)", .bytes(try signing.sign(manifest: try folder.bytes(name))))
                }, to: path)
            return try LocalFile(path)
        }
        try checkout.archive(to: path, prefix: "\(identity)")
        guard let signing else { return try LocalFile(path) }
        // As the archive has them, which is as they will be read.
        var signed: [LocalFile] = []
        for (name, bytes) in try PackageArchive(try LocalFile(path)).manifests {
            let file = "\(work.path)/\(name)"
            try Data(try signing.sign(manifest: bytes)).write(to: URL(filePath: file))
            signed.append(try LocalFile(file))
        }
        try FileManager.default.removeItem(atPath: path)
        try checkout.archive(to: path, prefix: "\(identity)", replacing: signed)
        return try LocalFile(path)
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
        _ file: LocalFile, _ identity: SwiftPackageID, _ version: String?, _ metadata: [UInt8]?,
        _ signing: SwiftSigning?
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
        var headers: HTTPFields = [.accept: "application/vnd.swift.registry.v1+json"]
        if let signing, let name = HTTPField.Name("X-Swift-Package-Signature-Format") {
            headers[name] = SwiftSigning.format
            let bytes = try file.read(at: 0, count: file.length)
            form.add("source-archive-signature", try signing.sign(bytes), type: "application/octet-stream")
        }
        if let metadata {
            form.add("metadata", metadata, type: "application/json")
            if let signing {
                form.add("metadata-signature", try signing.sign(metadata), type: "application/octet-stream")
            }
        }
        headers[.contentType] = form.contentType
        let call = HTTPCall(
            .put, "/swift/\(identity.scope)/\(identity.name)/\(HTTPCall.encode(version))", headers: headers,
            body: form.body, authentication: .bearer)
        let upload = PreparedUpload([file], call) { answer, _ in PreparedUpload.Outcome(notes: answer.notes) }
        return PreparedRelease(ecosystem: .swift, name: "\(identity)", version: version, uploads: [upload])
    }
}
