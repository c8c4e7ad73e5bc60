package import HTTPSupport
import HTTPTypes
package import Hummingbird
import RegistryModel

/// The addresses that SwiftPM asks for
/// ([specification](https://github.com/swiftlang/swift-package-manager/blob/main/Documentation/PackageRegistry/Registry.md#4-endpoints)).
package struct SwiftRoutes: Sendable {
    private let services: RegistryServices

    /// Serves `services`.
    package init(services: RegistryServices) {
        self.services = services
    }

    /// Adds the routes under `path`; the router answers HEAD where there is GET.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let mount = SwiftMount(services: services, path: path)
        let reading = SwiftReading(mount: mount)
        let publish = SwiftPublish(mount: mount)
        let session = SwiftSession(mount: mount)
        let group = router.group(RouterPath(path))
            .add(middleware: ProblemMiddleware(dialect: SwiftErrorDialect(publicURL: services.publicURL)))
            .add(middleware: SwiftProtocolVersion())
        group.get("identifiers") { try await reading.identifiers($0, $1) }
        group.get("availability") { session.availability($0, $1) }
        group.post("") { try await session.login($0, $1) }
        group.post("login") { try await session.login($0, $1) }
        group.get(":scope/:name") { try await reading.releases($0, $1) }
        group.get(":scope/:name/:version") { try await reading.releaseOrArchive($0, $1) }
        group.get(":scope/:name/:version/Package.swift") { try await reading.manifest($0, $1) }
        group.put(":scope/:name/:version") { try await publish.publish($0, $1) }
    }
}
