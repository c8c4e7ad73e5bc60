import Persistence
package import RegistryModel

/// Something that is done after a commit, at least once.
///
/// Doing it twice must do no harm.
package protocol OutboxHandler: Sendable {
    /// Handles one event.
    func handle(_ event: Event) async throws
}

/// Works off the outbox: takes rows by their state, hands their events to the handlers, and removes what is done.
package struct OutboxWorker: Sendable {
    private let core: RegistryCore
    private let handlers: [any OutboxHandler]

    /// Serves `handlers`, each of which sees every event.
    package init(core: RegistryCore, handlers: [any OutboxHandler]) {
        self.core = core
        self.handlers = handlers
    }

    /// Works off what is due.
    /// - Returns: How many rows were taken; 0 when nothing waits.
    package func drain(limit: Int = 256) async throws -> Int {
        let now = core.clock.now()
        let due = try await core.driver.read { try EventStore($0).due(at: now, limit: limit) }
        guard !due.isEmpty else { return 0 }
        var finished: [Int64] = []
        for (row, event) in due {
            do {
                if let event {
                    for handler in handlers { try await handler.handle(event) }
                }
                finished.append(row.id)
            } catch {
                try await postpone(row, now: now, error: error)
            }
        }
        let done = finished
        try await core.driver.write { try EventStore($0).finish(done) }
        return due.count
    }

    /// How many rows wait, and since when.
    package func backlog() async throws -> (count: Int64, oldest: Timestamp?) {
        try await core.driver.read { try EventStore($0).backlog() }
    }

    private func postpone(_ row: OutboxRow, now: Timestamp, error: any Error) async throws {
        let delay = min(3600, 1 << min(row.attempts, 11))
        let later = now.advanced(bySeconds: Int64(delay))
        let text = String("\(error)".prefix(500))
        try await core.driver.write { try EventStore($0).postpone(row.id, until: later, error: text) }
    }
}
