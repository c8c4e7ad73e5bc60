package import Hummingbird
package import RegistryModel

/// Puts the router together: what every request passes, then the routes that the composition root adds.
package struct RegistryRouter: Sendable {
    /// The address that links are made with.
    package var publicURL: PublicURL
    /// The bounds.
    package var limits = ServerLimits()
    /// Whose forwarding headers are believed.
    package var trustedProxies = TrustedProxies()
    /// Dialects for errors outside every route, by path prefix.
    package var dialects: [(prefix: String, dialect: any ErrorDialect)] = []
    /// Where the request log goes; nil for none.
    package var log: (any LogSink)?
    /// What is counted.
    package var metrics: HTTPMetrics
    /// The time.
    package var clock: any WallClock
    /// What learns from answers; nil for nothing.
    package var lane: Lane?
    /// Whether browsers are told to use https only from now on.
    ///
    /// Not with a local certificate authority.
    package var enforcesHTTPS = false

    /// Starts with what there is no default for.
    package init(publicURL: PublicURL, metrics: HTTPMetrics, clock: any WallClock) {
        self.publicURL = publicURL
        self.metrics = metrics
        self.clock = clock
    }

    /// Makes the responder that both listeners share.
    /// - Parameter addRoutes: Adds every route.
    /// - Returns: The responder, for ``HTTPServer``.
    /// - Throws: What `addRoutes` throws.
    package func responder(
        addRoutes: (Router<RegistryContext>) throws -> Void
    ) rethrows -> RouterResponder<RegistryContext> {
        let router = Router(context: RegistryContext.self, options: .autoGenerateHeadEndpoints)
        let methods = MethodFallback.Table()
        router.add(
            middleware: RequestIdentity(
                proxies: trustedProxies, targetBytes: limits.connection.targetBytes, lane: lane))
        if let log { router.add(middleware: RequestLog(sink: log, clock: clock)) }
        router.add(middleware: RequestMetrics(metrics))
        router.add(
            middleware: SecurityHeaders(strictTransport: enforcesHTTPS ? "max-age=31536000" : nil))
        router.add(
            middleware: ProblemMiddleware(
                dialect: PathDialects(dialects, fallback: ProblemJSONDialect(publicURL: publicURL))))
        if let limit = limits.requestsInFlight { router.add(middleware: InFlightLimit(limit)) }
        router.add(middleware: MethodFallback(methods))
        try addRoutes(router)
        methods.fill(from: router)
        return router.buildResponder()
    }
}
