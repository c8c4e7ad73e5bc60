/// The probes of authentication and authorization, in the order in which they run.
enum InsideProbes {
    /// All of them; the ones that end in refusals for too many attempts come last.
    static let all: [Probe] =
        EmailProbes.all + RecoveryProbes.all + FactorProbes.all + PasswordProbes.all + TokenProbes.all + RoleProbes.all
        + CriticalProbes.all + TrustedPublishingProbes.all + LeakProbes.all + AttemptProbes.all
}
