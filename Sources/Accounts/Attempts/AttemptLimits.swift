import Crypto
import Persistence
import RegistryModel

/// Limits on guessing (AUTHN-1.5), by account, by network and overall, in the database so that neither a restart nor another
/// node resets them.
///
/// Each failure beyond the free ones makes the wait longer, and failures fade with time. An attempt is taken before it is
/// looked at and given back when it succeeds, so that many at once cannot pass together. An account is counted by what was
/// typed, whether there is such an account or not; a browser from which the account has signed in before has a counter of
/// its own and no other, so that nobody can lock the owner out by failing on purpose.
package struct AttemptLimits: Sendable {
    private let core: AccountCore

    /// Counts by the core's clock.
    package init(core: AccountCore) {
        self.core = core
    }

    /// What is tried.
    package enum Scope: String, Sendable, CaseIterable {
        case password
        case secondFactor = "second-factor"
        case recovery
        case webauthn
        case signUp = "sign-up"
        case token

        var rules: AttemptRules {
            switch self {
            case .password, .secondFactor: .guesses
            case .recovery, .signUp: .mails
            case .webauthn, .token: .signatures
            }
        }
    }

    /// Takes an attempt before it is looked at, so that many at once cannot pass a limit together.
    ///
    /// `account` is what is tried to be entered, as text: an id, or a name that may not exist.
    /// Throws ``Problem/Code/tooManyAttempts`` with the seconds to wait; that writes nothing.
    package func check(
        _ scope: Scope, account: String?, visitor: Visitor, isKnownDevice: Bool = false
    ) async throws {
        let counters = Self.counters(scope, account: account, visitor: visitor, isKnownDevice: isKnownDevice)
        let now = core.clock.now()
        try await core.driver.read { connection in
            for counter in counters { _ = try counter.admitted(connection, now: now) }
        }
        try await core.driver.write { connection in
            for counter in counters {
                let count = try counter.admitted(connection, now: now)
                try AttemptStore(connection).put(
                    scope: counter.scope, subject: counter.subject, count: count + 1, at: now)
            }
        }
    }

    /// Gives an attempt back that succeeded, and forgets the account's failures.
    package func succeeded(
        _ scope: Scope, account: String?, visitor: Visitor, isKnownDevice: Bool = false
    ) async throws {
        let counters = Self.counters(scope, account: account, visitor: visitor, isKnownDevice: isKnownDevice)
        try await core.driver.write { connection in
            let store = AttemptStore(connection)
            for counter in counters {
                if counter.isAccount {
                    try store.clear(scope: counter.scope, subject: counter.subject)
                } else {
                    try store.lower(scope: counter.scope, subject: counter.subject)
                }
            }
        }
    }

    private static func counters(
        _ scope: Scope, account: String?, visitor: Visitor, isKnownDevice: Bool
    ) -> [AttemptCounter] {
        let rules = scope.rules
        if isKnownDevice, let account, let device = visitor.device {
            return [
                AttemptCounter(scope, "device", "\(account)\u{0}\(device)", rule: rules.account, isAccount: true)
            ]
        }
        var counters = [
            AttemptCounter(scope, "network", Network.counted(visitor.address), rule: rules.network),
            AttemptCounter(scope, "overall", "", rule: rules.overall),
        ]
        if let account {
            counters.insert(AttemptCounter(scope, "account", account, rule: rules.account, isAccount: true), at: 0)
        }
        return counters
    }
}

/// One row of the counters with its rule.
struct AttemptCounter: Sendable {
    let scope: String
    /// A SHA-256, so that the table names nobody.
    let subject: [UInt8]
    let rule: AttemptRule
    let isAccount: Bool

    init(_ scope: AttemptLimits.Scope, _ kind: String, _ text: String, rule: AttemptRule, isAccount: Bool = false) {
        self.scope = scope.rawValue
        subject = Array(SHA256.hash(data: Array("\(kind)\u{0}\(text)".utf8)))
        self.rule = rule
        self.isAccount = isAccount
    }

    /// How many failures still count, where the wait after the last one is over.
    ///
    /// Throws ``Problem/Code/tooManyAttempts``.
    func admitted(_ connection: any SQLConnection, now: Timestamp) throws -> Int64 {
        guard let row = try AttemptStore(connection).find(scope: scope, subject: subject) else { return 0 }
        return try rule.admitted(count: row.count, lastAt: row.lastAt, now: now)
    }
}

extension AttemptRule {
    /// How many failures still count, where the wait after the last one is over.
    ///
    /// Throws ``Problem/Code/tooManyAttempts``.
    func admitted(count: Int64, lastAt: Timestamp, now: Timestamp) throws(Problem) -> Int64 {
        let left = remaining(count, after: now.seconds - lastAt.seconds)
        let opens = lastAt.advanced(bySeconds: wait(after: left))
        guard now < opens else { return left }
        let seconds = (opens.microseconds - now.microseconds + 999_999) / 1_000_000
        throw Problem(
            .tooManyAttempts, "There were too many attempts. Try again in \(Self.words(seconds)).",
            retryAfterSeconds: seconds)
    }

    private static func words(_ seconds: Int64) -> String {
        seconds < 120 ? "\(seconds) seconds" : "\((seconds + 59) / 60) minutes"
    }
}
