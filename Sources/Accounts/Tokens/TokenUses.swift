package import Persistence
package import RegistryModel
import Synchronization

/// When and from where tokens were last used, kept in memory and written now and then, so that a read never waits for a
/// write.
package final class TokenUses: Sendable {
    private let pending = Mutex<[Int64: TokenUse]>([:])

    /// Starts empty.
    package init() {}

    /// Notes a use from a network.
    package func record(tokenID: Int64, at time: Timestamp, network: String = "") {
        pending.withLock { $0[tokenID] = TokenUse(at: time, network: network) }
    }

    /// Writes what was noted since the last time; what cannot be written is kept for the next.
    package func flush(to driver: any SQLDriver) async throws {
        let uses = pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
        guard !uses.isEmpty else { return }
        do {
            try await driver.write { try TokenStore($0).recordUse(uses) }
        } catch {
            pending.withLock { $0.merge(uses) { newer, _ in newer } }
            throw error
        }
    }
}
