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
            renderer: renderer, group: group)
        SignInPages(web: web).addRoutes()
        SignUpPages(web: web).addRoutes()
        PasswordPages(web: web).addRoutes()
        RecoveryPages(web: web).addRoutes()
        HomePages(web: web).addRoutes()
        FactorPages(web: web).addRoutes()
        AddressPages(web: web).addRoutes()
        TokenPages(web: web).addRoutes()
        PublisherPages(web: web).addRoutes()
        DevicePages(web: web).addRoutes()
        OrganizationPages(web: web).addRoutes()
        ProjectSettingsPages(web: web).addRoutes()
        NamespacePages(web: web).addRoutes()
        StagingPages(web: web).addRoutes()
        DataPages(web: web).addRoutes()
        AdministrationPages(web: web).addRoutes()
        ServicePages(web: web).addRoutes()
        CriticalPages(web: web).addRoutes()
    }
}
