import Response

/// The instance did not do what the capability asks: the probe has failed.
struct ProbeFailure: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Holds what was seen against what a capability asks.
/// - Throws: ``ProbeFailure`` with `otherwise`.
func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws(ProbeFailure) {
    guard holds else { throw ProbeFailure(otherwise()) }
}

/// A probe of one capability: what somebody does, and what has to come of it.
struct Probe: Sendable {
    /// The capability's id.
    let id: String
    /// Does it and returns what was seen.
    let run: @Sendable (ProbeStage) async throws -> String

    /// The longest time that a probe may take.
    static let limit = Duration.seconds(180)

    /// Runs it: pass where it returns, fail where it saw otherwise, unknown where it could not be carried through.
    func result(on stage: ProbeStage) async -> ProbeResult {
        await Self.result(id) { try await run(stage) }
    }

    /// A result from what `body` returns or throws.
    static func result(_ id: String, _ body: @escaping @Sendable () async throws -> String) async -> ProbeResult {
        do {
            let evidence = try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw ProbeFault("it took longer than \(limit)")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw ProbeFault("nothing was tried") }
                return first
            }
            return ProbeResult(id, .pass, evidence)
        } catch let failure as ProbeFailure {
            return ProbeResult(id, .fail, failure.description)
        } catch {
            return ProbeResult(id, .unknown, "it could not be tried: \(error)")
        }
    }
}
