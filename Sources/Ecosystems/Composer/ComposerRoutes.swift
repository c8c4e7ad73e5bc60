package import HTTPSupport
import HTTPTypes
package import Hummingbird

/// The addresses that Composer asks for, and the one that takes uploads.
package struct ComposerRoutes: Sendable {
    private let services: RegistryServices
    private let requiresAuthentication: Bool
    private let buildsKept: Int

    /// Serves `services`.
    /// - Parameters:
    ///   - services: The use cases.
    ///   - requiresAuthentication: Whether new projects can be read with a token only. The root document then needs one
    ///     too: a client that gets 404 for a package never asks for a credential.
    ///   - buildsKept: How many builds of a branch are kept.
    package init(services: RegistryServices, requiresAuthentication: Bool, buildsKept: Int = 10) {
        self.services = services
        self.requiresAuthentication = requiresAuthentication
        self.buildsKept = buildsKept
    }

    /// Adds the routes under `path`.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let trimmed = path.split(separator: "/").map { "/\($0)" }.joined()
        let mount = ComposerMount(services: services, path: trimmed, requiresAuthentication: requiresAuthentication)
        let root = ComposerRoot(mount: mount, vendors: ComposerVendors(services: services))
        let reads = ComposerReads(mount: mount)
        let lists = ComposerLists(mount: mount)
        let security = ComposerSecurity(mount: mount)
        let group = router.group(RouterPath(trimmed)).add(
            middleware: ProblemMiddleware(dialect: ComposerErrorDialect()))
        for method in [HTTPRequest.Method.get, .head] {
            group.on("packages.json", method: method, use: root.document)
            group.on("p2/:vendor/:file", method: method, use: reads.metadata)
            group.on("dist/:vendor/:name/:file", method: method, use: reads.archive)
        }
        group.get("list.json", use: lists.names)
        group.get("search.json", use: reads.search)
        group.get("providers/:vendor/:file", use: reads.providers)
        group.get("metadata/changes.json", use: reads.changes)
        group.get("filter/summary.json", use: security.filter)
        group.post("downloads", use: security.downloads)
        group.post("api/security-advisories", use: security.advisories)
        group.put(use: ComposerPublish(mount: mount, buildsKept: buildsKept).upload)
    }
}
