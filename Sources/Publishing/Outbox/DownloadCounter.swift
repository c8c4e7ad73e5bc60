import Persistence
package import RegistryModel
import Synchronization

/// Counts downloads.
package protocol DownloadCounting: Sendable {
    /// Notes one download of a file by a client of that family.
    func count(file: Int64, project: Int64, family: String)
}

/// Counts in memory and writes now and then, so that no anonymous request causes a write of its own.
package final class DownloadCounter: DownloadCounting {
    private struct Key: Hashable {
        let file: Int64
        let project: Int64
        let day: Int64
        let family: String
    }

    private let clock: any WallClock
    private let pending = Mutex<[Key: Int64]>([:])

    /// Reads days from `clock`.
    package init(clock: any WallClock) {
        self.clock = clock
    }

    package func count(file: Int64, project: Int64, family: String) {
        let key = Key(file: file, project: project, day: clock.now().day, family: family)
        pending.withLock { $0[key, default: 0] += 1 }
    }

    /// Writes what was counted since the last time; what cannot be written is kept for the next.
    package func flush(to core: RegistryCore) async throws {
        let counts = pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
        guard !counts.isEmpty else { return }
        do {
            try await core.driver.write { connection in
                let downloads = DownloadStore(connection)
                for (key, count) in counts {
                    try downloads.add(
                        fileID: key.file, projectID: key.project, day: key.day, family: key.family, count: count)
                }
            }
        } catch {
            pending.withLock { $0.merge(counts, uniquingKeysWith: +) }
            throw error
        }
    }
}
