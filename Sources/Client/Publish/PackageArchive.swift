import Archives
import RegistryModel

/// What a package's archive says at its top: which paths there are, and some small files.
struct PackageArchive: Sendable {
    let file: LocalFile
    /// Every file's path.
    let paths: [String]
    private let kept: [String: [UInt8]]

    /// Files that are looked at, wherever near the top they lie.
    private static let names: Set<String> = [
        "PKG-INFO", "METADATA", "package.json", "composer.json", "Cargo.toml", "Package.swift",
        "package-metadata.json",
    ]
    private static let maximumBytes = 4 << 20

    private static func isLookedAt(_ name: String) -> Bool { names.contains(name) || isManifest(name) }

    /// Whether a file at a Swift package's top is a manifest.
    static func isManifest(_ name: String) -> Bool {
        name == "Package.swift" || name.hasPrefix("Package@swift-") && name.hasSuffix(".swift") && !name.contains("/")
    }

    /// Reads an archive once.
    /// - Throws: ``ClientFault``, when it is none, or one that no registry would take.
    init(_ file: LocalFile) throws(ClientFault) {
        do throws(ArchiveFault) {
            guard let kind = try ArchiveKind.sniff(file) else { throw .invalid(reason: "it is no archive") }
            let contents = try readArchive(file, kind: kind, limits: ArchiveLimits()) { entry in
                let parts = entry.path.split(separator: "/", maxSplits: 2)
                return parts.count <= 2 && entry.size <= Self.maximumBytes
                    && Self.isLookedAt(String(parts.last ?? ""))
            }
            self.file = file
            paths = contents.entries.filter { $0.kind == .file }.map(\.path)
            kept = contents.kept
        } catch {
            throw ClientFault("'\(file.path)': \(Problem(error).detail)")
        }
    }

    /// A file of that name at the root, or in a folder there.
    func bytes(_ name: String) -> [UInt8]? {
        if let bytes = kept[name] { return bytes }
        let found = kept.keys.filter { $0.hasSuffix("/\(name)") }.sorted()
        return found.first.flatMap { kept[$0] }
    }

    /// The manifests of a Swift package at the root, or in the only folder there, by their names.
    var manifests: [(name: String, bytes: [UInt8])] {
        let main = kept.keys.filter { $0 == "Package.swift" || $0.hasSuffix("/Package.swift") }
            .min { ($0.count { $0 == "/" }, $0) < ($1.count { $0 == "/" }, $1) }
        guard let folder = main?.dropLast("Package.swift".count) else { return [] }
        return kept.compactMap { path, bytes in
            let name = String(path.dropFirst(folder.count))
            return path.hasPrefix(folder) && Self.isManifest(name) ? (name, bytes) : nil
        }.sorted { $0.name < $1.name }
    }

    /// The same as JSON.
    func json(_ name: String) throws(ClientFault) -> JSONValue? {
        guard let bytes = bytes(name) else { return nil }
        do throws(JSONViolation) {
            let value = try JSONValue.parse(bytes)
            guard value.members != nil else { throw .syntax(offset: 0) }
            return value
        } catch {
            throw ClientFault("\(name) in '\(file.path)' is not a JSON object: \(error).")
        }
    }
}
