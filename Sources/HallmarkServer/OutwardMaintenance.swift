import Accounts
import Logging
import RegistryModel

/// What an instance does by itself with other servers: mail, and the domains of addresses.
struct OutwardMaintenance: Sendable {
    let services: OutwardServices
    let metrics: MailMetrics
    let clock: any WallClock
    let logger: Logger

    /// How often an empty queue of messages is looked at.
    private static let mailInterval = Duration.seconds(2)
    /// How often messages are counted.
    private static let tidyInterval = Duration.seconds(20)
    /// How long the mail server is left alone after it failed.
    private static let mailPause = Duration.seconds(15)
    /// How long after the start domains are looked at first, and how often it is asked which are due.
    private static let domainDelay = Duration.seconds(300)
    private static let domainInterval = Duration.seconds(3600)

    /// Works until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await send() }
            group.addTask { await tidy() }
            group.addTask { await check() }
        }
    }

    private func send() async {
        while !Task.isCancelled {
            var pause = Self.mailInterval
            do {
                let round = try await services.mails.drain()
                if round.delayed > 0 { pause = Self.mailPause }
            } catch {
                logger.warning("Messages could not be looked at: \(error)")
                pause = Self.mailPause
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// What waits for too long is given up, and how the queue stands is noted.
    private func tidy() async {
        while !Task.isCancelled {
            do {
                let expired = try await services.mails.expire()
                if expired > 0 { logger.warning("Gave up \(expired) messages that waited for three days.") }
                metrics.note(try await services.mails.backlog(), at: clock.now())
            } catch {
                logger.warning("Messages could not be counted: \(error)")
            }
            try? await Task.sleep(for: Self.tidyInterval)
        }
    }

    private func check() async {
        try? await Task.sleep(for: Self.domainDelay)
        while !Task.isCancelled {
            do {
                let round = try await services.emailDomains.checkDue()
                if round.checked > 0 {
                    logger.info(
                        "Looked at \(round.checked) domains of email addresses.",
                        metadata: [
                            "failing": "\(round.failing)", "abandoned": "\(round.abandoned)",
                            "addresses": "\(round.addresses)",
                        ])
                }
            } catch {
                logger.warning("Domains of email addresses could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.domainInterval)
        }
    }
}
