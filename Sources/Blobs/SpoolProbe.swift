import Glibc
import Synchronization

/// Whether the spool took a file the last time somebody asked.
///
/// Asking the file system for permissions would not do: a full disk grants them.
final class SpoolProbe: Sendable {
    /// As many bytes as the least room with which an instance is worth sending uploads to.
    private static let bytes = 1 << 20
    /// For how long an answer holds, so that asking often costs nothing.
    private static let validity = Duration.seconds(2)

    private let last = Mutex<(result: Bool, at: ContinuousClock.Instant)?>(nil)

    /// The last answer, unless it is too old.
    var recent: Bool? {
        last.withLock { last in
            guard let last, last.at.duration(to: .now) < Self.validity else { return nil }
            return last.result
        }
    }

    /// Remembers an answer.
    func note(_ result: Bool) {
        last.withLock { $0 = (result, .now) }
    }

    /// Makes a file, has room kept for its bytes, and removes it.
    static func write(_ path: String) throws(DiskFault) {
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(path) }
        let code = file.allocate(bytes)
        guard code == 0 else { throw DiskFault("allocate", code: code) }
    }
}
