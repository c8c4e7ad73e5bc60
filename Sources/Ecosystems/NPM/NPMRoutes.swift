package import HTTPSupport
import HTTPTypes
package import Hummingbird

/// The addresses that npm, yarn and pnpm ask for.
///
/// Paths are matched as they come: a scoped package is one segment (`@scope%2fname`) in most requests and two in tarball
/// addresses, so every address with a package exists twice. `:package` is the first segment in both, `:name` the second.
package struct NPMRoutes: Sendable {
    private let services: RegistryServices
    private let signer: NPMSigner

    private typealias Handler = @Sendable (Request, RegistryContext) async throws -> Response

    /// Serves `services`; `signer` is the one that signs releases.
    package init(services: RegistryServices, signer: NPMSigner) {
        self.services = services
        self.signer = signer
    }

    /// Adds the routes under `path`.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let mount = NPMMount(services: services, signer: signer, path: path)
        let signIn = NPMSignIn(mount: mount)
        let group = router.group(RouterPath(path)).add(middleware: NPMAnswers())
            .add(middleware: NPMChallenge(signIn: signIn))
        addReading(to: group, NPMReading(mount: mount))
        addPublishing(to: group, NPMPublish(mount: mount), NPMChanges(mount: mount))
        addSettings(to: group, NPMSettings(mount: mount))
        addOrganizations(to: group, NPMOrganizations(mount: mount))
        addPeople(to: group, NPMPeople(mount: mount))
        group.post("-/v1/login", use: signIn.begin)
        group.get("-/v1/done", use: signIn.done)
        group.get("-/v1/proof", use: signIn.proof)
        addStaging(to: group, NPMStaging(mount: mount))
        let security = NPMSecurity(mount: mount)
        group.get("-/ping", use: security.ping)
        group.get("-/npm/v1/keys", use: security.keys)
        group.post("-/npm/v1/security/advisories/bulk", use: security.advisories)
        group.post("-/npm/v1/security/audits", use: security.audit)
        group.post("-/npm/v1/security/audits/quick", use: security.audit)
    }

    private func addReading(to group: RouterGroup<RegistryContext>, _ reading: NPMReading) {
        for method in [HTTPRequest.Method.get, .head] {
            group.on(":package", method: method, use: reading.packument)
            group.on(":package/:name", method: method, use: reading.packumentOrVersion)
            group.on(":package/:name/:version", method: method, use: reading.scopedVersion)
            both(group, method, "", "/-/:file", reading.tarball)
        }
        group.get("-/v1/search", use: reading.search)
    }

    private func addPublishing(
        to group: RouterGroup<RegistryContext>, _ publish: NPMPublish, _ changes: NPMChanges
    ) {
        both(group, .put, "", "", publish.put)
        both(group, .put, "", "/-rev/:rev", changes.replace)
        both(group, .delete, "", "/-rev/:rev", changes.removePackage)
        both(group, .delete, "", "/-/:file/-rev/:rev", changes.removeTarball)
    }

    private func addSettings(to group: RouterGroup<RegistryContext>, _ settings: NPMSettings) {
        both(group, .get, "-/package/", "/dist-tags", settings.tags)
        both(group, .put, "-/package/", "/dist-tags/:tag", settings.setTag)
        both(group, .delete, "-/package/", "/dist-tags/:tag", settings.removeTag)
        both(group, .get, "-/package/", "/visibility", settings.visibility)
        both(group, .post, "-/package/", "/access", settings.setAccess)
        both(group, .get, "-/package/", "/collaborators", settings.collaborators)
        group.get("-/user/:user/package", use: settings.packages)
    }

    private func addOrganizations(to group: RouterGroup<RegistryContext>, _ organizations: NPMOrganizations) {
        group.get("-/org/:scope/package", use: organizations.packages)
        group.get("-/org/:scope/user", use: organizations.members)
        group.put("-/org/:scope/user", use: organizations.setMember)
        group.delete("-/org/:scope/user", use: organizations.removeMember)
        group.get("-/org/:scope/team", use: organizations.teams)
        group.put("-/org/:scope/team", use: organizations.createTeam)
        group.delete("-/team/:scope/:team", use: organizations.deleteTeam)
        group.get("-/team/:scope/:team/user", use: organizations.teamMembers)
        group.put("-/team/:scope/:team/user", use: organizations.addToTeam)
        group.delete("-/team/:scope/:team/user", use: organizations.removeFromTeam)
        group.get("-/team/:scope/:team/package", use: organizations.teamPackages)
        group.put("-/team/:scope/:team/package", use: organizations.grant)
        group.delete("-/team/:scope/:team/package", use: organizations.revoke)
    }

    private func addStaging(to group: RouterGroup<RegistryContext>, _ staging: NPMStaging) {
        both(group, .post, "-/stage/package/", "", staging.publish)
        group.get("-/stage", use: staging.list)
        group.get("-/stage/:id", use: staging.show)
        group.get("-/stage/:id/tarball", use: staging.tarball)
        group.post("-/stage/:id/approve", use: staging.approve)
        group.delete("-/stage/:id", use: staging.reject)
    }

    private func addPeople(to group: RouterGroup<RegistryContext>, _ people: NPMPeople) {
        group.get("-/whoami", use: people.whoami)
        group.get("-/user/:user", use: people.user)
        group.put("-/user/:user", use: people.login)
        group.put("-/user/:user/-rev/:rev", use: people.login)
        group.delete("-/user/token/:token", use: people.logout)
        group.get("-/npm/v1/user", use: people.profile)
        group.post("-/npm/v1/user", use: people.changeProfile)
        group.get("-/npm/v1/tokens", use: people.tokens)
        group.post("-/npm/v1/tokens", use: people.login)
        group.delete("-/npm/v1/tokens/token/:key", use: people.revokeToken)
    }

    /// Adds a route in both spellings of a package.
    private func both(
        _ group: RouterGroup<RegistryContext>, _ method: HTTPRequest.Method, _ head: String, _ tail: String,
        _ handler: @escaping Handler
    ) {
        for package in [":package", ":package/:name"] {
            group.on(RouterPath(head + package + tail), method: method, use: handler)
        }
    }
}
