import Archives
import RegistryModel

/// A `.crate`: a gzip-compressed tar with everything below one directory named after the crate and its version.
struct CargoCrate {
    let manifest: CargoManifest
    /// The build script that runs when the crate is built, where there is one.
    let buildScript: String?
    let readme: Readme?
    /// The README's path where it is too large to be kept.
    let skippedReadme: String?

    private static let maximumManifestBytes = 1 << 20
    private static let maximumReadmeBytes = 512 << 10
    private static let usualReadmes = ["README.md", "README.txt", "README"]

    /// Reads the archive.
    /// - Throws: `Problem`, when it is invalid or unsafe, has entries outside its directory, or no readable `Cargo.toml`.
    init(_ source: any ByteSource, name: String, version: String, ownIndexes: [String], limits: ArchiveLimits)
        throws(Problem)
    {
        let root = "\(name)-\(version)"
        let manifestPath = "\(root)/Cargo.toml"
        let contents = try Self.read(source, limits) { entry in
            entry.path == manifestPath
                ? entry.size <= Self.maximumManifestBytes
                : Self.usualReadmes.contains { entry.path == "\(root)/\($0)" && entry.size <= Self.maximumReadmeBytes }
        }
        try Self.check(contents.entries, root: root, manifestPath: manifestPath)
        guard let bytes = contents.kept[manifestPath] else {
            throw CargoManifest.invalid("it is larger than \(Self.maximumManifestBytes) bytes")
        }
        let manifest = try CargoManifest(try Self.parse(bytes), ownIndexes: ownIndexes)
        self.manifest = manifest

        let files = Dictionary(
            contents.entries.filter { $0.kind == .file }.map { ($0.path, $0.size) },
            uniquingKeysWith: { first, _ in first })
        switch manifest.buildScript {
        case .path(let path)?: buildScript = path
        case nil: buildScript = files["\(root)/build.rs"] == nil ? nil : "build.rs"
        case BuildScript.none?: buildScript = nil
        }
        let path: String? =
            switch manifest.readme {
            case .none: nil
            case .path(let path): path
            case .usual: Self.usualReadmes.first { files["\(root)/\($0)"] != nil }
            }
        guard let path, let size = files["\(root)/\(path)"] else {
            readme = nil
            skippedReadme = nil
            return
        }
        skippedReadme = size > Self.maximumReadmeBytes ? path : nil
        readme =
            size > Self.maximumReadmeBytes
            ? nil : try Self.readme(path, root: root, kept: contents.kept, source: source, limits: limits)
    }

    private typealias BuildScript = CargoManifest.BuildScript

    private static func read(
        _ source: any ByteSource, _ limits: ArchiveLimits, keep: (ArchiveEntry) -> Bool
    ) throws(Problem) -> ArchiveContents {
        do throws(ArchiveFault) {
            return try readArchive(
                source, kind: .tarGzip, limits: limits, policy: .filesAndDirectories, keep: keep)
        } catch {
            throw Problem(error)
        }
    }

    private static func check(_ entries: [ArchiveEntry], root: String, manifestPath: String) throws(Problem) {
        let prefix = root + "/"
        for entry in entries {
            guard entry.path.hasPrefix(prefix) || (entry.path == root && entry.kind == .directory) else {
                throw Problem(
                    .archiveInvalid,
                    "'\(CargoText.excerpt(entry.path))' is not in '\(prefix)', where everything in the crate must be.")
            }
            if entry.path != manifestPath, entry.path.lowercased() == manifestPath.lowercased() {
                throw Problem(
                    .archiveInvalid, "'\(CargoText.excerpt(entry.path))' must be spelled 'Cargo.toml'.")
            }
        }
        guard entries.contains(where: { $0.path == manifestPath && $0.kind == .file }) else {
            throw Problem(.archiveInvalid, "The crate has no '\(manifestPath)'.")
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
        do throws(TOMLViolation) {
            return try TOMLReader.parse(bytes, maximumBytes: maximumManifestBytes)
        } catch {
            let reason =
                switch error {
                case .syntax(let line): "line \(line) is not TOML"
                case .duplicateKey(let key, let line): "line \(line) defines '\(CargoText.excerpt(key))' again"
                case .tooDeep(let line): "line \(line) is nested too deeply"
                case .tooLarge(let limit): "it is larger than \(limit) bytes"
                case .notUTF8: "it is not UTF-8"
                case .nullCharacter(let line): "line \(line) has a NUL character"
                }
            throw CargoManifest.invalid(reason)
        }
    }

    /// The README, from the first pass where it was kept, otherwise from a second one.
    private static func readme(
        _ path: String, root: String, kept: [String: [UInt8]], source: any ByteSource, limits: ArchiveLimits
    ) throws(Problem) -> Readme? {
        let place = "\(root)/\(path)"
        var found = kept[place]
        if found == nil { found = try read(source, limits) { $0.path == place }.kept[place] }
        guard let bytes = found else { return nil }
        let name = path.lowercased()
        let isMarkdown = [".md", ".markdown", ".mdown", ".mkdn"].contains { name.hasSuffix($0) }
        let mediaType = isMarkdown ? "text/markdown" : name.hasSuffix(".rst") ? "text/x-rst" : "text/plain"
        return Readme(mediaType: mediaType, text: String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self))
    }
}
