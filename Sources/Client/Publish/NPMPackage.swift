import Foundation
import HTTPTypes
import RegistryModel

/// Publishes an npm package as `npm publish` does: one document with the tarball in Base64.
enum NPMPackage {
    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        switch place {
        case .archive(let file): return try release(file, options)
        case .folder(let folder):
            let npm = try Tool(
                required: "npm", advice: "Install Node.js (on Debian: apt-get install npm), or give a .tgz file.")
            let work = try WorkFolder()
            try npm.run(["pack", "--loglevel=error", "--pack-destination", work.path], in: folder.path)
            var release = try release(try work.only(".tgz"), options)
            release.work = work
            return release
        }
    }

    private static func release(_ file: LocalFile, _ options: PublishOptions) throws -> PreparedRelease {
        guard let manifest = try PackageArchive(file).json("package.json"),
            let name = manifest["name"]?.stringValue, let version = manifest["version"]?.stringValue
        else { throw ClientFault("'\(file.path)' has no package.json with a name and a version.") }
        guard manifest["private"]?.boolValue != true else {
            throw ClientFault("\(name) says \"private\": true in package.json. Take that out to publish it.")
        }
        let configuration = manifest["publishConfig"]
        var notes: [String] = []
        var tag = options.tag ?? configuration?["tag"]?.stringValue
        if tag == nil, version.contains("-") {
            tag = "next"
            notes.append("\(version) is a pre-release: it gets the tag 'next'. Choose another with --tag.")
        }
        let access = configuration?["access"]?.stringValue
        let call = HTTPCall(
            .put, "/npm/\(path(name))", headers: [.contentType: "application/json"],
            body: try body(file, manifest, name: name, version: version, tag: tag ?? "latest", access: access),
            authentication: .bearer)
        let upload = PreparedUpload([file], call) { answer, _ in
            let notice = answer.headers.first { $0.name.canonicalName == "npm-notice" }?.value
            return PreparedUpload.Outcome(notes: notice.map { [Refusal.clean($0)] } ?? [])
        }
        return PreparedRelease(ecosystem: .npm, name: name, version: version, uploads: [upload], notes: notes)
    }

    /// `@scope%2fname`, as npm writes it.
    private static func path(_ name: String) -> String {
        HTTPCall.encode(name).replacing("%40", with: "@").replacing("%2F", with: "%2f")
    }

    private static func body(
        _ file: LocalFile, _ manifest: JSONValue, name: String, version: String, tag: String, access: String?
    ) throws -> UploadBody {
        let digests = try file.digests()
        let bare = name.split(separator: "/").last.map(String.init) ?? name
        let described =
            manifest
            .setting("_id", to: .string("\(name)@\(version)"))
            .setting(
                "dist",
                to: [
                    "integrity": .string("sha512-" + Data(digests.sha512).base64EncodedString()),
                    "shasum": .string(Hex.encode(digests.sha1)),
                    "tarball": .string("http://localhost/\(name)/-/\(bare)-\(version).tgz"),
                ])
        let document: JSONValue = [
            "_id": .string(name), "name": .string(name), "dist-tags": .object([.init(tag, .string(version))]),
            "access": access.map(JSONValue.string) ?? .null, "versions": .object([.init(version, described)]),
        ]
        // The tarball stands in the middle of the document, so that it is written around it.
        let key = JSONValue.string("\(name)-\(version).tgz").bytes()
        let head =
            document.bytes().dropLast() + Array(",\"_attachments\":{".utf8) + key
            + Array(":{\"content_type\":\"application/octet-stream\",\"length\":\(file.length),\"data\":\"".utf8)
        return UploadBody([.bytes(Array(head)), .base64(file), .bytes(Array("\"}}}".utf8))])
    }
}
