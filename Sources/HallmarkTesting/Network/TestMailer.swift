package import RegistryModel
import Synchronization

/// A mailer that keeps what it is given, and fails where a test says so.
package final class TestMailer: Mailer {
    private struct State {
        var sent: [Mail] = []
        var fault: (@Sendable (Mail) -> MailFault?)?
        var attempts = 0
    }

    private let state = Mutex(State())

    /// Makes one that takes everything.
    package init() {}

    /// What it took over, in order.
    package var sent: [Mail] { state.withLock { $0.sent } }
    /// How often it was asked.
    package var attempts: Int { state.withLock { $0.attempts } }

    /// Refuses what `fault` finds a fault for; nil to take everything again.
    package func set(_ fault: (@Sendable (Mail) -> MailFault?)?) {
        state.withLock { $0.fault = fault }
    }

    package func send(_ mail: Mail) async throws {
        let fault = state.withLock { state in
            state.attempts += 1
            return state.fault?(mail)
        }
        if let fault { throw fault }
        state.withLock { $0.sent.append(mail) }
    }
}
