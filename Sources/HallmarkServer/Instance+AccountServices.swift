import Accounts
package import HTTPSupport
import Publishing
import RegistryModel

extension Instance {
    /// Puts together what pages and adapters do for people beside reading and publishing.
    ///
    /// A server asks for it once.
    package func makeAccountServices() -> AccountServices {
        let account = people.core
        let tokens = PersonalTokens(core: account, formats: core.formats)
        let trust = TrustedPublishing(
            core: account, formats: core.formats,
            verifier: outward.identityTokens,
            owners: configuration.outbound.githubAPI.map { OwnerLookup(fetcher: outward.fetcher, address: $0) })
        return AccountServices(
            people: people, namespaces: namespaces, personalTokens: tokens, trustedPublishing: trust,
            trustedPublishers: TrustedPublishers(lifecycle: lifecycle, trust: trust),
            secretReports: SecretReports(core: account, fetcher: outward.fetcher),
            deviceGrants: DeviceGrants(tokens: tokens, people: people), emailDomains: outward.emailDomains,
            singleSignOn: outward.singleSignOn)
    }
}
