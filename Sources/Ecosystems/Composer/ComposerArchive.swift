import Archives
import Formats
import RegistryModel

/// The archive of a PHP package: a zip or a tar with composer.json at its root or in its only top directory.
struct ComposerArchive {
    /// The container formats, by the names that Composer's `dist` has for them.
    enum Kind: String {
        case zip, tar
    }

    let kind: Kind
    let tree: ArchivedTree
    let package: ComposerPackageFile

    /// Opens an archive.
    /// - Throws: `Problem`, when it is invalid or unsafe, of another kind, or has no acceptable composer.json.
    init(_ source: any ByteSource, limits: ArchiveLimits) throws(Problem) {
        do throws(ArchiveFault) {
            let container = try ArchiveKind.sniff(source)
            guard let container, container != .tarXz, container != .tarBzip2 else {
                throw .invalid(reason: "neither a zip nor a tar, plain or compressed with gzip, which Composer unpacks")
            }
            kind = container == .zip ? .zip : .tar
            tree = try ArchivedTree(source, kind: container, limits: limits) { name, size in
                name == Self.fileName && size <= ComposerPackageFile.maximumBytes
            }
        } catch {
            throw Problem(error)
        }
        guard kind == .zip || !tree.namesRoot else {
            // PHP's unpacker ends with an error there.
            throw Problem(
                .archiveInvalid,
                "The tar has an entry for '.', which Composer cannot unpack. Name what goes into it, as in "
                    + "'tar -czf package.tar.gz composer.json src', or use 'git archive'.")
        }
        guard let size = tree.files[Self.fileName] else {
            throw Problem(
                .archiveInvalid, "The archive has no composer.json at its root or in its only top directory.")
        }
        guard let bytes = tree.bytes(Self.fileName) else {
            throw ComposerPackageFile.invalid(
                "it is \(size) bytes long, more than \(ComposerPackageFile.maximumBytes)")
        }
        package = try ComposerPackageFile(bytes)
    }

    /// The end of the names of such archives.
    var fileExtension: String { kind == .zip ? "zip" : "tar" }

    private static let fileName = "composer.json"
}
