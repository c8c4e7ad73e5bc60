import Accounts
import Blobs
import Ecosystems
import HTTPSupport
import Logging
import Publishing
import RegistryModel

/// What an instance does by itself while it serves: writing counts, working off the outbox, sweeping the spool,
/// collecting garbage.
struct Maintenance: Sendable {
    let instance: Instance
    let outbox: OutboxWorker
    let storage: StorageMetrics
    let logger: Logger

    /// How often counts are written.
    private static let flushInterval = Duration.seconds(10)
    /// How often an empty outbox is looked at again.
    private static let outboxInterval = Duration.seconds(1)
    /// How often deployments are looked at.
    private static let deploymentInterval = Duration.seconds(10)
    /// How old an upload must be to be a crash's leftover: longer than any upload may take.
    private static let spoolAge = 24 * 3600
    /// How long after the start blobs are looked at first, and how often then.
    private static let collectionDelay = Duration.seconds(600)
    private static let collectionInterval = Duration.seconds(86_400)
    /// How often accounts are tidied.
    private static let accountInterval = Duration.seconds(60)
    /// How often it is asked which tokens end soon.
    private static let credentialInterval = Duration.seconds(600)
    /// How often it is asked which namespaces are due.
    private static let proofInterval = Duration.seconds(600)
    /// How often it is asked which transfers take effect.
    private static let transferInterval = Duration.seconds(60)
    /// How often it is asked which source repositories are due.
    private static let sourceInterval = Duration.seconds(15)

    /// Works until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await flush() }
            group.addTask { await drain() }
            group.addTask { await sweep() }
            group.addTask { await collect() }
            group.addTask { await expire() }
            group.addTask { await prove() }
            group.addTask { await handOver() }
            group.addTask { await identify() }
            group.addTask { await complete() }
            group.addTask { await tidy() }
            group.addTask { await endCredentials() }
            group.addTask { await changeHands() }
            group.addTask { await findCritical() }
        }
    }

    /// Owners are told of tokens that end soon; hand-offs, pending publishers and identity tokens that are over go.
    private func endCredentials() async {
        let services = instance.makeAccountServices()
        while !Task.isCancelled {
            do {
                let told = try await services.personalTokens.noteExpiries()
                if told > 0 { logger.info("Told the owners of \(told) tokens that they end soon.") }
                _ = try await services.trustedPublishing.expire()
                _ = try await services.deviceGrants.expire()
            } catch {
                logger.warning("Tokens could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.credentialInterval)
        }
    }

    /// Sessions, links and counters that are over go, and recoveries move on.
    private func tidy() async {
        while !Task.isCancelled {
            do {
                try await instance.people.tidy()
            } catch {
                logger.warning("Accounts could not be tidied: \(error)")
            }
            try? await Task.sleep(for: Self.accountInterval)
        }
    }

    private func flush() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.flushInterval)
            do {
                try await instance.flush()
                try await storage.refresh(outbox, now: instance.clock.now())
            } catch {
                logger.warning(
                    "The database cannot be reached; downloads and token uses are kept until it can: \(error)")
            }
        }
    }

    private func drain() async {
        while !Task.isCancelled {
            do {
                if try await outbox.drain() > 0 { continue }
            } catch {
                logger.warning("The outbox could not be worked off: \(error)")
            }
            try? await Task.sleep(for: Self.outboxInterval)
        }
    }

    /// Blobs that nobody needs go once a day.
    private func collect() async {
        try? await Task.sleep(for: Self.collectionDelay)
        while !Task.isCancelled {
            do {
                let report = try await instance.garbageCollector.run()
                logger.info(
                    "Looked at \(report.examined) blobs.",
                    metadata: [
                        "discarded": "\(report.discarded)", "erased": "\(report.erased)",
                        "erased_bytes": "\(report.erasedBytes)", "put_back": "\(report.putBack)",
                    ])
            } catch {
                logger.warning("Garbage could not be collected: \(error)")
            }
            try? await Task.sleep(for: Self.collectionInterval)
        }
    }

    /// What was staged and not released in time goes.
    private func expire() async {
        while !Task.isCancelled {
            do {
                let count = try await instance.stagings.expire()
                if count > 0 { logger.info("Dropped \(count) stagings that nobody released in time.") }
            } catch {
                logger.warning("Stagings could not be looked at: \(error)")
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    /// Deployments whose client never said that it was done become releases, or go; what another process left in the middle
    /// comes to its end.
    private func complete() async {
        let completion = instance.mavenCompletion
        while !Task.isCancelled {
            do {
                let lost = try await instance.stagings.recover()
                if lost > 0 { logger.warning("\(lost) stagings were left in the middle by a process that stopped.") }
                let swept = try await completion.sweep()
                for problem in swept.problems { logger.warning("A deployment could not be published: \(problem)") }
            } catch {
                logger.warning("Deployments could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.deploymentInterval)
        }
    }

    /// Proofs of namespaces are looked for again as their time comes.
    private func prove() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.proofInterval)
            guard !Task.isCancelled else { return }
            do {
                let round = try await instance.namespaces.checkDue()
                guard round.total > 0 else { continue }
                logger.info(
                    "Looked at \(round.total) namespaces.",
                    metadata: [
                        "proven": "\(round.proven)", "failing": "\(round.failing)", "lapsed": "\(round.lapsed)",
                        "expired": "\(round.expired)",
                    ])
            } catch {
                logger.warning("Namespaces could not be looked at: \(error)")
            }
        }
    }

    /// Namespaces change hands when their waiting time is over.
    private func handOver() async {
        while !Task.isCancelled {
            do {
                let count = try await instance.namespaces.completeTransfers()
                if count > 0 { logger.info("\(count) namespaces changed hands.") }
            } catch {
                logger.warning("Transfers could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.transferInterval)
        }
    }

    /// Accepted transfers of projects take effect, and what nobody answered goes.
    private func changeHands() async {
        while !Task.isCancelled {
            do {
                let moved = try await instance.ownership.transfers.completeDue()
                let expired = try await instance.ownership.invitations.expire()
                if moved + expired > 0 {
                    logger.info("\(moved) projects changed hands; \(expired) invitations expired.")
                }
            } catch {
                logger.warning("Transfers and invitations could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.transferInterval)
        }
    }

    /// Code hosts are asked which repositories are behind the addresses that projects are held to.
    private func identify() async {
        while !Task.isCancelled {
            do {
                let (looked, frozen) = try await instance.sources.checkDue()
                if looked > 0 {
                    logger.info("Looked at \(looked) source repositories; \(frozen) are others than before.")
                }
            } catch {
                logger.warning("Source repositories could not be looked at: \(error)")
            }
            try? await Task.sleep(for: Self.sourceInterval)
        }
    }

    /// Once a day it is found out which projects are critical.
    private func findCritical() async {
        while !Task.isCancelled {
            do {
                if let round = try await instance.ownership.critical.recomputeDaily(), round.added + round.removed > 0 {
                    logger.info("\(round.added) projects became critical, and \(round.removed) no longer are.")
                }
            } catch {
                logger.warning("Critical projects could not be found: \(error)")
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }

    private func sweep() async {
        while !Task.isCancelled {
            do {
                let removed = try await instance.core.spool.sweep(olderThan: Self.spoolAge, now: instance.clock.now())
                if removed > 0 { logger.info("Removed \(removed) uploads that a crash had left behind.") }
            } catch {
                logger.warning("The spool could not be swept: \(error)")
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }
}
