import HTTPTypes
package import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import RegistryModel
import ServiceLifecycle

/// The listeners, plain and TLS, that share one responder.
///
/// On graceful shutdown they stop accepting, close idle connections, and let running requests finish within
/// ``ServerLimits/shutdownGrace``.
package struct HTTPServer: Service {
    /// Why the server cannot start.
    package enum Fault: Error, Hashable, Sendable {
        /// No endpoint at all.
        case nothingToListenOn
        /// A TLS endpoint without a certificate.
        case certificateMissing
    }

    /// Which of the two listeners.
    package enum Listener: String, Hashable, Sendable {
        case plain, secure
    }

    /// How many connections are accepted in one turn of an event loop.
    ///
    /// So many more than ``ConnectionLimits/connections`` there can be for a moment.
    private static let connectionsAtOnce: UInt = 64

    private let applications: [Application<RouterResponder<RegistryContext>>]
    private let grace: Duration
    private let logger: Logger
    private let ownGroup: MultiThreadedEventLoopGroup?

    /// Builds the listeners; nothing is bound before ``run()``.
    /// - Parameters:
    ///   - configuration: Where to listen, with which bounds.
    ///   - responder: Answers, see ``RegistryRouter/responder(addRoutes:)``.
    ///   - observer: Told about refusals that never reach the responder.
    ///   - lane: Answers known reads ahead of the responder; nil for none.
    ///   - logger: The program's log.
    ///   - onListening: Told the address of each listener once it is bound.
    /// - Throws: ``Fault``, or what is wrong with the certificate.
    package init(
        configuration: HTTPServerConfiguration, responder: RouterResponder<RegistryContext>,
        observer: ConnectionObserver = ConnectionObserver(), lane: Lane? = nil, logger: Logger,
        onListening: @escaping @Sendable (Listener, SocketAddress) async -> Void = { _, _ in }
    ) throws {
        let group = configuration.eventLoops.map { MultiThreadedEventLoopGroup(numberOfThreads: max(1, $0)) }
        var applications: [Application<RouterResponder<RegistryContext>>] = []
        func add(_ listener: Listener, _ endpoint: HTTPServerConfiguration.Endpoint, _ server: HTTPServerBuilder) {
            let connections = configuration.limits.connection.connections
            applications.append(
                Application(
                    responder: responder, server: server,
                    configuration: ApplicationConfiguration(
                        address: .hostname(endpoint.host, port: endpoint.port), backlog: 1024,
                        availableConnectionsDelegate: .maximum(connections, logger: logger)),
                    onServerRunning: { channel in
                        // NIO's four would let a crowd wait for as many turns of the event loop as it has quarters.
                        try? await channel.setOption(.maxMessagesPerRead, value: Self.connectionsAtOnce).get()
                        if let address = channel.localAddress { await onListening(listener, address) }
                    },
                    eventLoopGroupProvider: group.map { .shared($0) } ?? .singleton, logger: logger))
        }
        if let endpoint = configuration.listen {
            add(
                .plain, endpoint,
                .registryPlain(limits: configuration.limits.connection, observer: observer, lane: lane))
        }
        if let endpoint = configuration.listenTLS {
            guard let certificate = configuration.certificate else { throw Fault.certificateMissing }
            let server = try HTTPServerBuilder.registrySecure(
                certificate: certificate, limits: configuration.limits.connection, observer: observer, lane: lane)
            add(.secure, endpoint, server)
        }
        guard !applications.isEmpty else { throw Fault.nothingToListenOn }
        self.applications = applications
        self.logger = logger
        grace = configuration.limits.shutdownGrace
        ownGroup = group
    }

    package func run() async throws {
        for eventLoop in (ownGroup ?? .singleton).makeIterator() { eventLoop.execute { ThreadTurns.beShort() } }
        var configuration = ServiceGroupConfiguration(services: applications, logger: logger)
        configuration.maximumGracefulShutdownDuration = grace
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            try? await ownGroup?.shutdownGracefully()
            throw error
        }
        try await ownGroup?.shutdownGracefully()
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 without encryption.
    fileprivate static func registryPlain(
        limits: ConnectionLimits, observer: ConnectionObserver, lane: Lane?
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HeldChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: .registry(limits: limits, isSecure: false, observer: observer, lane: lane)))
        }
    }

    /// TLS 1.2 and later with HTTP/2 and HTTP/1.1 by ALPN.
    fileprivate static func registrySecure(
        certificate: TLSCertificate, limits: ConnectionLimits, observer: ConnectionObserver, lane: Lane?
    ) throws -> HTTPServerBuilder {
        let tls = try certificate.configuration()
        // Made here once, so that a certificate that cannot be used is reported when the program starts.
        _ = try NIOSSLContext(configuration: tls)
        return HTTPServerBuilder { responder in
            let channel = try SecureChannel(
                tls: tls, http1: .registry(limits: limits, isSecure: true, observer: observer, lane: lane),
                limits: limits, observer: observer, lane: lane, responder: responder)
            return HeldChannel(base: HandshakeBoundChannel(base: channel, time: limits.handshakeTime))
        }
    }
}

extension HTTP1Channel.Configuration {
    fileprivate static func registry(
        limits: ConnectionLimits, isSecure: Bool, observer: ConnectionObserver, lane: Lane?
    ) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestGuard(limits: limits, isSecure: isSecure, observer: observer, lane: lane)
            ],
            httpDecoderConfiguration: DecoderConfiguration(
                maxHeaderFieldSize: max(limits.headerBytes, limits.targetBytes),
                maxHeaderListSize: limits.headerBytes + limits.targetBytes,
                maxHeaderFieldCount: limits.headerCount))
    }
}
