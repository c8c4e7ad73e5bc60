import Formats
import Foundation
import HTTPTypes
import RegistryModel

/// Publishes a Maven artifact through the portal's API: a bundle in the layout of a repository, all of it or nothing.
enum MavenPackage {
    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        switch place {
        case .archive(let file):
            let poms = try PackageArchive(file).paths.filter { $0.hasSuffix(".pom") }.sorted()
            guard let first = poms.first else {
                throw ClientFault("'\(file.path)' is no bundle: it has no .pom in the layout of a repository.")
            }
            let parts = first.split(separator: "/").map(String.init)
            guard parts.count > 3 else {
                throw ClientFault("'\(first)' in the bundle is not at org/example/artifact/version/.")
            }
            let name = parts.dropLast(3).joined(separator: ".") + ":" + parts[parts.count - 3]
            return release(
                file, name: name, version: parts[parts.count - 2], options, published: [file],
                notes: poms.count > 1 ? ["The bundle has \(poms.count) artifacts; all are published, or none."] : [])
        case .folder(let folder): return try bundle(folder, options)
        }
    }

    private static func bundle(_ folder: Folder, _ options: PublishOptions) throws -> PreparedRelease {
        let pom = try read(folder)
        let group = pom.resolve(pom.groupID)
        let artifact = pom.resolve(pom.artifactID)
        let version = pom.resolve(pom.version)
        guard ![group, artifact, version].contains(where: { $0.contains("${") || $0.isEmpty }) else {
            throw ClientFault(
                "The coordinates in pom.xml (\(group):\(artifact):\(version)) hold properties that are not set in it. Flatten "
                    + "the POM, or give a bundle.")
        }
        guard !version.hasSuffix("-SNAPSHOT") else {
            throw ClientFault(
                "\(version) is a snapshot: those are deployed with 'mvn deploy', and replaced by the next.")
        }
        if let wanted = options.version, wanted != version {
            throw ClientFault("pom.xml says version \(version), not \(wanted).")
        }
        let stem = "\(artifact)-\(version)"
        let target = Folder("\(folder.path)/target")
        if pom.packaging != "pom", !target.names.contains(where: { $0.hasPrefix(stem) && !isLeftOut($0) }) {
            let maven = try Tool(
                required: "mvn", advice: "Install Maven (on Debian: apt-get install maven), or give a bundle.")
            try maven.run(["-B", "-ntp", "package"], in: folder.path)
        }
        var files = target.names.filter { ($0.hasPrefix(stem + ".") || $0.hasPrefix(stem + "-")) && !isLeftOut($0) }
        files.removeAll { $0 == "\(stem).pom" }
        guard pom.packaging == "pom" || !files.isEmpty else {
            throw ClientFault("There is no '\(target.path)/\(stem).\(pom.packaging)', even after 'mvn package'.")
        }
        let directory = "\(group.replacing(".", with: "/"))/\(artifact)/\(version)"
        var entries: [(path: String, content: ZipWriter.Content)] = []
        var published: [LocalFile] = []
        for (name, file) in [("\(stem).pom", try folder.file("pom.xml"))]
            + (try files.map { ($0, try target.file($0)) })
        {
            published.append(file)
            entries.append(("\(directory)/\(name)", .file(file)))
            let digests = try file.digests()
            for (ending, digest) in [
                ("md5", digests.md5), ("sha1", digests.sha1), ("sha256", digests.sha256.bytes),
                ("sha512", digests.sha512),
            ] { entries.append(("\(directory)/\(name).\(ending)", .bytes(Array(Hex.encode(digest).utf8)))) }
        }
        let work = try WorkFolder()
        let path = "\(work.path)/\(stem)-bundle.zip"
        try ZipWriter.write(entries, to: path)
        var result = release(
            try LocalFile(path), name: "\(group):\(artifact)", version: version, options, published: published)
        result.work = work
        return result
    }

    private static func read(_ folder: Folder) throws -> POM {
        let bytes = try folder.bytes("pom.xml", limit: POM.maximumBytes)
        do throws(POMFault) {
            return try POM.parse(bytes)
        } catch {
            throw ClientFault("'\(folder.path)/pom.xml' cannot be read: \(error).")
        }
    }

    /// What a build leaves beside its artifacts.
    private static func isLeftOut(_ name: String) -> Bool {
        [".md5", ".sha1", ".sha256", ".sha512", ".original"].contains(where: name.hasSuffix)
            || name.contains("-bundle.")
    }

    private static func release(
        _ file: LocalFile, name: String, version: String, _ options: PublishOptions, published: [LocalFile],
        notes: [String] = []
    ) -> PreparedRelease {
        var form = MultipartBody()
        form.add("bundle", file, type: "application/octet-stream")
        let label = HTTPCall.encode("\(name):\(version)")
        let mode = options.isStaged ? "USER_MANAGED" : "AUTOMATIC"
        let call = HTTPCall(
            .post, "/maven/api/v1/publisher/upload?name=\(label)&publishingType=\(mode)",
            headers: [.contentType: form.contentType], body: form.body, authentication: .bearer)
        let upload = PreparedUpload(published, call) { try await follow($0, $1) }
        return PreparedRelease(
            ecosystem: .maven, name: name, version: version, uploads: [upload], notes: notes)
    }

    /// Asks for the deployment's state until it is final.
    private static func follow(_ answer: HTTPAnswer, _ client: RegistryClient) async throws -> PreparedUpload.Outcome {
        if answer.isDryRun { return PreparedUpload.Outcome(notes: answer.notes) }
        let id = answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !id.isEmpty, id.utf8.count <= 100 else {
            throw ClientFault("The registry's answer names no deployment.")
        }
        for attempt in 0... {
            let status = try await client.demand(
                HTTPCall(.post, "/maven/api/v1/publisher/status?id=\(HTTPCall.encode(id))"))
            switch status.json?["deploymentState"]?.stringValue {
            case "PUBLISHED"?: return PreparedUpload.Outcome()
            case "VALIDATED"?: return PreparedUpload.Outcome(stagingKey: id)
            case "FAILED"?: throw ClientFault(failure(status.json?["errors"]))
            case "PENDING"?, "VALIDATING"?, "PUBLISHING"?: break
            default: throw ClientFault("The registry does not say what became of the deployment \(id).")
            }
            guard attempt < 600 else { break }
            try await Task.sleep(for: .seconds(1))
        }
        throw ClientFault("The deployment \(id) is still being checked. Look again: hallmark staging show \(id)")
    }

    private static func failure(_ errors: JSONValue?) -> String {
        let lines = (errors?.members ?? []).flatMap { member in
            (member.value.arrayValue ?? []).compactMap(\.stringValue).map {
                "  \(Refusal.clean(member.name)): \(Refusal.clean($0))"
            }
        }
        return (["The registry refused the bundle:"] + lines).joined(separator: "\n")
    }
}
