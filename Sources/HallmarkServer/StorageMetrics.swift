import Glibc
import HTTPSupport
import Publishing
import RegistryModel
import Synchronization

/// What is known about the disk and about work that waits.
///
/// The disk is asked when somebody looks. The database is not: ``refresh(_:now:)`` is called now and then, and what it found is
/// shown, so that reading metrics costs the database nothing.
final class StorageMetrics: Sendable {
    private struct Backlog {
        var count: Int64 = 0
        var oldest: Timestamp?
        var seenAt: Timestamp?
    }

    private let backlog = Mutex(Backlog())

    /// Adds the numbers to the metrics.
    /// - Parameters:
    ///   - metrics: Where they are shown.
    ///   - folders: The folders whose file systems are watched, by what they hold.
    func register(_ metrics: Metrics, folders: [(name: String, path: String)]) {
        for folder in folders {
            metrics.gauge("hallmark_\(folder.name)_free_bytes", help: "Free bytes where the \(folder.name) lie.") {
                Self.freeBytes(folder.path)
            }
        }
        metrics.gauge("hallmark_outbox_pending", help: "Events whose follow-up work waits.") { [self] in
            backlog.withLock { Double($0.count) }
        }
        metrics.gauge("hallmark_outbox_age_seconds", help: "How long the oldest of them has waited.") { [self] in
            backlog.withLock { backlog in
                guard let oldest = backlog.oldest, let seen = backlog.seenAt else { return 0 }
                return Double(max(0, seen.microseconds - oldest.microseconds)) / 1e6
            }
        }
    }

    /// Asks the database what waits.
    func refresh(_ outbox: OutboxWorker, now: Timestamp) async throws {
        let found = try await outbox.backlog()
        backlog.withLock { $0 = Backlog(count: found.count, oldest: found.oldest, seenAt: now) }
    }

    private static func freeBytes(_ path: String) -> Double {
        var values = statvfs()
        guard statvfs(path, &values) == 0 else { return 0 }
        return Double(values.f_bavail) * Double(values.f_frsize)
    }
}
