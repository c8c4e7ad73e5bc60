import HTTPSupport
import RegistryModel
import Synchronization

/// How the queue of messages stands, as it was seen last; reading metrics asks no database.
final class MailMetrics: Sendable {
    private struct Seen {
        var backlog = MailBacklog()
        var at: Timestamp?
    }

    private let seen = Mutex(Seen())

    /// Adds the numbers to the metrics.
    func register(_ metrics: Metrics) {
        metrics.gauge("hallmark_mail_waiting", help: "Messages that have not been handed over yet.") { [self] in
            seen.withLock { Double($0.backlog.waiting) }
        }
        metrics.gauge("hallmark_mail_age_seconds", help: "How long the oldest of them has waited.") { [self] in
            seen.withLock { seen in
                guard let oldest = seen.backlog.oldest, let at = seen.at else { return 0 }
                return Double(max(0, at.microseconds - oldest.microseconds)) / 1e6
            }
        }
        metrics.gauge(
            "hallmark_mail_refused", help: "Messages of the last 30 days that were refused or given up."
        ) { [self] in seen.withLock { Double($0.backlog.refused) } }
    }

    /// Takes what the database says.
    func note(_ backlog: MailBacklog, at now: Timestamp) {
        seen.withLock { $0 = Seen(backlog: backlog, at: now) }
    }
}
