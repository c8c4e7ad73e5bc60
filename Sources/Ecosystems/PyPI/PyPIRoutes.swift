import Accounts
import Formats
package import HTTPSupport
package import Hummingbird
import Publishing
import RegistryModel

/// The addresses that `pip`, `uv`, `twine` and tools around them ask for, laid out as on PyPI's host.
package struct PyPIRoutes: Sendable {
    private let services: RegistryServices

    /// Serves `services`.
    package init(services: RegistryServices) {
        self.services = services
    }

    /// Adds the routes under `path`; the router answers HEAD where there is GET.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let mount = PyPIMount(services: services, path: path)
        let publish = PyPIPublish(services: services, mount: mount.path)
        let group = router.group(RouterPath(path))
            .add(middleware: ProblemMiddleware(dialect: PyPIErrorDialect(publicURL: services.publicURL)))
        group.get("simple") { try await mount.list($0, $1) }
        group.get("simple/:name") { try await mount.project($0, $1) }
        group.get("files/:name/:version/:file") { try await mount.file($0, $1) }
        group.get("pypi/:name/json") { try await mount.document($0, $1) }
        group.get("pypi/:name/:version/json") { try await mount.document($0, $1) }
        group.post("legacy") { try await publish.upload($0, $1) }
    }
}
