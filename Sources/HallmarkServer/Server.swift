import API
import Accounts
import Blobs
import Ecosystems
import Foundation
import HTTPSupport
import Hummingbird
import Logging
import NIOCore
import Persistence
import Publishing
import RegistryModel
import Response
import ServiceLifecycle
import UnixSignals
import WebUI

/// The composition root of `hallmark serve`.
package struct Server: Sendable {
    let configuration: ServerConfiguration
    let instance: Instance
    let cache: ResponseCache
    let metrics: Metrics
    let sink: DescriptorLogSink
    let logger: Logger
    let assessment: Assessment
    let openFiles: OpenFileShares

    /// Opens the instance that the settings describe and serves it until SIGTERM or SIGINT; running publishes finish.
    package static func run(_ settings: Settings) async throws {
        // A peer that goes away while it is written to must not end the process.
        signal(SIGPIPE, SIG_IGN)
        // Nor may a file that reaches the largest size which the process is allowed: the write fails instead.
        signal(SIGXFSZ, SIG_IGN)
        NIOSingletons.blockingPoolThreadCountSuggestion = 8
        let instanceConfiguration = try InstanceConfiguration(settings)
        var configuration = try ServerConfiguration(settings)
        let clock = SystemClock()
        let sink = DescriptorLogSink()
        let level = configuration.logLevel
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, sink: sink, clock: clock, level: level) }
        let logger = Logger(label: "hallmark")
        OpenFileLimit.raise()
        let openFiles = OpenFileLimit.fit(&configuration, logger: logger)
        // An eighth is the lane's, for heads and keys.
        let cache = ResponseCache(bytes: configuration.limits.responseCacheBytes / 8 * 7)
        let instance = try await Instance.open(
            instanceConfiguration, schema: .migrate, clock: clock, openFiles: openFiles,
            changed: { cache.invalidate($0) })
        let effective = EffectiveSettings(settings)
        let server = Server(
            configuration: configuration, instance: instance, cache: cache, metrics: Metrics(), sink: sink,
            logger: logger, assessment: assessment(of: instance, settings: effective), openFiles: openFiles)
        do {
            try effective.write(to: instanceConfiguration.data)
            try await instance.blobs.prepare()
            try await server.serve()
        } catch {
            await instance.close()
            sink.flush()
            throw error
        }
        await instance.close()
        sink.flush()
    }

    /// What is known of the security of an instance with those settings.
    static func assessment(of instance: Instance, settings: EffectiveSettings) -> Assessment {
        let digest = BinaryDigest(pool: instance.core.readingPool)
        return Assessment(
            facts: InstanceFacts(version: HallmarkVersion.text, policies: settings.policies) {
                try await digest.hex()
            }, scorecards: instance.scorecards)
    }

    private func serve() async throws {
        let counts = HTTPMetrics(metrics, cache: cache)
        let outbox = OutboxWorker(core: instance.core, handlers: [])
        let storage = StorageMetrics()
        instance.register(metrics, storage: storage)
        let mails = MailMetrics()
        mails.register(metrics)
        instance.outward.warn(instance.configuration, logger: logger)
        let link = try await instance.firstLink(isTerminal: isatty(STDOUT_FILENO) == 1)
        let lane = Lane(
            cache: cache, metrics: counts, log: sink, clock: instance.clock, proxies: configuration.trustedProxies,
            bytes: configuration.limits.responseCacheBytes / 8,
            // What it keeps open is not there for other downloads.
            openFiles: min(Lane.mostOpenFiles, openFiles.downloads.limit / 4))
        let server = try HTTPServer(
            configuration: try httpConfiguration(), responder: responder(counts, try PageRenderer(), lane),
            observer: counts.observer(log: sink, clock: instance.clock), lane: lane, logger: logger
        ) { [self] listener, address in
            announce(listener, address, link: link)
        }
        let house = Loop {
            await Maintenance(instance: instance, outbox: outbox, storage: storage, logger: logger).run()
        }
        let outward = Loop {
            await OutwardMaintenance(
                services: instance.outward, metrics: mails, clock: instance.clock, logger: logger
            ).run()
        }
        let follower = Loop {
            try await ChangeFollower(
                driver: instance.driver, databaseURL: instance.configuration.databaseURL, cache: cache, logger: logger
            ).run()
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [house, outward, follower, server], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
    }

    private func responder(
        _ counts: HTTPMetrics, _ renderer: PageRenderer, _ lane: Lane
    ) -> RouterResponder<RegistryContext> {
        var router = RegistryRouter(publicURL: configuration.publicURL, metrics: counts, clock: instance.clock)
        router.limits = configuration.limits
        router.trustedProxies = configuration.trustedProxies
        router.log = sink
        router.lane = lane
        if case .files = configuration.tls { router.enforcesHTTPS = configuration.publicURL.isSecure }
        let pages = PageErrorDialect(
            renderer: renderer, publicURL: configuration.publicURL, presentations: Ecosystems.presentations)
        router.dialects = Ecosystems.dialects(publicURL: configuration.publicURL) + [("", pages)]
        return router.responder { addRoutes(to: $0, renderer) }
    }

    private func httpConfiguration() throws -> HTTPServerConfiguration {
        var http = HTTPServerConfiguration(listen: configuration.listen, listenTLS: configuration.listenTLS)
        http.eventLoops = configuration.eventLoops
        http.limits = configuration.limits
        switch configuration.tls {
        case nil: break
        case .files(let chain, let key):
            http.certificate = TLSCertificate(
                chain: Array(try Data(contentsOf: URL(fileURLWithPath: chain))),
                key: Array(try Data(contentsOf: URL(fileURLWithPath: key))))
        case .local:
            let authority = LocalAuthority(directory: instance.configuration.data.tls, clock: instance.clock)
            http.certificate = try authority.prepare(names: [configuration.publicURL.host]).certificate
        }
        return http
    }

    /// Says on standard output where the server listens and what to type next.
    private func announce(_ listener: HTTPServer.Listener, _ address: SocketAddress, link: SetupLink?) {
        let scheme = listener == .secure ? "https" : "http"
        let host = address.ipAddress ?? "localhost"
        let name = host.contains(":") ? "[\(host)]" : host
        print("Hallmark \(HallmarkVersion.text) listens on \(scheme)://\(name):\(address.port ?? 0)")
        if listener == .secure, case .local = configuration.tls {
            let path = LocalAuthority(directory: instance.configuration.data.tls, clock: instance.clock).authorityPath
            print(TrustInstructions.text(authorityPath: path, url: configuration.publicURL.text))
        }
        let isLast = listener == .secure || configuration.listenTLS == nil
        if isLast { print(NextSteps.text(instance.configuration, configuration.publicURL, link: link)) }
        fflush(nil)
    }
}

/// A service that runs until the graceful shutdown begins.
private struct Loop: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await body() }
    }
}
