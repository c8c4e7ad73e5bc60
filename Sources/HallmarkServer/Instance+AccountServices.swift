import Accounts
import HTTPSupport
import Publishing
import RegistryModel

extension Instance {
    /// Puts together what pages and adapters do for people beside reading and publishing.
    ///
    /// A server asks for it once.
    func makeAccountServices() -> AccountServices {
        let account = people.core
        let fetcher = CurlFetcher(pool: asking)
        let tokens = PersonalTokens(core: account, formats: core.formats)
        let trust = TrustedPublishing(
            core: account, formats: core.formats,
            verifier: outward.identityTokens)
        return AccountServices(
            people: people, namespaces: namespaces, personalTokens: tokens, trustedPublishing: trust,
            trustedPublishers: TrustedPublishers(lifecycle: lifecycle, trust: trust),
            secretReports: SecretReports(core: account, fetcher: outward.fetcher),
            deviceGrants: DeviceGrants(tokens: tokens, people: people), emailDomains: outward.emailDomains,
            singleSignOn: outward.singleSignOn)
    }
}
