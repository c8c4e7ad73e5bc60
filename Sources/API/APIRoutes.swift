package import HTTPSupport
import HTTPTypes
package import Hummingbird
import NIOCore
package import Publishing
import RegistryModel
package import Response

/// Hallmark's own REST API under `/api/v1`, and its description at `/api/openapi.json`.
package struct APIRoutes: Sendable {
    private let services: RegistryServices
    private let namespaces: Namespaces
    private let operations: [APIOperation]

    /// Serves `services` and `namespaces`, and what is known of the instance's security.
    package init(services: RegistryServices, namespaces: Namespaces, assessment: Assessment) {
        self.services = services
        self.namespaces = namespaces
        operations =
            ProjectOperations.all + ReleaseOperations.all + StagingOperations.all
            + PeopleOperations.all + NamespaceOperations.all + NamespacePeopleOperations.all
            + SigningKeyOperations.all
            + OrganizationOperations.all + OwnershipOperations.all
            + AssessmentOperations(assessment: assessment).all
            + TrustedPublisherOperations.all + TokenOperations.all + ExchangeOperations.all
            + EmailDomainOperations.all
    }

    /// Adds the routes.
    package func addRoutes(to router: some RouterMethods<RegistryContext>, at path: String) {
        let dialect = ProblemJSONDialect(publicURL: services.publicURL)
        let group = router.group(RouterPath(path)).add(middleware: ProblemMiddleware(dialect: dialect))
        let description = OpenAPIDocument(publicURL: services.publicURL, operations: operations).json().bytes()
        group.get("openapi.json") { [services] request, context in
            try await services.index.respond(
                request, context, tag: nil, representation: "openapi", vary: nil
            ) { _ in
                Document(body: description, mediaType: "application/json", isPublic: true)
            }
        }
        DeviceRoutes(services: services).addRoutes(to: group)
        for operation in operations {
            group.on(RouterPath("v1" + operation.path), method: operation.method) {
                [services, namespaces] request, context in
                let answer = try await operation.handle(
                    APIRequest(request: request, context: context, services: services, namespaces: namespaces))
                guard let answer else { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
                return Response(
                    status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes())))
            }
        }
    }

    /// Every route and who may call it.
    package var access: [(method: String, path: String, access: RouteAccess)] {
        operations.map { ($0.method.rawValue, "/api/v1" + $0.path, $0.access) }
    }
}
