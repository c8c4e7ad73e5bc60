import Foundation
import HallmarkTesting
import Testing

/// `--tls-local` makes a certificate authority in the data folder; each client has its own way to trust it.
@Suite("Clients over https", .serialized, .secureServer)
struct SecureClientTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("twine, pip and uv", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func python() async throws {
        let token = try await server.publisher("secure-py")
        let wheel = try await home.wheel("secure-lamp", "1.0")
        let authority = server.authorityFile
        try await home.run(
            .twine,
            [
                "upload", "--disable-progress-bar", "--non-interactive", "--cert", authority, "--repository-url",
                "\(server.secureURL)/pypi/legacy/", "-u", "__token__", "-p", token, wheel,
            ]
        ).checked()
        let index = ["--index-url", "\(server.secureURL)/pypi/simple/", "secure-lamp"]
        try await home.run(.pip, ["install", "--target", "site", "--cert", authority] + index).checked()
        #expect(try await home.moduleValue("secure_lamp") == "1")
        let uv = ["pip", "install", "--target", "uv-site"] + index
        try await home.run(.uv, uv, with: ["SSL_CERT_FILE": authority]).checked()
        let untrusting = try await home.run(
            .uv, ["--no-cache", "pip", "install", "--target", "untrusting-site"] + index)
        #expect(!untrusting.succeeded, "the certificate must not be trusted by itself")
    }

    @Test("cargo", .enabled(if: hasCargo, "needs cargo"))
    func cargo() async throws {
        let token = try await server.publisher("secure-crate")
        let variables = [
            "CARGO_HTTP_CAINFO": server.authorityFile, "CARGO_REGISTRIES_SECURE_TOKEN": token,
            "CARGO_REGISTRIES_SECURE_INDEX": "sparse+\(server.secureURL)/cargo/",
        ]
        try home.crate("secure_lamp", "0.1.0", folder: "lamp")
        let publish = ["publish", "--allow-dirty", "--no-verify", "--registry", "secure"]
        try await home.run(.cargo, publish, in: "lamp", with: variables).checked()
        try await home.run(.cargo, ["new", "--vcs", "none", "app"]).checked()
        try await home.run(.cargo, ["add", "secure_lamp", "--registry", "secure"], in: "app", with: variables).checked()
        try await home.run(.cargo, ["build"], in: "app", with: variables).checked()
    }

    @Test("npm", .enabled(if: hasNPM, "needs npm"), arguments: NPMVersion.available)
    func npm(npm: NPMVersion) async throws {
        let token = try await server.publisher("secure-\(npm.mark)")
        let base = "\(server.secureURL)/npm/"
        let place = base.replacing("https:", with: "")
        try home.write("registry=\(base)\n\(place):_authToken=\(token)\ncafile=\(server.authorityFile)\n", to: "npmrc")
        try await home.npmPublish(npm, "secure-lamp-\(npm.mark)", "1.0.0").checked()
        try home.npmProject("app")
        try await home.npm(npm, ["install", "secure-lamp-\(npm.mark)"], in: "app").checked()
        #expect(try await home.required("secure-lamp-\(npm.mark)", by: npm, in: "app") == "1")
    }

    @Test("hallmark publish", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func publish() async throws {
        let token = try await server.publisher("secure-publisher")
        let wheel = try await home.wheel("secure-publish", "1.0", fill: 300_000)
        let environment = home.environment.merging(
            ["HALLMARK_REGISTRY": server.secureURL, "HALLMARK_TOKEN": token]) { $1 }
        func run(_ words: [String]) async throws -> CommandResult {
            let program = Checkout.hallmark.path(percentEncoded: false)
            return try await Command(
                [program, "publish", wheel] + words, environment: environment, directory: home.directory
            ).run()
        }
        let untrusting = try await run([])
        #expect(untrusting.status == 1 && untrusting.says("--ca-file"), "\(untrusting)")
        try await run(["--ca-file", server.authorityFile]).checked()
    }
}
