import Glibc
import Synchronization

/// The 256 folders below one directory, and which of them would survive a power failure.
///
/// A folder that is there may still be only in memory: the process that made it can have been killed before the fsync of
/// its parent. So each is made durable once in each process, whoever made it; no publish does it after ``prepare()``.
final class DurableFolders: Sendable {
    private let root: String
    private let durable = Mutex<Set<String>>([])

    /// Looks after the folders below `root`.
    init(root: String) {
        self.root = root
    }

    /// Makes all of them, durably.
    ///
    /// What fails now (a full disk, one that takes no writes) is no reason not to serve what is there: the next to need
    /// a folder tries again and says why.
    func prepare() {
        let names = (0...255).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        let made = names.filter { mkdir("\(root)/\($0)", 0o700) == 0 || errno == EEXIST }
        guard (try? FileDescriptor.synchronizeDirectory(root)) != nil else { return }
        durable.withLock { $0.formUnion(made) }
    }

    /// Makes one of them, durably, unless this process has done so.
    ///
    /// - Parameters:
    ///   - name: Two digits.
    ///   - isGone: It was seen to be missing, whatever is remembered.
    /// - Throws: The system's reason.
    func make(_ name: String, isGone: Bool = false) throws(DiskFault) {
        guard isGone || !durable.withLock({ $0.contains(name) }) else { return }
        guard mkdir("\(root)/\(name)", 0o700) == 0 || errno == EEXIST else { throw DiskFault("mkdir") }
        try FileDescriptor.synchronizeDirectory(root)
        durable.withLock { _ = $0.insert(name) }
    }
}
