import Persistence
package import RegistryModel

/// All use cases of people's accounts, put together once by the composition root.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
package final class AccountUseCases: Sendable {
    package let core: AccountCore
    package let sessions: Sessions
    package let signIn: SignIn
    package let signUp: SignUp
    package let passwords: PasswordChange
    package let totp: TOTP
    package let securityKeys: WebAuthn
    package let recoveryCodes: RecoveryCodes
    package let addresses: Addresses
    package let resets: PasswordReset
    package let recovery: Recovery
    package let limits: AttemptLimits
    package let administration: UserAdministration
    package let own: OwnAccount

    /// Puts them together.
    ///
    /// `key` is the instance's secret of 32 bytes (see ``AccountKey``), `pool` computes hashes and signatures, and
    /// `leaks` is nil where leaked passwords are not looked for.
    package init(
        core: AccountCore, key: AccountKey, pool: any WorkPool, leaks: (any LeakedPasswordSource)?
    ) {
        let limits = AttemptLimits(core: core)
        let hasher = PasswordHasher(policy: core.policy, random: core.random, pool: pool)
        let secrets = PasswordRules(core: core, hasher: hasher, leaks: leaks)
        let sessions = Sessions(core: core)
        self.core = core
        self.limits = limits
        self.sessions = sessions
        totp = TOTP(core: core)
        securityKeys = WebAuthn(core: core, key: key, pool: pool)
        recoveryCodes = RecoveryCodes(core: core)
        let proofs = FactorProofs(core: core, securityKeys: securityKeys)
        signIn = SignIn(core: core, sessions: sessions, rules: secrets, proofs: proofs, limits: limits)
        signUp = SignUp(core: core, sessions: sessions, rules: secrets, limits: limits)
        passwords = PasswordChange(core: core, sessions: sessions, rules: secrets, limits: limits)
        addresses = Addresses(core: core, limits: limits)
        resets = PasswordReset(core: core, sessions: sessions, rules: secrets, proofs: proofs, limits: limits)
        recovery = Recovery(core: core, rules: secrets, limits: limits)
        administration = UserAdministration(core: core)
        own = OwnAccount(core: core)
    }

    /// Removes what is over, and moves recoveries on; the house calls it every minute.
    package func tidy() async throws {
        try await sessions.sweep()
        let now = core.clock.now()
        try await core.driver.write { connection in
            try SecurityKeyStore(connection).sweepChallenges(now: now)
            // The longest wait is an hour, and what has not been touched for a day has faded.
            try AttemptStore(connection).sweep(before: now.advanced(bySeconds: -2 * 86_400))
            try AccountLinkStore(connection).sweep(before: now.advanced(bySeconds: -30 * 86_400))
        }
        try await recovery.advance()
    }
}
