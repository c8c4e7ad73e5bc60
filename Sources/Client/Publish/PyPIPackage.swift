import Formats
import Foundation
import HTTPTypes
import RegistryModel

/// Publishes distributions as `twine upload` does: one form for each file.
enum PyPIPackage {
    /// One file with what it says about itself.
    private struct Distribution {
        let file: LocalFile
        let metadata: CoreMetadata
        let isWheel: Bool
    }

    /// The names in a folder that look like distributions.
    static func distributions(in folder: Folder) -> [String] {
        folder.names.filter { $0.hasSuffix(".whl") || $0.hasSuffix(".tar.gz") }
    }

    static func prepare(_ place: Detection.Place, _ options: PublishOptions) throws -> PreparedRelease {
        var notes: [String] = []
        var work: WorkFolder?
        var found: [Distribution]
        switch place {
        case .archive(let file): found = [try read(file)]
        case .folder(let folder):
            let built = Folder("\(folder.path)/dist")
            if let source = [folder, built].first(where: { !distributions(in: $0).isEmpty }) {
                found = try distributions(in: source).map { try read(try source.file($0)) }
                if source.path == built.path {
                    notes.append("Publishing what is in '\(source.path)'; build again if it is not what you mean.")
                }
            } else {
                let made = try WorkFolder()
                try build(folder, into: made.path)
                found = try distributions(in: Folder(made.path)).map { try read(try Folder(made.path).file($0)) }
                work = made
            }
        }
        if let version = options.version { found.removeAll { $0.metadata.version != version } }
        let releases = Set(found.map { "\(PythonName.normalized($0.metadata.name)) \($0.metadata.version)" })
        guard let first = found.first else {
            throw ClientFault("There is no distribution of version \(options.version ?? "").")
        }
        guard releases.count == 1 else {
            throw ClientFault(
                "There are several releases: \(releases.sorted().joined(separator: ", ")). Choose one with --version.",
                isUsage: true)
        }
        return PreparedRelease(
            ecosystem: .pypi, name: first.metadata.name, version: first.metadata.version,
            uploads: try found.map(upload), notes: notes, work: work)
    }

    private static func build(_ folder: Folder, into target: String) throws {
        if let python = Tool("python3"),
            try python.attempt(["-c", "import build"], in: folder.path, isQuiet: true).status == 0
        {
            try python.run(["-m", "build", "--outdir", target, "."], in: folder.path)
        } else if let uv = Tool("uv") {
            try uv.run(["build", "--out-dir", target, "."], in: folder.path)
        } else {
            throw ClientFault(
                "There is nothing in '\(folder.path)/dist', and no tool to build it. Install one: 'python3 -m pip install "
                    + "build'.")
        }
    }

    private static func read(_ file: LocalFile) throws -> Distribution {
        let isWheel = file.name.hasSuffix(".whl")
        guard let bytes = try PackageArchive(file).bytes(isWheel ? "METADATA" : "PKG-INFO") else {
            throw ClientFault("'\(file.path)' is no distribution: it has no \(isWheel ? "METADATA" : "PKG-INFO").")
        }
        do throws(CoreMetadataFault) {
            return Distribution(file: file, metadata: try CoreMetadata(parsing: bytes), isWheel: isWheel)
        } catch {
            throw ClientFault("The metadata in '\(file.path)' cannot be read: \(error).")
        }
    }

    private static func upload(_ distribution: Distribution) throws -> PreparedUpload {
        let metadata = distribution.metadata
        let digests = try distribution.file.digests()
        var form = MultipartBody()
        form.add(":action", "file_upload")
        form.add("protocol_version", "1")
        form.add("metadata_version", metadata.metadataVersion)
        form.add("name", metadata.name)
        form.add("version", metadata.version)
        form.add("filetype", distribution.isWheel ? "bdist_wheel" : "sdist")
        form.add("pyversion", distribution.isWheel ? pythonTag(distribution.file.name) : "source")
        form.add("md5_digest", Hex.encode(digests.md5))
        form.add("sha256_digest", digests.sha256.hex)
        form.add("blake2_256_digest", Hex.encode(digests.blake2b256))
        for (field, value) in [
            ("summary", metadata.summary), ("requires_python", metadata.requiresPython),
            ("license_expression", metadata.licenseExpression), ("author_email", metadata.authorEmail),
        ] {
            if let value { form.add(field, value) }
        }
        for requirement in metadata.requiresDist { form.add("requires_dist", requirement) }
        for classifier in metadata.classifiers { form.add("classifiers", classifier) }
        form.add("content", distribution.file, type: "application/octet-stream")
        let call = HTTPCall(
            .post, "/pypi/legacy/", headers: [.contentType: form.contentType], body: form.body, authentication: .basic)
        return PreparedUpload([distribution.file], call) { answer, _ in
            let lines = answer.text.split(separator: "\n").map { Refusal.clean(String($0)) }
            return PreparedUpload.Outcome(notes: lines.filter { !$0.hasSuffix(" is published.") })
        }
    }

    /// The interpreter tag in a wheel's name: the third part from its end.
    private static func pythonTag(_ name: String) -> String {
        let parts = name.dropLast(".whl".count).split(separator: "-")
        return parts.count >= 3 ? String(parts[parts.count - 3]) : "py3"
    }
}
