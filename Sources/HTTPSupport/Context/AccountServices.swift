package import Accounts
package import Publishing

/// The use cases of people: what the pages, the API and the adapters' own sign-in need beside ``RegistryServices``.
///
/// An object and no value: everything that holds it, such as the closure of every route, would copy it whole otherwise.
package final class AccountServices: Sendable {
    /// Signing up and in, factors, sessions, addresses, recovery.
    package let people: AccountUseCases
    /// Whose scopes and groupIds are.
    package let namespaces: Namespaces
    /// Tokens that people make.
    package let personalTokens: PersonalTokens
    /// Identity tokens, exchanged for tokens of minutes.
    package let trustedPublishing: TrustedPublishing
    /// Which workflows may publish what.
    package let trustedPublishers: TrustedPublishers
    /// Leaked tokens, and who may report them.
    package let secretReports: SecretReports
    /// Programs that wait for somebody to allow them.
    package let deviceGrants: DeviceGrants
    /// The domains of email addresses, and whether somebody keeps them.
    package let emailDomains: EmailDomains
    /// Signing in through an issuer; nil where none is configured.
    package let singleSignOn: SingleSignOn?

    /// Collects the use cases; the composition root does it.
    package init(
        people: AccountUseCases, namespaces: Namespaces, personalTokens: PersonalTokens,
        trustedPublishing: TrustedPublishing, trustedPublishers: TrustedPublishers, secretReports: SecretReports,
        deviceGrants: DeviceGrants,
        emailDomains: EmailDomains, singleSignOn: SingleSignOn?
    ) {
        self.people = people
        self.namespaces = namespaces
        self.personalTokens = personalTokens
        self.trustedPublishing = trustedPublishing
        self.trustedPublishers = trustedPublishers
        self.secretReports = secretReports
        self.deviceGrants = deviceGrants
        self.emailDomains = emailDomains
        self.singleSignOn = singleSignOn
    }
}
