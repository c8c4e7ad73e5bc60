import Glibc
import Synchronization

/// A backup that lies in a folder.
package final class FolderSource: BackupSource {
    private let root: String
    private let expected = Mutex<[@Sendable () throws -> String?]>([])

    /// Reads from a folder.
    package init(_ root: String) {
        self.root = root
    }

    package var canChoose: Bool { true }

    package func expect(_ paths: @escaping @Sendable () throws -> String?) {
        expected.withLock { $0.append(paths) }
    }

    package func next() throws -> BackupEntry? {
        let path = try expected.withLock { expected -> String? in
            while let first = expected.first {
                if let path = try first() { return path }
                expected.removeFirst()
            }
            return nil
        }
        guard let path else { return nil }
        guard let file = try open(path) else { throw BackupFault.missing(path) }
        return BackupEntry(path: path, content: SourceStream(file))
    }

    private func open(_ path: String) throws(DiskFault) -> DiskFile? {
        do throws(DiskFault) {
            return try DiskFile("\(root)/\(path)")
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }
}
