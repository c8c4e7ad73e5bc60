import Accounts
import Ecosystems
import HTTPSupport
import Hummingbird
import RegistryModel

/// Every page of people's own: signing up and in, factors, tokens, roles, administration.
///
/// None of them is ever kept, by the registry or by a browser; each answers for the person whose session the cookie names.
struct AccountRoutes: Sendable {
    let services: RegistryServices
    let account: AccountServices
    let presentations: [EcosystemPresentation]
    let renderer: PageRenderer

    /// Adds the routes to a group that renders refusals as pages.
    func addRoutes(to group: RouterGroup<RegistryContext>) {
        let web = AccountWeb(
            services: services, people: account.people, account: account, presentations: presentations,
            renderer: renderer)
        let pages = PageRoutes(group: group, web: web)
        SignInPages(web: web).addRoutes(to: pages)
        SignUpPages(web: web).addRoutes(to: pages)
        PasswordPages(web: web).addRoutes(to: pages)
        RecoveryPages(web: web).addRoutes(to: pages)
        HomePages(web: web).addRoutes(to: pages)
        FactorPages(web: web).addRoutes(to: pages)
        AddressPages(web: web).addRoutes(to: pages)
        TokenPages(web: web).addRoutes(to: pages)
        PublisherPages(web: web).addRoutes(to: pages)
        DevicePages(web: web).addRoutes(to: pages)
        OrganizationPages(web: web).addRoutes(to: pages)
        ProjectSettingsPages(web: web).addRoutes(to: pages)
        NamespacePages(web: web).addRoutes(to: pages)
        SigningKeyPages(web: web).addRoutes(to: pages)
        StagingPages(web: web).addRoutes(to: pages)
        DataPages(web: web).addRoutes(to: pages)
        AdministrationPages(web: web).addRoutes(to: pages)
        ServicePages(web: web).addRoutes(to: pages)
        CriticalPages(web: web).addRoutes(to: pages)
        DomainPages(web: web).addRoutes(to: pages)
        if let signOn = account.singleSignOn { SingleSignOnPages(web: web, signOn: signOn).addRoutes(to: pages) }
    }
}
