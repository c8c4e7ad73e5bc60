import Glibc
import Synchronization

/// The fan-out folders below one directory, and which of them would survive a power failure.
///
/// A folder that is there may still be only in memory: the process that made it can have been killed before the fsync of
/// its parent. So each is made durable once in each process, whoever made it; at most 65,792 names are remembered.
final class DurableFolders: Sendable {
    private let root: String
    private let durable = Mutex<Set<String>>([])

    /// Looks after the folders below `root`.
    init(root: String) {
        self.root = root
    }

    /// Makes both levels where they are missing.
    ///
    /// - Parameters:
    ///   - outer: The first level, below the root.
    ///   - inner: The second level with the first: `ab/cd`.
    /// - Throws: The system's reason.
    func make(outer: String, inner: String) throws(DiskFault) {
        for folder in [outer, inner] {
            guard mkdir("\(root)/\(folder)", 0o700) != 0 else {
                // It was not there, whatever is remembered.
                durable.withLock { _ = $0.remove(folder) }
                continue
            }
            guard errno == EEXIST else { throw DiskFault("mkdir") }
        }
    }

    /// Makes the entries of the inner folder durable, and the two folders themselves.
    func synchronize(outer: String, inner: String) throws(DiskFault) {
        try FileDescriptor.synchronizeDirectory("\(root)/\(inner)")
        for (folder, parent) in [(inner, "\(root)/\(outer)"), (outer, root)] {
            guard !durable.withLock({ $0.contains(folder) }) else { continue }
            try FileDescriptor.synchronizeDirectory(parent)
            durable.withLock { _ = $0.insert(folder) }
        }
    }
}
