import Ecosystems
import Foundation
import HTTPTypes
import RegistryModel

/// Publishes a crate as `cargo publish` does: the JSON and the archive in one frame.
enum CargoPackage {
    static func prepare(
        _ place: Detection.Place, _ options: PublishOptions, registry: RegistryAddress
    ) throws -> PreparedRelease {
        switch place {
        case .archive(let file): return try release(file, registry: registry)
        case .folder(let folder): return try pack(folder, options, registry: registry)
        }
    }

    private static func pack(
        _ folder: Folder, _ options: PublishOptions, registry: RegistryAddress
    ) throws -> PreparedRelease {
        let cargo = try Tool(required: "cargo", advice: "Install it from https://rustup.rs, or give a .crate file.")
        let (target, stem) = try place(of: folder, cargo)
        var words = ["package"]
        if options.allowsDirty { words.append("--allow-dirty") }
        if options.skipsBuild { words.append("--no-verify") }
        try cargo.run(words, in: folder.path)
        return try release(try LocalFile("\(target)/package/\(stem).crate"), registry: registry)
    }

    /// Where cargo puts what it makes, and what the folder's crate is called there.
    private static func place(of folder: Folder, _ cargo: Tool) throws -> (target: String, stem: String) {
        let output = try cargo.run(["metadata", "--no-deps", "--format-version", "1"], in: folder.path)
        guard let metadata = try? JSONValue.parse(Array(output.utf8)),
            let target = metadata["target_directory"]?.stringValue
        else { throw ClientFault("'cargo metadata' answers with something else than expected.") }
        let manifest = URL(filePath: "\(folder.path)/Cargo.toml").resolvingSymlinksInPath().path(percentEncoded: false)
        let crates = metadata["packages"]?.arrayValue ?? []
        let own = crates.first { $0["manifest_path"]?.stringValue == manifest }
        guard let own = own ?? (crates.count == 1 ? crates.first : nil), let name = own["name"]?.stringValue,
            let version = own["version"]?.stringValue
        else {
            throw ClientFault("'\(folder.path)' is a workspace. Publish its members one by one, from their folders.")
        }
        return (target, "\(name)-\(version)")
    }

    private static func release(_ file: LocalFile, registry: RegistryAddress) throws -> PreparedRelease {
        let document: CargoPublishDocument
        do throws(Problem) {
            document = try CargoPublishDocument(packedIn: file, publishedTo: "\(registry)/cargo")
        } catch {
            throw ClientFault("'\(file.path)': \(error.detail)")
        }
        guard !document.isPrivate else {
            throw ClientFault("\(document.name) says 'publish = false' in Cargo.toml. Take that out to publish it.")
        }
        let json = document.json.bytes()
        let head = little(json.count) + json + little(file.length)
        let call = HTTPCall(
            .put, "/cargo/api/v1/crates/new", headers: [.contentType: "application/octet-stream"],
            body: UploadBody([.bytes(head), .file(file)]), authentication: .bare)
        let upload = PreparedUpload([file], call) { answer, _ in
            let warnings = answer.json?["warnings"]?["other"]?.arrayValue ?? []
            return PreparedUpload.Outcome(notes: warnings.compactMap(\.stringValue).map(Refusal.clean))
        }
        return PreparedRelease(ecosystem: .cargo, name: document.name, version: document.version, uploads: [upload])
    }

    /// A length as the frame writes it: 32 bits, least significant first.
    private static func little(_ length: Int) -> [UInt8] {
        let value = UInt32(clamping: length)
        return (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
}
