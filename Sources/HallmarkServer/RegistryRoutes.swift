import API
import Ecosystems
import HTTPSupport
import Hummingbird
import Publishing
import RegistryModel
import Response
import WebUI

/// Every route but the operational ones, each adapter mounted at its place.
struct RegistryRoutes: Sendable {
    let services: RegistryServices
    let namespaces: Namespaces
    let signer: NPMSigner
    let renderer: PageRenderer
    let policy: UnpublishPolicy
    let maven: MavenPolicy
    /// How many builds of a branch of a PHP package are kept.
    let composerBuildsKept: Int
    let assessment: Assessment
    /// Where weaknesses are reported.
    let contacts: [String]
    /// Whether new projects are hidden from anonymous readers, so that clients must send their tokens with every read.
    let isPrivate: Bool

    func addRoutes(to router: Router<RegistryContext>) {
        addAdapters(to: router, services, requiresAuthentication: isPrivate)
        StagingView(services: services) { addAdapters(to: $0, $1, requiresAuthentication: true) }.addRoutes(to: router)
        PyPITrustRoutes(services: services, path: "/pypi").addRoutes(to: router)
        for path in ["", "/cargo"] { CargoTrustRoutes(services: services).addRoutes(to: router, at: path) }
        for path in ["", "/npm"] { NPMTrustRoutes(services: services, signer: signer).addRoutes(to: router, at: path) }
        SecretRoutes(services: services).addRoutes(to: router)
        APIRoutes(services: services, namespaces: namespaces, assessment: assessment).addRoutes(to: router, at: "/api")
        WebUIRoutes(
            services: services, presentations: Ecosystems.presentations, renderer: renderer, assessment: assessment,
            contacts: contacts
        ).addRoutes(to: router)
    }

    /// Mounts every adapter.
    ///
    /// - Parameters:
    ///   - router: Where.
    ///   - services: What they answer from.
    ///   - requiresAuthentication: Whether clients must send their tokens with every read.
    private func addAdapters(
        to router: Router<RegistryContext>, _ services: RegistryServices, requiresAuthentication: Bool
    ) {
        PyPIRoutes(services: services).addRoutes(to: router, at: "/pypi")
        CargoRoutes(services: services, requiresAuthentication: requiresAuthentication)
            .addRoutes(to: router, at: "/cargo")
        NPMRoutes(services: services, signer: signer).addRoutes(to: router, at: "/npm")
        SwiftRoutes(services: services).addRoutes(to: router, at: "/swift")
        ComposerRoutes(
            services: services, requiresAuthentication: requiresAuthentication, buildsKept: composerBuildsKept
        )
        .addRoutes(to: router, at: "/composer")
        MavenRoutes(services: services, policy: maven, requiresAuthentication: requiresAuthentication)
            .addRoutes(to: router, at: "/maven")
    }
}
