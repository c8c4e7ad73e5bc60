import Glibc
import RegistryModel

/// Where a blob lies: `ab/abcd…` by the digits of its digest, in one of 256 folders.
///
/// A data directory that an earlier version wrote has blobs at `ab/cd/abcd…` too. They are found there, and get their
/// place when they are published again. Blobs move in that direction only, so whoever looks in the place, then in the
/// earlier one, and then in the place again finds a blob that moves meanwhile.
struct BlobPlace: Sendable {
    /// The name of its folder, below the directory of all blobs.
    let folderName: String
    /// The path of that folder.
    let folder: String
    /// Its path.
    let path: String
    /// Its path in the layout before this one.
    let earlier: String

    /// The place of a blob below `root`.
    init(_ digest: SHA256Digest, in root: String) {
        let hex = digest.hex
        folderName = String(hex.prefix(2))
        folder = "\(root)/\(folderName)"
        path = "\(folder)/\(hex)"
        earlier = "\(folder)/\(hex.dropFirst(2).prefix(2))/\(hex)"
    }

    /// What lies there, and whether it has the earlier path; nil where there is nothing.
    func find() throws(DiskFault) -> (path: String, isEarlier: Bool, information: stat)? {
        for path in [path, earlier, path] {
            if let information = try Self.information(path) { return (path, path == earlier, information) }
        }
        return nil
    }

    /// Opens it for reading; throws `ENOENT` where there is nothing.
    func open(within budget: OpenFileBudget? = nil) throws(DiskFault) -> FileDescriptor {
        for candidate in [path, earlier] {
            do throws(DiskFault) {
                return try FileDescriptor(opening: candidate, O_RDONLY, within: budget)
            } catch {
                guard error.code == ENOENT else { throw error }
            }
        }
        return try FileDescriptor(opening: path, O_RDONLY, within: budget)
    }

    /// What the system says about a file; nil where there is none.
    static func information(_ path: String) throws(DiskFault) -> stat? {
        var information = stat()
        if lstat(path, &information) == 0 { return information }
        guard errno == ENOENT else { throw DiskFault("lstat") }
        return nil
    }
}
