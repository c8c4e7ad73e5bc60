import Foundation
import HTTPSupport
import HTTPTypes
import HallmarkTesting
import Hummingbird
import Logging
import NIOCore
import RegistryModel
import Synchronization
import Testing

@Suite("A local certificate authority")
struct HTTPTLSTests {
    /// A clock that tests move.
    final class MovableClock: WallClock {
        private let time: Mutex<Timestamp>

        init(_ start: Timestamp) {
            time = Mutex(start)
        }

        func now() -> Timestamp { time.withLock { $0 } }
        func advance(days: Int64) { time.withLock { $0 = $0.advanced(bySeconds: days * 86_400) } }
    }

    struct Finished {
        let status: Int32
        let output: String
        let error: String
    }

    /// A directory that is gone afterwards.
    static func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "hallmark-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url.path())
    }

    static func exists(_ tool: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(tool)")
    }

    /// Runs a program without blocking a task's thread.
    static func run(_ tool: String, _ arguments: [String]) async throws -> Finished {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(tool)")
        process.arguments = arguments
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    try process.run()
                    let out = try output.fileHandleForReading.readToEnd() ?? Data()
                    let err = try error.fileHandleForReading.readToEnd() ?? Data()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Finished(
                            status: process.terminationStatus, output: String(decoding: out, as: UTF8.self),
                            error: String(decoding: err, as: UTF8.self)))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    static func now() -> Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    private static func withSecureServer(
        handshakeTime: Duration = .seconds(10),
        _ body: @Sendable @escaping (HTTPFixture, _ authority: String, _ port: Int) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let authority = LocalAuthority(directory: "\(directory)/tls", clock: MovableClock(now()))
            let outcome = try authority.prepare(names: ["registry.example"])
            var setup = HTTPSetup()
            setup.configuration.listenTLS = .init(host: "127.0.0.1", port: 0)
            setup.configuration.certificate = outcome.certificate
            setup.limits.handshakeTime = handshakeTime
            let counter = HTTPFileTests.Counter()
            let file = try HTTPFileTests.file(size: 1_000_003)
            let broken = HTTPFileTests.FailingSource(length: 1_000_003, failsAt: 500_000)
            try await withHTTPServer(setup) { router in
                HTTPConnectionTests.routes(router)
                HTTPFileTests.routes(counter, file: file, source: broken)(router)
                router.get("/scheme") { _, context in plain("\(context.client.isSecure)") }
            } _: { server in
                try await body(server, outcome.authorityPath, try #require(server.ports[.secure]))
            }
        }
    }

    @Test("curl verifies the server by the authority and speaks HTTP/2", .enabled(if: exists("curl")))
    func curl() async throws {
        try await Self.withSecureServer { server, authority, port in
            func curl(_ path: String, _ arguments: String...) async throws -> Finished {
                try await Self.run(
                    "curl",
                    ["-sS", "--max-time", "20", "--cacert", authority, "-w", "\n%{http_version} %{http_code}"]
                        + arguments
                        + ["https://localhost:\(port)\(path)"])
            }
            #expect(try await curl("/hello").output == "hello\n2 200")
            #expect(try await curl("/hello", "--http1.1").output == "hello\n1.1 200")
            #expect(try await curl("/scheme").output == "true\n2 200")
            #expect(try await curl("/stream").output == "one two\n2 200")
            let mapped = try await curl(
                "/hello", "--connect-to", "registry.example:443:127.0.0.1:\(port)", "https://registry.example/hello")
            #expect(mapped.output.hasPrefix("hello\n2 200"))
            let upload = try await curl(
                "/upload", "-X", "PUT", "-H", "Expect: 100-continue", "--data-binary", "@/usr/bin/curl")
            #expect(upload.output.hasSuffix("2 200"))
            let refused = try await curl("/refused", "-X", "PUT", "-d", "x")
            #expect(refused.output.hasSuffix("\n2 403"))
            // Without the authority there is no trust.
            let distrust = try await Self.run("curl", ["-sS", "--max-time", "20", "https://localhost:\(port)/hello"])
            #expect(distrust.status == 60)
            // A blob that breaks half-way must not look like a complete file on a stream either.
            for version in ["--http2", "--http1.1"] {
                let broken = try await curl("/file", version)
                #expect(broken.status != 0, "\(version)")
            }
            #expect(try await server.exchange("GET /scheme").text == "false")
        }
    }

    @Test("The chain holds for OpenSSL too, for all names and no others", .enabled(if: exists("openssl")))
    func openssl() async throws {
        try await Self.withDirectory { directory in
            let authority = LocalAuthority(directory: directory, clock: MovableClock(Self.now()))
            let outcome = try authority.prepare(names: ["Registry.example", "192.0.2.7"])
            let certificate = "\(directory)/server.pem"
            func verify(_ arguments: String...) async throws -> Int32 {
                try await Self.run(
                    "openssl",
                    ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", outcome.authorityPath] + arguments
                        + [certificate]
                ).status
            }
            for name in ["localhost", "registry.example"] {
                #expect(try await verify("-verify_hostname", name) == 0, "\(name)")
            }
            for address in ["127.0.0.1", "::1", "192.0.2.7"] {
                #expect(try await verify("-verify_ip", address) == 0, "\(address)")
            }
            #expect(try await verify("-verify_hostname", "other.example") != 0)
            let text = try await Self.run("openssl", ["x509", "-in", outcome.authorityPath, "-noout", "-text"]).output
            #expect(text.contains("Permitted:"))
            #expect(text.contains("CA:TRUE, pathlen:0"))
        }
    }

    @Test("Keys are secret; what fits is kept; names and time make new certificates")
    func renewal() async throws {
        try await Self.withDirectory { directory in
            let clock = MovableClock(Self.now())
            func prepare(_ names: String...) throws -> LocalAuthority.Outcome {
                try LocalAuthority(directory: "\(directory)/tls", clock: clock).prepare(names: names)
            }
            func file(_ name: String) throws -> String {
                try String(contentsOfFile: "\(directory)/tls/\(name)", encoding: .utf8)
            }
            #expect(try prepare("a.example").isNewAuthority)
            for name in ["ca-key.pem", "server-key.pem"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/tls/\(name)")
                #expect((attributes[.posixPermissions] as? NSNumber)?.int16Value == 0o600)
            }
            let (authority, server) = (try file("ca.pem"), try file("server.pem"))
            #expect(try !prepare("a.example").isNewAuthority)
            #expect(try file("server.pem") == server)
            clock.advance(days: 59)
            _ = try prepare("a.example")
            #expect(try file("server.pem") == server)
            // Fewer names are within what the authority may vouch for.
            #expect(try !prepare().isNewAuthority)
            #expect(try file("server.pem") != server)
            _ = try prepare("a.example")
            let second = try file("server.pem")
            clock.advance(days: 61)
            let renewed = try prepare("a.example")
            #expect(try file("server.pem") != second)
            #expect(try file("ca.pem") == authority)
            #expect(renewed.validUntil == clock.now().advanced(bySeconds: 90 * 86_400))
            // A name it was not made for needs another authority, and clients have to hear of it.
            #expect(try prepare("b.example").isNewAuthority)
            #expect(try file("ca.pem") != authority)
            try "damaged".write(toFile: "\(directory)/tls/server-key.pem", atomically: true, encoding: .utf8)
            #expect(try !prepare("b.example").isNewAuthority)
            #expect(try file("server-key.pem").contains("PRIVATE KEY"))
        }
    }

    @Test("Clients are told how to trust it")
    func instructions() {
        let text = TrustInstructions.text(authorityPath: "/srv/my data/tls/ca.pem", url: "https://localhost:8443")
        for word in [
            "PIP_CERT='/srv/my data/tls/ca.pem'", "SSL_CERT_FILE=", "CARGO_HTTP_CAINFO=", "NODE_EXTRA_CA_CERTS=",
            "curl --cacert", "npm config set cafile", "composer config --global cafile", "keytool", "swift",
            "https://localhost:8443",
        ] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test("A handshake that is not finished in time ends the connection")
    func slowHandshake() async throws {
        try await Self.withSecureServer(handshakeTime: .milliseconds(200)) { _, _, port in
            let connection = try await RawConnection.connect(to: port)
            #expect(try await connection.untilClosed().isEmpty)
        }
    }

    @Test("A TLS listener without a certificate is a mistake that is told at the start")
    func missingCertificate() {
        var setup = HTTPSetup()
        setup.configuration.listenTLS = .init(host: "127.0.0.1", port: 0)
        let configuration = setup.configuration
        #expect(throws: HTTPServer.Fault.certificateMissing) {
            let url = try #require(PublicURL("http://localhost"))
            let router = RegistryRouter(publicURL: url, metrics: HTTPMetrics(Metrics()), clock: FixedClock())
            _ = try HTTPServer(configuration: configuration, responder: router.responder { _ in }, logger: .quiet)
        }
    }
}
