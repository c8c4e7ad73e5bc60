import Blobs
import HTTPSupport
import HTTPTypes
import Hummingbird
import Logging
import Publishing
import RegistryModel
import WebUI

extension Server {
    /// One address that a server answers.
    package struct Route: Hashable, Sendable {
        /// The method, in capitals.
        package let method: String
        /// The path as the router knows it, with `{parameters}` and `**` for any rest.
        package let path: String
    }

    /// Every route of a server with these settings, without serving it.
    ///
    /// What answers beside them follows from them: HEAD where there is GET, OPTIONS, 405 and 404.
    package static func routes(_ settings: Settings) async throws -> [Route] {
        let configuration = try ServerConfiguration(settings)
        let instance = try await Instance.open(InstanceConfiguration(settings), schema: .migrate)
        let server = Server(
            configuration: configuration, instance: instance, cache: ResponseCache(bytes: 0), metrics: Metrics(),
            sink: DescriptorLogSink(), logger: Logger(label: "hallmark"),
            assessment: assessment(of: instance, settings: EffectiveSettings(settings)), openFiles: OpenFileShares())
        let router = Router(context: RegistryContext.self)
        do {
            server.addRoutes(to: router, try PageRenderer())
        } catch {
            await instance.close()
            throw error
        }
        await instance.close()
        return router.routes.map { Route(method: $0.method.rawValue, path: $0.path.description) }
    }

    /// Adds everything that is served.
    func addRoutes(to router: Router<RegistryContext>, _ renderer: PageRenderer) {
        OperationalRoutes(metrics: metrics, metricsReaders: configuration.metricsReaders) { [instance] in
            await instance.isReady()
        }.addRoutes(to: router)
        let services = RegistryServices(
            catalog: instance.catalog, publishing: instance.publishing, lifecycle: instance.lifecycle,
            stagings: instance.stagings, accounts: instance.accounts, cache: cache, downloads: instance.downloads,
            publicURL: configuration.publicURL, limits: configuration.limits, clock: instance.clock,
            accountServices: instance.makeAccountServices())
        RegistryRoutes(
            services: services, namespaces: instance.namespaces, signer: instance.signer, renderer: renderer,
            policy: instance.lifecycle.unpublishPolicy, maven: instance.configuration.maven,
            composerBuildsKept: instance.configuration.composerBuildsKept, assessment: assessment,
            contacts: configuration.contacts,
            isPrivate: instance.configuration.visibility != .public
        ).addRoutes(to: router)
    }
}
