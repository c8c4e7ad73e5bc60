package import Persistence
package import RegistryModel
import Synchronization

/// Failed checks of tokens by network, counted in memory and added to the database now and then.
///
/// A request without a good token may not cause a write of its own, so the counts of all nodes meet when they are flushed:
/// another node, or this one after a restart, knows them some seconds later. Tokens have 178 random bits; what is limited is
/// the load of checking wrong ones, and the noise.
package final class TokenAttempts: Sendable {
    /// How many networks are counted one by one; all others share one counter.
    static let capacity = 10_000

    private struct Entry {
        var count: Int64
        var lastAt: Timestamp
        /// How many of them the database does not know yet.
        var fresh: Int64
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let rule = AttemptLimits.Scope.token.rules.network

    /// Starts empty.
    package init() {}

    /// Refuses a network from which too many bad tokens came.
    ///
    /// Throws ``Problem/Code/tooManyAttempts``.
    package func admit(_ address: String, now: Timestamp) throws(Problem) {
        let network = Network.counted(address)
        guard let entry = entries.withLock({ $0[network] ?? ($0.count >= Self.capacity ? $0[""] : nil) }) else {
            return
        }
        _ = try rule.admitted(count: entry.count, lastAt: entry.lastAt, now: now)
    }

    /// Counts a bad token.
    package func fail(_ address: String, now: Timestamp) {
        let network = Network.counted(address)
        entries.withLock { entries in
            let key = entries[network] != nil || entries.count < Self.capacity ? network : ""
            var entry = entries[key] ?? Entry(count: 0, lastAt: now, fresh: 0)
            entry.count = rule.remaining(entry.count, after: now.seconds - entry.lastAt.seconds) + 1
            entry.lastAt = now
            entry.fresh += 1
            entries[key] = entry
        }
    }

    /// Adds what was counted since the last time to the database, takes over what others counted, and forgets what faded.
    package func flush(to driver: any SQLDriver, now: Timestamp) async throws {
        let changed = entries.withLock { entries in entries.filter { $0.value.fresh > 0 } }
        if !changed.isEmpty {
            let rule = rule
            let totals = try await driver.write { connection in
                var totals: [String: Int64] = [:]
                for (network, entry) in changed.sorted(by: { $0.key < $1.key }) {
                    let counter = AttemptCounter(.token, "network", network, rule: rule)
                    let store = AttemptStore(connection)
                    let row = try store.find(scope: counter.scope, subject: counter.subject)
                    let known = row.map { rule.remaining($0.count, after: now.seconds - $0.lastAt.seconds) } ?? 0
                    totals[network] = known + entry.fresh
                    try store.put(
                        scope: counter.scope, subject: counter.subject, count: known + entry.fresh, at: entry.lastAt)
                }
                return totals
            }
            entries.withLock { entries in
                for (network, total) in totals {
                    guard var entry = entries[network] else { continue }
                    entry.fresh -= changed[network]?.fresh ?? 0
                    entry.count = total + entry.fresh
                    entries[network] = entry
                }
            }
        }
        entries.withLock { entries in
            entries = entries.filter {
                $0.value.fresh > 0 || rule.remaining($0.value.count, after: now.seconds - $0.value.lastAt.seconds) > 0
            }
        }
    }
}
