import Formats
package import HTTPSupport
import HTTPTypes
package import Hummingbird
import Publishing
import RegistryModel

/// The two repositories that Maven, Gradle and their kin read and deploy to, and the publisher portal's API.
package struct MavenRoutes: Sendable {
    private let services: RegistryServices
    private let policy: MavenPolicy
    private let requiresAuthentication: Bool

    /// Serves `services`.
    /// - Parameters:
    ///   - services: The use cases.
    ///   - policy: What is asked of a release.
    ///   - requiresAuthentication: Whether reading takes a token. Java clients send theirs only when they are asked, so that
    ///     everything has to ask.
    package init(services: RegistryServices, policy: MavenPolicy, requiresAuthentication: Bool) {
        self.services = services
        self.policy = policy
        self.requiresAuthentication = requiresAuthentication
    }

    /// Adds the routes under `path`.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let trimmed = path.split(separator: "/").map { "/\($0)" }.joined()
        let group = router.group(RouterPath(trimmed))
            .add(middleware: ProblemMiddleware(dialect: MavenErrorDialect(publicURL: services.publicURL)))
        let completion = MavenCompletion(
            publishing: services.publishing, catalog: services.catalog, lifecycle: services.lifecycle, policy: policy)
        for repository in MavenRepository.allCases {
            let reads = MavenReads(
                services: services, repository: repository, requiresAuthentication: requiresAuthentication)
            let deploy = MavenDeploy(services: services, repository: repository, completion: completion)
            let place = RouterPath("\(repository.rawValue)/**")
            for method in [HTTPRequest.Method.get, .head] {
                group.on(place, method: method) { try await reads.read($0, $1) }
                group.on(RouterPath(repository.rawValue), method: method) { _, _ -> Response in
                    throw Problem(.notFound, "This is a repository for Maven and Gradle; it lists no directories.")
                }
            }
            group.put(place) { try await deploy.put($0, $1) }
        }
        MavenPublisher(services: services, completion: completion).addRoutes(to: group.group("api/v1/publisher"))
    }
}
