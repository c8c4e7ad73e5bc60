/// How many failures are free, and how the wait grows after them.
struct AttemptRule: Hashable, Sendable {
    /// How many failures cost nothing.
    let free: Int64
    /// The wait after the first failure beyond them; each further one doubles it.
    let baseSeconds: Int64
    let maximumSeconds: Int64
    /// After how long one failure is forgotten: in the long run nobody fails more often than once in that time.
    let fadeSeconds: Int64

    /// How many of some failures still count after a time.
    func remaining(_ count: Int64, after seconds: Int64) -> Int64 {
        max(0, count - max(0, seconds) / fadeSeconds)
    }

    /// How long to wait after the last of some failures.
    func wait(after count: Int64) -> Int64 {
        guard count >= free else { return 0 }
        let doublings = min(count - free, 20)
        return min(maximumSeconds, baseSeconds << doublings)
    }
}

/// The rules of one scope: by account, by network and overall.
struct AttemptRules: Hashable, Sendable {
    let account: AttemptRule
    let network: AttemptRule
    let overall: AttemptRule

    /// Guesses of passwords and second factors: about two an hour and account in the long run.
    static let guesses = AttemptRules(
        account: AttemptRule(free: 5, baseSeconds: 30, maximumSeconds: 3600, fadeSeconds: 1800),
        network: AttemptRule(free: 30, baseSeconds: 5, maximumSeconds: 900, fadeSeconds: 60),
        overall: AttemptRule(free: 2000, baseSeconds: 1, maximumSeconds: 30, fadeSeconds: 1))

    /// What sends mail to others, or begins something that people have to look at.
    static let mails = AttemptRules(
        account: AttemptRule(free: 3, baseSeconds: 60, maximumSeconds: 3600, fadeSeconds: 1800),
        network: AttemptRule(free: 20, baseSeconds: 10, maximumSeconds: 1800, fadeSeconds: 120),
        overall: AttemptRule(free: 500, baseSeconds: 1, maximumSeconds: 30, fadeSeconds: 2))

    /// Signatures, which cannot be guessed: what is limited is the work of checking them.
    static let signatures = AttemptRules(
        account: AttemptRule(free: 20, baseSeconds: 5, maximumSeconds: 600, fadeSeconds: 60),
        network: AttemptRule(free: 60, baseSeconds: 2, maximumSeconds: 300, fadeSeconds: 10),
        overall: AttemptRule(free: 5000, baseSeconds: 1, maximumSeconds: 10, fadeSeconds: 1))
}
