import Accounts
import HTTPSupport
import Outbound
import Publishing
import RegistryModel

extension Instance {
    /// Puts together what pages and adapters do for people beside reading and publishing.
    ///
    /// Keys of issuers are kept for as long as what is returned, so a server asks for it once.
    func makeAccountServices() -> AccountServices {
        let account = people.core
        let fetcher = CurlFetcher(pool: asking)
        let tokens = PersonalTokens(core: account, formats: core.formats)
        let trust = TrustedPublishing(
            core: account, formats: core.formats,
            verifier: IdentityTokenVerifier(
                directory: IssuerDirectory(fetcher: fetcher, clock: clock), clock: clock))
        return AccountServices(
            people: people, namespaces: namespaces, personalTokens: tokens, trustedPublishing: trust,
            trustedPublishers: TrustedPublishers(lifecycle: lifecycle, trust: trust),
            secretReports: SecretReports(core: account, fetcher: fetcher),
            deviceGrants: DeviceGrants(tokens: tokens, people: people))
    }
}
