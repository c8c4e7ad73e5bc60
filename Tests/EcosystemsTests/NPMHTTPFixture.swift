import Accounts
import Ecosystems
import Foundation
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Publishing
import RegistryModel
import Testing

/// The npm routes over a real database, asked without a socket.
struct NPMHTTPFixture: Sendable {
    let registry: TestRegistry
    let signer: NPMSigner
    let channel: any Channel
    let responder: RouterResponder<RegistryContext>

    /// What was answered.
    struct Reply: Sendable {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]

        var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }
        /// The words that npm prints.
        var error: String { json["error"]?.stringValue ?? "" }
    }

    /// An account and the text of a token for it.
    func person(_ name: String, scopes: [String] = [], isAdministrator: Bool = false) async throws -> String {
        if try await registry.accounts.user(named: name) == nil {
            _ = try await registry.accounts.createUser(
                name: name, email: "\(name)@example.org", isAdministrator: isAdministrator)
        }
        return try await registry.accounts.createOperatorToken(
            userName: name, scopes: scopes.compactMap(TokenScope.init), lifetimeSeconds: 3600)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, accept: String? = nil,
        headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Reply {
        var fields = headers
        fields[.authorization] = token.map { "Bearer \($0)" }
        fields[.accept] = accept
        if !body.isEmpty { fields[.contentLength] = String(body.count) }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: "localhost:8080", path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let context = RegistryContext(
            source: ApplicationRequestContextSource(
                channel: channel, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let response = try await responder.respond(to: request, context: context)
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Reply(status: response.status.code, headers: response.headers, bytes: await collector.bytes.all)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, json: JSONValue
    ) async throws -> Reply {
        try await send(method, path, token: token, body: json.bytes())
    }

    /// Publishes as npm's client does.
    @discardableResult
    func publish(
        _ package: NPMTestPackage, token: String, tag: String = "latest", path: String? = nil,
        changing change: (JSONValue) -> JSONValue = { $0 }
    ) async throws -> Reply {
        let document = change(try package.document(tag: tag))
        let name = document["name"]?.stringValue ?? ""
        let path = path ?? "/npm/\(name.replacing("/", with: "%2f"))"
        return try await send(.put, path, token: token, json: document)
    }
}

extension NPMTestPackage {
    /// A package of that name and version with some further members.
    static func named(_ name: String, _ version: String, _ members: String = "") -> NPMTestPackage {
        let rest = members.isEmpty ? "" : ",\(members)"
        return NPMTestPackage("{\"name\":\"\(name)\",\"version\":\"\(version)\"\(rest)}", files: ["index.js": version])
    }

    /// The document in which a client sends it.
    func document(tag: String = "latest") throws -> JSONValue {
        let bytes = tarball
        let digests = try Self.digests(bytes)
        let manifest = try JSONValue.parse(entries.first?.content ?? [])
        let (name, version) = (manifest["name"]?.stringValue ?? "", manifest["version"]?.stringValue ?? "")
        let claim =
            manifest
            .setting("_id", to: .string("\(name)@\(version)"))
            .setting(
                "dist",
                to: [
                    "integrity": .string("sha512-" + Data(digests.sha512).base64EncodedString()),
                    "shasum": .string(Hex.encode(digests.sha1)), "tarball": "http://localhost/ignored.tgz",
                ])
        let attachment: JSONValue = [
            "content_type": "application/octet-stream", "data": .string(Data(bytes).base64EncodedString()),
            "length": .integer(Int64(bytes.count)),
        ]
        return [
            "_id": .string(name), "name": .string(name), "dist-tags": .object([.init(tag, .string(version))]),
            "versions": .object([.init(version, claim)]), "access": nil,
            "_attachments": .object([.init("\(name)-\(version).tgz", attachment)]),
        ]
    }
}

/// Runs `body` with npm's routes over a fresh registry.
func withNPM(
    visibility: Visibility = .public, limits: PublishLimits = PublishLimits(),
    _ body: @escaping @Sendable (NPMHTTPFixture) async throws -> Void
) async throws {
    let signer = try NPMSigner(privateKey: NPMSigner.makePrivateKey(), createdAt: Timestamp(seconds: 0))
    let cache = ResponseCache(bytes: 1 << 20)
    try await withRegistry(
        .sqlite, limits: limits, visibility: visibility, formats: [NPMFormat(signer: signer)],
        changed: { cache.invalidate($0) }
    ) { registry in
        let publicURL = try #require(PublicURL("https://registry.example/hallmark"))
        let services = RegistryServices(
            catalog: registry.catalog, publishing: registry.publishing, lifecycle: registry.lifecycle,
            stagings: registry.stagings,
            accounts: registry.accounts, cache: cache, downloads: registry.downloads, publicURL: publicURL,
            limits: ServerLimits(), clock: registry.clock)
        var router = RegistryRouter(publicURL: publicURL, metrics: HTTPMetrics(Metrics()), clock: registry.clock)
        router.dialects = Ecosystems.dialects(publicURL: publicURL)
        let responder = try router.responder { router in
            NPMRoutes(services: services, signer: signer).addRoutes(to: router, at: "/npm")
            // No address hides another.
            try router.validate()
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let fixture = NPMHTTPFixture(registry: registry, signer: signer, channel: channel, responder: responder)
        do {
            try await body(fixture)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

/// Collects the body of a response.
private struct BodyCollector: ResponseBodyWriter {
    actor Bytes {
        var all: [UInt8] = []
        func append(_ more: [UInt8]) { all += more }
    }

    let bytes = Bytes()

    func write(_ buffer: ByteBuffer) async throws { await bytes.append(Array(buffer.readableBytesView)) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
