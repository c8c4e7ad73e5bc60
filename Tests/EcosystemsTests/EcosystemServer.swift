import Accounts
import Formats
import Foundation
import HTTPSupport
import HallmarkTesting
import Hummingbird
import Logging
import NIOCore
import Publishing
import RegistryModel
import ServiceLifecycle
import Testing

/// A registry of one ecosystem behind a real listener on a loopback port.
struct EcosystemServer: Sendable {
    let registry: TestRegistry
    let port: Int

    /// One request on a connection of its own.
    func exchange(_ line: String, _ headers: [String] = [], body: [UInt8]? = nil) async throws -> RawResponse {
        let connection = try await RawConnection.connect(to: port)
        let response = try await connection.exchange(line, headers, body: body)
        await connection.close()
        return response
    }

    func get(_ path: String, _ headers: [String] = []) async throws -> RawResponse {
        try await exchange("GET \(path)", headers)
    }

    /// A token of a new user, or of one that exists.
    func token(_ user: String, scopes: [String] = []) async throws -> String {
        if try await registry.accounts.user(named: user) == nil { _ = try await registry.person(user) }
        return try await registry.accounts.createOperatorToken(
            userName: user, scopes: scopes.compactMap(TokenScope.init), lifetimeSeconds: 3600)
    }

    /// The header line of Basic authentication with a token.
    static func basic(_ token: String) -> String {
        "Authorization: Basic \(Data("__token__:\(token)".utf8).base64EncodedString())"
    }
}

/// Runs a server of one ecosystem while `body` runs; links are made with `http://registry.example`.
func withEcosystemServer(
    _ format: any PackageFormat, limits: PublishLimits = PublishLimits(), visibility: Visibility = .public,
    routes: @escaping @Sendable (RegistryServices, Router<RegistryContext>) -> Void,
    _ body: @escaping @Sendable (EcosystemServer) async throws -> Void
) async throws {
    let cache = ResponseCache(bytes: 1 << 20)
    try await withRegistry(
        .sqlite, limits: limits, visibility: visibility, formats: [format], changed: { cache.invalidate($0) }
    ) { registry in
        let publicURL = try #require(PublicURL("http://registry.example"))
        let services = RegistryServices(
            catalog: registry.catalog, publishing: registry.publishing, lifecycle: registry.lifecycle,
            stagings: registry.stagings,
            accounts: registry.accounts, cache: cache, downloads: registry.downloads, publicURL: publicURL,
            limits: ServerLimits(), clock: registry.clock)
        let metrics = HTTPMetrics(Metrics())
        let router = RegistryRouter(publicURL: publicURL, metrics: metrics, clock: registry.clock)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try HTTPServer(
            configuration: HTTPServerConfiguration(listen: .init(host: "127.0.0.1", port: 0)),
            responder: router.responder { routes(services, $0) }, observer: metrics.observer, logger: logger
        ) { announce.yield($1.port ?? 0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(EcosystemServer(registry: registry, port: port)))
            } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }
}
