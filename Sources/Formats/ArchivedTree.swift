package import Archives
package import RegistryModel

/// The files of a source archive, named from where the package begins: the only directory at its top, or its root.
///
/// A client that unpacks an archive with nothing but one directory at its top goes on inside that directory.
package struct ArchivedTree: Sendable {
    /// The directory at the top, where everything is in one.
    package let top: String?
    /// The sizes of the regular files by path.
    package let files: [String: Int]
    /// How many bytes the files have together.
    package let unpackedBytes: Int
    /// Whether the archive has an entry for its own root (`./`).
    package let namesRoot: Bool

    private let kept: [String: [UInt8]]

    /// The most bytes a README may have to be shown.
    package static let maximumReadmeBytes = 512 << 10

    /// Reads an archive once.
    /// - Parameters:
    ///   - source: The archive.
    ///   - kind: Its container format.
    ///   - limits: What it may ask of the reader.
    ///   - keep: Asked for every file that may be directly in the package's directory, by name and size.
    /// - Throws: `ArchiveFault`.
    package init(
        _ source: any ByteSource, kind: ArchiveKind, limits: ArchiveLimits,
        keep: (_ name: String, _ size: Int) -> Bool
    ) throws(ArchiveFault) {
        let contents = try readArchive(source, kind: kind, limits: limits) { entry in
            let parts = entry.path.split(separator: "/", maxSplits: 2)
            guard let name = parts.last, parts.count <= 2 else { return false }
            return keep(String(name), entry.size)
                || (Self.isReadme(String(name)) && entry.size <= Self.maximumReadmeBytes)
        }
        let entries = contents.entries
        let first = entries.first.map { String($0.path.prefix { $0 != "/" }) } ?? ""
        let isInOne = entries.allSatisfy { entry in
            entry.path.hasPrefix(first + "/") || (entry.path == first && entry.kind == .directory)
        }
        let prefix = isInOne ? first + "/" : ""
        var files: [String: Int] = [:]
        for entry in entries where entry.kind == .file {
            files[String(entry.path.dropFirst(prefix.count))] = entry.size
        }
        var kept: [String: [UInt8]] = [:]
        for (path, bytes) in contents.kept where path.hasPrefix(prefix) {
            kept[String(path.dropFirst(prefix.count))] = bytes
        }
        self.files = files
        self.kept = kept
        top = isInOne ? first : nil
        unpackedBytes = contents.unpackedBytes
        namesRoot = contents.namesRoot
    }

    /// The content of a file that was kept.
    package func bytes(_ path: String) -> [UInt8]? { kept[path] }

    /// The path of the README in the package's directory: one in Markdown, else any.
    package var readmePath: String? {
        let names = files.keys.filter { !$0.contains("/") && Self.isReadme($0) }.sorted()
        return names.first { Self.mediaType($0) == "text/markdown" } ?? names.first
    }

    /// The README, unless it is too large to be shown.
    ///
    /// Bytes that are not UTF-8 are replaced, U+0000 is dropped.
    package var readme: Readme? {
        guard let path = readmePath, let bytes = kept[path] else { return nil }
        return Readme(mediaType: Self.mediaType(path), text: String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self))
    }

    private static func isReadme(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower == "readme" || lower.hasPrefix("readme.")
    }

    private static func mediaType(_ name: String) -> String {
        let lower = name.lowercased()
        if [".md", ".markdown", ".mdown", ".mkdn"].contains(where: lower.hasSuffix) { return "text/markdown" }
        return lower.hasSuffix(".rst") ? "text/x-rst" : "text/plain"
    }
}
