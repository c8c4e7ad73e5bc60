package import Logging
import Persistence
package import RegistryModel

/// Hands the messages of the queue over, at least once each.
///
/// A row is taken for five minutes, sent, and removed. A process that dies in between leaves a row that is taken again
/// then, so a message may arrive twice, with the same identifier; several nodes never take the same row at once. What
/// cannot be handed over waits, twice as long each time up to an hour, for three days. Nothing waits for the queue: a mail
/// server that is down delays messages and no page.
package struct MailQueue: Sendable {
    private let core: AccountCore
    private let mailer: (any Mailer)?
    private let logger: Logger

    /// For how long a row is taken: longer than handing over may last.
    package static let leaseSeconds: Int64 = 300
    /// How long is tried.
    package static let patienceSeconds: Int64 = 3 * 86_400
    /// How long those that were given up are counted.
    private static let keptSeconds: Int64 = 30 * 86_400
    private static let longestPauseSeconds: Int64 = 3600
    private static let width: Int64 = 4

    /// Hands over to `mailer`; without one, messages wait and are given up in the end.
    package init(core: AccountCore, mailer: (any Mailer)?, logger: Logger) {
        self.core = core
        self.mailer = mailer
        self.logger = logger
    }

    /// What a round came to.
    package struct Round: Hashable, Sendable {
        package var sent = 0
        /// Refused, or given up.
        package var refused = 0
        package var delayed = 0

        /// Nothing yet.
        package init() {}
    }

    /// Whether there is anybody to hand messages over to.
    package var isConfigured: Bool { mailer != nil }

    /// Hands over what is due, until nothing is or the mail server fails.
    package func drain() async throws -> Round {
        var round = Round()
        guard let mailer else { return round }
        while round.delayed == 0, !Task.isCancelled {
            let now = core.clock.now()
            // Asked every few seconds for ever: nothing is written where there is nothing to do.
            guard try await core.driver.read({ try MailStore($0).isDue(at: now) }) else { break }
            let mails = try await core.driver.write {
                try MailStore($0).take(Self.width, at: now, until: now.advanced(bySeconds: Self.leaseSeconds))
            }
            guard !mails.isEmpty else { break }
            try await withThrowingTaskGroup(of: Outcome.self) { group in
                for mail in mails { group.addTask { try await deliver(mail, to: mailer) } }
                for try await outcome in group {
                    switch outcome {
                    case .sent: round.sent += 1
                    case .ended: round.refused += 1
                    case .delayed: round.delayed += 1
                    }
                }
            }
        }
        return round
    }

    private enum Outcome { case sent, ended, delayed }

    private func deliver(_ row: QueuedMail, to mailer: any Mailer) async throws -> Outcome {
        let place = MailContent.place(row.id)
        guard let bytes = try? core.secrets.open(row.sealedContent, for: place), let text = MailContent.text(bytes)
        else {
            return try await end(row, "refused", "its content cannot be opened with this master key")
        }
        do {
            try await mailer.send(
                Mail(
                    id: row.id, recipient: row.recipient, kind: row.kind, subject: text.subject, plain: text.plain,
                    html: text.html))
        } catch MailFault.refused(let reason) {
            return try await end(row, "refused", reason)
        } catch {
            return try await delay(row, error)
        }
        try await core.driver.write { try MailStore($0).remove(row.id) }
        return .sent
    }

    private func delay(_ row: QueuedMail, _ fault: any Error) async throws -> Outcome {
        let now = core.clock.now()
        let reason = if case MailFault.unavailable(let text) = fault { text } else { "\(fault)" }
        guard row.createdAt.advanced(bySeconds: Self.patienceSeconds) > now else {
            return try await end(row, "abandoned", reason)
        }
        let pause = min(Self.longestPauseSeconds, 30 << min(row.attempts - 1, 20))
        let said = Self.withoutAddress(reason, row)
        logger.warning(
            "A message could not be handed over; it is tried again later.",
            metadata: ["mail": "\(row.id)", "kind": "\(row.kind)", "attempts": "\(row.attempts)", "reason": "\(said)"])
        try await core.driver.write {
            try MailStore($0).delay(row, until: now.advanced(bySeconds: pause), error: said)
        }
        return .delayed
    }

    /// Gives a message up.
    ///
    /// The log tells which one, and not whose: addresses are personal.
    private func end(_ row: QueuedMail, _ state: String, _ reason: String) async throws -> Outcome {
        let said = Self.withoutAddress(reason, row)
        logger.error(
            "A message will not be sent.",
            metadata: ["mail": "\(row.id)", "kind": "\(row.kind)", "state": "\(state)", "reason": "\(said)"])
        let now = core.clock.now()
        try await core.driver.write { try MailStore($0).end(row.id, state: state, error: said, at: now) }
        return .ended
    }

    private static func withoutAddress(_ reason: String, _ row: QueuedMail) -> String {
        String(reason.replacing(row.recipient, with: "the recipient").prefix(500))
    }

    /// Gives up what has waited for too long, also where there is no mailer, and forgets what was given up long ago.
    /// - Returns: How many were given up.
    package func expire() async throws -> Int {
        let now = core.clock.now()
        return try await core.driver.write {
            try MailStore($0).expire(
                before: now.advanced(bySeconds: -Self.patienceSeconds),
                removing: now.advanced(bySeconds: -Self.keptSeconds), at: now)
        }
    }

    /// How the queue stands.
    package func backlog() async throws -> MailBacklog {
        try await core.driver.read { try MailStore($0).backlog() }
    }
}
