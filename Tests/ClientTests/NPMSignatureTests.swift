import Foundation
import Glibc
import HallmarkTesting
import Testing

/// The registry signatures, checked by npm itself.
///
/// `npm audit signatures` refreshes Sigstore's TUF repository first and gives up without it. The tests have a stand-in:
/// a repository of one key, behind a proxy that answers for every host.
@Suite("npm audit signatures", .serialized, .server, .enabled(if: hasNPM, "needs npm"))
struct NPMSignatureTests {
    static let host = "tuf-repo-cdn.sigstore.dev"

    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("Every version is signed with the registry's key", arguments: NPMVersion.available)
    func signatures(npm: NPMVersion) async throws {
        try home.useNPM(server, token: try await server.publisher("signer-\(npm.mark)"))
        try await home.npmPublish(npm, "signed-\(npm.mark)", "1.0.0").checked()
        try await home.npmPublish(npm, "@signer-\(npm.mark)/signed", "1.0.0", arguments: ["--access", "public"])
            .checked()
        try home.npmProject("app")
        let names = ["signed-\(npm.mark)", "@signer-\(npm.mark)/signed"]
        try await home.npm(npm, ["install"] + names, in: "app").checked()

        let proxy = try await StandInTUF(home: home, host: Self.host)
        defer { proxy.stop() }
        let audit = try await home.npm(
            npm, ["audit", "signatures"], in: "app",
            with: [
                "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "NO_PROXY": "localhost,127.0.0.1",
                "NODE_EXTRA_CA_CERTS": home.path("tuf-host.pem"),
            ])
        #expect(audit.succeeded, "\(audit)")
        #expect(audit.says("2 packages have verified registry signatures"), "\(audit)")
    }
}

/// A TUF repository below a client's home and the proxy before it.
private final class StandInTUF {
    /// Where the proxy listens.
    let port: Int
    private let child: ChildProcess

    init(home: ClientHome, host: String) async throws {
        try await home.run(.python, [Checkout.script("make_tuf.py"), home.path("tuf")]).checked()
        try home.write(home.data("tuf/root.json"), to: "npm/_tuf/\(host)/root.json")
        try await home.run(
            .openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)", "-keyout", "tuf-host.key", "-out",
                "tuf-host.pem",
            ]
        ).checked()
        let output = home.directory.appending(path: "proxy-output")
        let python = try #require(ClientTool.python.launch)
        let words = ["tuf", "tuf-host.pem", "tuf-host.key"].map(home.path)
        child = try ChildProcess(
            Command(
                python + [Checkout.script("tuf_proxy.py")] + words, environment: home.environment,
                directory: home.directory),
            output: output, errors: home.directory.appending(path: "proxy-errors"))
        var line = ""
        while !line.hasSuffix("\n"), child.isRunning {
            line = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            try await Task.sleep(for: .milliseconds(20))
        }
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    func stop() {
        child.send(SIGKILL)
    }
}
