import Configuration
import Foundation
import HTTPSupport
import Logging
import RegistryModel

/// How an instance is served: addresses, certificates, bounds.
struct ServerConfiguration: Sendable {
    var listen: HTTPServerConfiguration.Endpoint
    var listenTLS: HTTPServerConfiguration.Endpoint?
    var tls: TLSSource?
    var publicURL: PublicURL
    var eventLoops: Int?
    var limits: ServerLimits
    var trustedProxies: TrustedProxies
    /// Who may read `/metrics`; nil for everybody.
    var metricsReaders: [AddressBlock]?
    var logLevel: Logger.Level
    /// Where weaknesses are reported: `mailto:`, `https:` or `tel:` addresses, the preferred one first.
    var contacts: [String]

    /// Where the certificate comes from.
    enum TLSSource: Sendable {
        case files(chain: String, key: String)
        case local
    }

    /// Reads and checks the settings.
    init(_ settings: Settings) throws {
        listen = try Self.listen(settings)
        tls = try Self.tls(settings)
        listenTLS = try Self.listenTLS(settings)
        publicURL = try Self.publicURL(settings)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        eventLoops = try settings.number("event-loops", default: cores, in: 1...1024)
        limits = try Self.limits(settings)
        trustedProxies = TrustedProxies(try Self.blocks(settings, "trusted-proxies") ?? [])
        metricsReaders = try Self.blocks(settings, "metrics-readers")
        logLevel = try settings.choice("log-level", default: .info)
        contacts = try Self.contacts(settings.list("security-contact"))
    }

    private static func contacts(_ texts: [String]) throws(Problem) -> [String] {
        for text in texts {
            let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isPrintable, ["mailto:", "https://", "tel:"].contains(where: text.hasPrefix) else {
                throw Problem(
                    .badRequest,
                    "'security-contact' must be addresses such as mailto:security@example.org or https://…, not '\(text)'."
                )
            }
        }
        return texts
    }

    private static func listen(_ settings: Settings) throws(Problem) -> HTTPServerConfiguration.Endpoint {
        try endpoint(settings, "listen", default: "127.0.0.1:8080")
    }

    private static func listenTLS(_ settings: Settings) throws(Problem) -> HTTPServerConfiguration.Endpoint? {
        guard try tls(settings) != nil else { return nil }
        return try endpoint(settings, "listen-tls", default: "127.0.0.1:8443")
    }

    private static func endpoint(
        _ settings: Settings, _ key: String, default fallback: String
    ) throws(Problem) -> HTTPServerConfiguration.Endpoint {
        let text = settings.text(key) ?? fallback
        guard let endpoint = HTTPServerConfiguration.Endpoint(text) else {
            throw Problem(.badRequest, "'\(key)' must be HOST:PORT, not '\(text)'.")
        }
        return endpoint
    }

    private static func tls(_ settings: Settings) throws(Problem) -> TLSSource? {
        let isLocal = try settings.flag("tls-local")
        switch (settings.text("tls-cert"), settings.text("tls-key")) {
        case (nil, nil): return isLocal ? .local : nil
        case (let chain?, let key?):
            guard !isLocal else { throw Problem(.badRequest, "'tls-local' and 'tls-cert' exclude each other.") }
            return .files(chain: chain, key: key)
        default: throw Problem(.badRequest, "'tls-cert' and 'tls-key' belong together.")
        }
    }

    /// Never taken from a request: by default localhost with the port that is listened on.
    static func publicURL(_ settings: Settings) throws(Problem) -> PublicURL {
        let text: String
        if let configured = settings.text("public-url") {
            text = configured
        } else if let https = try listenTLS(settings) {
            text = "https://localhost:\(https.port)"
        } else {
            text = "http://localhost:\(try listen(settings).port)"
        }
        guard let url = PublicURL(text) else {
            throw Problem(.badRequest, "'public-url' must be an http or https address, not '\(text)'.")
        }
        return url
    }

    private static func limits(_ settings: Settings) throws(Problem) -> ServerLimits {
        var limits = ServerLimits()
        limits.uploadBytes = try settings.number("max-file-mebibytes", default: 512, in: 1...65_536) << 20
        limits.responseCacheBytes = try settings.number("cache-mebibytes", default: 64, in: 0...1_048_576) << 20
        limits.connection.connections = try settings.number("max-connections", default: 4096, in: 1...1_000_000)
        limits.shutdownGrace = .seconds(try settings.number("shutdown-seconds", default: 30, in: 0...3600))
        limits.connection.headTime = .seconds(try settings.number("header-seconds", default: 10, in: 1...600))
        limits.connection.idleTime = .seconds(try settings.number("idle-seconds", default: 75, in: 1...3600))
        if settings.text("max-requests") != nil || settings.reader.int(forKey: "max-requests") != nil {
            limits.requestsInFlight = try settings.number("max-requests", default: 10_000, in: 1...1_000_000)
        }
        return limits
    }

    private static func blocks(_ settings: Settings, _ key: String) throws(Problem) -> [AddressBlock]? {
        let texts = settings.list(key)
        guard !texts.isEmpty else { return nil }
        var blocks: [AddressBlock] = []
        for text in texts {
            guard let block = AddressBlock(text) else {
                throw Problem(.badRequest, "'\(key)' must be addresses or ranges such as 10.0.0.0/8, not '\(text)'.")
            }
            blocks.append(block)
        }
        return blocks
    }
}
