import Accounts
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import Logging
import NIOCore
import RegistryModel
import ServiceLifecycle
import Synchronization
import Testing

/// A server with routes of the test's own on a loopback port.
struct HTTPFixture: Sendable {
    let ports: [HTTPServer.Listener: Int]
    let log: MemoryLogSink
    let metrics: Metrics
    let group: ServiceGroup
    /// How many requests reached the router.
    let routed: RequestCount

    /// The plain listener's port.
    var port: Int { ports[.plain] ?? 0 }

    func connect() async throws -> RawConnection {
        try await RawConnection.connect(to: port)
    }

    /// One request on a connection of its own.
    func exchange(_ line: String, _ headers: [String] = [], body: [UInt8]? = nil) async throws -> RawResponse {
        let connection = try await connect()
        let response = try await connection.exchange(line, headers, body: body)
        await connection.close()
        return response
    }
}

/// Keeps the lines of the log.
final class MemoryLogSink: LogSink {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func write(_ line: [UInt8]) {
        kept.withLock { $0.append(String(decoding: Redaction.line(line), as: UTF8.self)) }
    }
}

struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_790_000_000) }
}

/// Counts requests that come through the framework.
final class RequestCount: RouterMiddleware {
    typealias Context = RegistryContext

    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    func handle(
        _ request: Request, context: RegistryContext,
        next: (Request, RegistryContext) async throws -> Response
    ) async throws -> Response {
        count.wrappingAdd(1, ordering: .sequentiallyConsistent)
        return try await next(request, context)
    }
}

/// What a test may change before the server starts.
struct HTTPSetup {
    var configuration = HTTPServerConfiguration(listen: .init(host: "127.0.0.1", port: 0))
    var proxies = TrustedProxies()
    var dialects: [(prefix: String, dialect: any ErrorDialect)] = []
    /// The cache whose documents the lane answers; without one there is no lane.
    var cache: ResponseCache?

    var limits: ConnectionLimits {
        get { configuration.limits.connection }
        set { configuration.limits.connection = newValue }
    }
}

/// Runs a server while `body` runs.
func withHTTPServer<Result: Sendable>(
    _ setup: HTTPSetup = HTTPSetup(), routes: (Router<RegistryContext>) -> Void,
    _ body: @Sendable @escaping (HTTPFixture) async throws -> Result
) async throws -> Result {
    let log = MemoryLogSink()
    let metrics = Metrics()
    let httpMetrics = HTTPMetrics(metrics)
    let publicURL = try #require(PublicURL("http://registry.example:8080"))
    var router = RegistryRouter(publicURL: publicURL, metrics: httpMetrics, clock: FixedClock())
    router.limits = setup.configuration.limits
    router.trustedProxies = setup.proxies
    router.dialects = setup.dialects
    router.log = log
    router.lane = setup.cache.map {
        Lane(cache: $0, metrics: httpMetrics, log: log, clock: FixedClock(), proxies: setup.proxies)
    }
    let routed = RequestCount()
    let expected = [setup.configuration.listen, setup.configuration.listenTLS].compactMap(\.self).count
    let (listening, announce) = AsyncStream.makeStream(of: (HTTPServer.Listener, Int).self)
    let server = try HTTPServer(
        configuration: setup.configuration,
        responder: router.responder {
            $0.add(middleware: routed)
            routes($0)
        },
        observer: httpMetrics.observer(log: log, clock: FixedClock()), lane: router.lane, logger: .quiet
    ) { announce.yield(($0, $1.port ?? 0)) }
    let group = ServiceGroup(configuration: .init(services: [server], logger: .quiet))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var ports: [HTTPServer.Listener: Int] = [:]
        for await (listener, port) in listening {
            ports[listener] = port
            if ports.count == expected { break }
        }
        let fixture = HTTPFixture(ports: ports, log: log, metrics: metrics, group: group, routed: routed)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(fixture))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try outcome.get()
    }
}

/// The answer of routes that have nothing to say.
func plain(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
        status: status, headers: [.contentType: "text/plain"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}

extension Logger {
    /// Says nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
