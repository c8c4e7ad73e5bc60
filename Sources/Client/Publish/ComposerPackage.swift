import Foundation
import HTTPTypes
import RegistryModel

/// Publishes a Composer package: its archive, as it is, by one PUT.
enum ComposerPackage {
    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        switch place {
        case .archive(let file): return try release(file, options, tagged: nil)
        case .folder(let folder):
            let work = try WorkFolder()
            let archive = "\(work.path)/package.zip"
            let checkout = try Checkout(folder)
            if let checkout {
                try checkout.checkClean(options)
                try checkout.archive(to: archive, prefix: nil)
            } else {
                let composer = try Tool(
                    required: "composer",
                    advice: "Install it (on Debian: apt-get install composer), give a .zip file, or use git.")
                try composer.run(
                    ["archive", "--format=zip", "--dir=\(work.path)", "--file=package", "--no-interaction", "--quiet"],
                    in: folder.path)
            }
            var release = try release(try LocalFile(archive), options, tagged: checkout)
            release.work = work
            return release
        }
    }

    private static func release(
        _ file: LocalFile, _ options: PublishOptions, tagged checkout: Checkout?
    ) throws -> PreparedRelease {
        guard let manifest = try PackageArchive(file).json("composer.json"),
            let name = manifest["name"]?.stringValue
        else { throw ClientFault("'\(file.path)' has no composer.json with a name.") }
        let stated = manifest["version"]?.stringValue
        if let wanted = options.version, let stated, wanted != stated {
            throw ClientFault("composer.json says version \(stated), not \(wanted). The file's own version counts.")
        }
        guard let version = try options.version ?? stated ?? checkout?.version() else {
            throw ClientFault(
                "Which version? composer.json does not say: name it with --version, or tag the commit (git tag v1.2.3).",
                isUsage: true)
        }
        let call = HTTPCall(
            .put, "/composer?version=\(HTTPCall.encode(version))",
            headers: [.contentType: file.name.hasSuffix(".zip") ? "application/zip" : "application/octet-stream"],
            body: UploadBody([.file(file)]), authentication: .basic)
        let upload = PreparedUpload([file], call) { answer, _ in PreparedUpload.Outcome(notes: answer.notes) }
        return PreparedRelease(ecosystem: .composer, name: name, version: version, uploads: [upload])
    }
}
