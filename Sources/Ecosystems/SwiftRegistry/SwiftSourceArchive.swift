import Archives
import Formats
import RegistryModel

/// The source archive of a release: a zip with everything below one directory, in which Package.swift is.
struct SwiftSourceArchive {
    /// A manifest that was read.
    struct ManifestContent {
        let file: SwiftManifestFile
        let toolsVersion: SwiftToolsVersion
        /// As it is in the archive; a signed one ends in its signature.
        let content: String
    }

    let tree: ArchivedTree
    /// `Package.swift` first, the others in the order of their versions.
    let manifests: [ManifestContent]

    /// Opens an archive.
    /// - Throws: `Problem`, when it is invalid or unsafe, has anything beside one directory at its top, or manifests that
    ///   SwiftPM could not choose among.
    init(_ source: any ByteSource, limits: ArchiveLimits) throws(Problem) {
        var limits = limits
        limits.takesUnmarkedNames = true
        do throws(ArchiveFault) {
            tree = try ArchivedTree(source, kind: .zip, limits: limits) { name, size in
                SwiftManifestFile(name) != nil && size <= SwiftManifestFile.maximumBytes
            }
        } catch {
            throw Problem(error)
        }
        guard tree.top != nil else {
            throw Problem(
                .archiveInvalid,
                "The source archive must hold exactly one directory at its top, with Package.swift in it.")
        }
        // In the order of their names, so that of several faults the same one is explained every time.
        let files = tree.files.keys.sorted().compactMap { SwiftManifestFile($0) }
        guard files.contains(.main) else {
            throw Problem(.archiveInvalid, "The source archive has no Package.swift in its top directory.")
        }
        guard files.count <= SwiftManifestFile.maximumCount else {
            throw Problem(.archiveInvalid, "A package has at most \(SwiftManifestFile.maximumCount) manifests.")
        }
        let total = files.compactMap { [tree] in tree.files[$0.name] }.reduce(0, +)
        guard total <= SwiftManifestFile.maximumTotalBytes else {
            throw Problem(
                .archiveInvalid,
                "The manifests of a package have at most \(SwiftManifestFile.maximumTotalBytes) bytes together.")
        }
        var manifests: [ManifestContent] = []
        for file in files { manifests.append(try Self.read(file, in: tree)) }
        let lowest = SwiftToolsVersion(0, 0)
        manifests.sort { ($0.file.named ?? lowest, $0.file.name) < ($1.file.named ?? lowest, $1.file.name) }
        for (one, other) in zip(manifests.dropFirst(), manifests.dropFirst(2))
        where one.toolsVersion == other.toolsVersion {
            throw Problem(
                .metadataInvalid,
                "\(one.file.name) and \(other.file.name) are for the same tools version; keep one of them.")
        }
        self.manifests = manifests
    }

    /// Reads one manifest.
    ///
    /// SwiftPM chooses by the tools version that a manifest states and then asks for one named after it, so both must agree.
    private static func read(_ file: SwiftManifestFile, in tree: ArchivedTree) throws(Problem) -> ManifestContent {
        guard let bytes = tree.bytes(file.name) else {
            throw invalid(file, "it is larger than \(SwiftManifestFile.maximumBytes) bytes")
        }
        let version: SwiftToolsVersion
        do throws(SwiftToolsVersion.Fault) {
            version = try SwiftToolsVersion(manifest: bytes)
        } catch {
            throw invalid(file, reason(error))
        }
        if let named = file.named, named != version {
            throw invalid(file, "it states tools version \(version), but its name says \(named)")
        }
        guard let content = String(validating: bytes, as: UTF8.self), !content.utf8.contains(0) else {
            throw invalid(file, "it contains a NUL character")
        }
        return ManifestContent(file: file, toolsVersion: version, content: content)
    }

    private static func invalid(_ file: SwiftManifestFile, _ reason: String) -> Problem {
        Problem(.metadataInvalid, "\(file.name) cannot be accepted: \(reason).")
    }

    private static func reason(_ fault: SwiftToolsVersion.Fault) -> String {
        switch fault {
        case .notUTF8: "it is not UTF-8"
        case .empty: "it is empty"
        case .missing: "its first line is not '// swift-tools-version:' with a version"
        case .misspelt(let text): "'\(Problem.excerpt(text, limit: 40))' is not a tools version such as 5.9"
        case .spacing(let version):
            "for tools version \(version) its first line must be exactly '// swift-tools-version:\(version)'"
        case .unsupported(let version): "tools version \(version) is no longer supported by Swift"
        }
    }
}
