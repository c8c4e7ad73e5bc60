import HTTPTypes
package import Hummingbird

/// Counts requests by route template: never by path, which clients choose.
package struct RequestMetrics: RouterMiddleware {
    package typealias Context = RegistryContext

    private static let knownMethods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private let metrics: HTTPMetrics

    /// Counts into these families.
    package init(_ metrics: HTTPMetrics) {
        self.metrics = metrics
    }

    package func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var status = "error"
        defer {
            let route = context.routeTemplate
            let method = Self.knownMethods.contains(request.method) ? request.method.rawValue : "other"
            metrics.requests.add(1, route, method, status)
            metrics.durations.observe((ContinuousClock.now - start) / .seconds(1), route)
        }
        let response = try await next(request, context)
        status = "\(response.status.code / 100)xx"
        return response
    }
}

extension RegistryContext {
    /// The template of the route that answers, `none` where no route does.
    var routeTemplate: String {
        switch endpointPath {
        case nil, "NotFound"?: "none"
        case let template?: template
        }
    }
}
