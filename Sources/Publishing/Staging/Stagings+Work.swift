import Persistence
package import RegistryModel

extension Stagings {
    /// For how many seconds a node has a staging that it works on; it says so anew while it does.
    static let leaseSeconds: Int64 = 30
    private static let beat = Duration.seconds(8)

    /// Does the work on a staging whose releases follow, and says all the while that somebody does.
    ///
    /// A node that dies says nothing any more, and ``recover()`` on any node brings its staging to an end.
    package func work<Value>(on staging: Staging, _ body: () async throws -> Value) async throws -> Value {
        let heart = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.beat)
                // The next beat is in time too, and one that cannot be written must not end the work.
                try? await extend(staging.id)
            }
        }
        defer { heart.cancel() }
        return try await body()
    }

    /// Says that somebody works on a staging.
    package func extend(_ id: Int64) async throws {
        let until = core.clock.now().advanced(bySeconds: Self.leaseSeconds)
        try await core.driver.write { try StagingStore($0).extend(id, until: until) }
    }

    /// Brings the stagings to an end whose node died in the middle.
    ///
    /// One that has its releases has them all, as they are put into it in one transaction: it waits as it would have. One
    /// that has none failed, and its publisher sends it again. Safe on several nodes at once.
    /// - Returns: How many stagings that were.
    package func recover() async throws -> Int {
        let now = core.clock.now()
        return try await core.driver.write { connection in
            let store = StagingStore(connection)
            let lost = try store.lost(at: now, limit: 100)
            for staging in lost {
                let isComplete = try Self.conclude(staging, errors: Self.stopped, at: now, connection)
                let event = Event.make(
                    id: core.ids.next(), kind: isComplete ? "staging.recovered" : "staging.failed", at: now,
                    actor: "hallmark", via: .commandLine, projectID: nil, visibility: .private,
                    details: [
                        ("staging", .string(staging.key)), ("ecosystem", .string(staging.ecosystem.rawValue)),
                        ("creator", .string(staging.creator)),
                    ])
                try EventStore(connection).insert(event)
            }
            return lost.count
        }
    }

    private static let stopped = [
        "bundle": ["The server stopped while it looked at this, and nothing of it was kept. Send it again."]
    ]

    /// Brings a staging to the end of the work on it: one that has its releases has them all and waits, one that has none
    /// failed.
    /// - Parameters:
    ///   - staging: As it was read in this transaction.
    ///   - errors: Why it failed, if it did.
    ///   - now: The time.
    ///   - connection: The transaction.
    /// - Returns: Whether it has its releases.
    /// - Throws: `SQLFault`.
    @discardableResult
    static func conclude(
        _ staging: Staging, errors: [String: [String]], at now: Timestamp, _ connection: any SQLConnection
    ) throws -> Bool {
        let store = StagingStore(connection)
        let isComplete = try !store.releases(staging.id).isEmpty
        var report = staging.report
        if !isComplete { report.errors.merge(errors) { $0 + $1 } }
        try store.update(
            staging.id, state: isComplete ? .staged : .failed, needsSecondPerson: staging.needsSecondPerson,
            report: report, at: now)
        return isComplete
    }
}
