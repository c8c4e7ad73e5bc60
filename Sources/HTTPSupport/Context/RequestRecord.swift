package import RegistryModel
import Synchronization

/// What is found out about a request while it is answered, for the log and for decisions that are made once.
///
/// A class because contexts are copied on their way through the router and all copies speak of one request.
package final class RequestRecord: Sendable {
    /// The facts that the log line shows beyond those of the request itself.
    package struct Facts: Sendable {
        /// The user whose credential was accepted.
        package var principalName: String?
        /// The code of the refusal, where the answer is one.
        package var problem: Problem.Code?
        /// The log-only part of the refusal.
        package var diagnostic: String?
        /// Whether the answer is longer than one write, so that it ends some time after the handler did.
        package var isStreaming = false
    }

    private struct State {
        var facts = Facts()
        var continued = false
        var laneOffer: LaneOffer?
        var isKeptFromLane = false
    }

    private let state = Mutex(State())

    /// Starts an empty record.
    package init() {}

    /// What is known by now.
    package var facts: Facts { state.withLock(\.facts) }

    /// Remembers whose credential was accepted.
    package func note(principalName: String) {
        state.withLock { $0.facts.principalName = principalName }
    }

    /// Remembers the refusal.
    ///
    /// The first one counts: it is the one that was rendered.
    package func note(problem: Problem) {
        state.withLock { state in
            guard state.facts.problem == nil else { return }
            state.facts.problem = problem.code
            state.facts.diagnostic = problem.diagnostic
        }
    }

    /// Remembers that the answer is a stream.
    package func noteStreaming() {
        state.withLock { $0.facts.isStreaming = true }
    }

    /// Says that the answer may be given again to whoever asks the same, until its project changes.
    func offer(toLane offer: LaneOffer) {
        state.withLock { if !$0.isKeptFromLane { $0.laneOffer = offer } }
    }

    /// Says that the answer is for one reader, whatever is offered later.
    package func keepFromLane() {
        state.withLock { state in
            state.isKeptFromLane = true
            state.laneOffer = nil
        }
    }

    /// The last offer.
    var laneOffer: LaneOffer? { state.withLock(\.laneOffer) }

    /// True for the first caller only.
    func claimContinue() -> Bool {
        state.withLock { state in
            defer { state.continued = true }
            return !state.continued
        }
    }
}
