import Foundation
import HallmarkTesting
import Testing

@Suite("A server and its mail", .timeLimit(.minutes(10)), .enabled(if: TestMailServer.isAvailable))
struct MailTests {
    private func settings(_ mail: TestMailServer) -> [String: String] {
        [
            "HALLMARK_MAIL_URL": "smtp+plain://127.0.0.1:\(mail.port)",
            "HALLMARK_MAIL_FROM": "Hallmark <noreply@registry.example>", "HALLMARK_LEAKED_PASSWORDS": "off",
        ]
    }

    @Test("AUTHN-1.4 Messages leave through the configured server, and its being down stops no page")
    func throughServer() async throws {
        let mail = try await TestMailServer()
        let server = try await ServerProcess(ServerProcess.Options(environment: settings(mail)))
        #expect(!server.log.contains("No mail server is configured"))
        try await server.admin(["mail", "--test", "ada@example.org"]).checked()
        let message = try #require(try mail.messages.first)
        #expect(message.recipients == ["ada@example.org"])
        #expect(message.sender == "noreply@registry.example")
        #expect(message.hello == "localhost")
        let refused = try await server.admin(["mail", "--test", "refused@example.org"])
        #expect(refused.status == 1)
        #expect(refused.says("refused"))
        await mail.stop()
        let down = try await server.admin(["mail", "--test", "ada@example.org"])
        #expect(down.status == 1)
        #expect(down.says("could not be handed over"))
        for path in ["/", "/healthz", "/readyz", "/pypi/simple/"] {
            #expect(try await Probe.get(server.url + path).status == 200)
        }
        let state = try await server.admin(["mail", "--json"]).checked().output
        #expect(state == "{\"configured\":true,\"waiting\":0,\"refused\":0}\n")
        let metrics = try await Probe.get(server.url + "/metrics").text
        for name in ["waiting", "age_seconds", "refused"] { #expect(metrics.contains("hallmark_mail_\(name) 0")) }
        try await server.stop()
    }

    @Test("Without a mail server the operator is told, at the start and by the command")
    func unconfigured() async throws {
        let server = try await ServerProcess()
        #expect(server.log.contains("No mail server is configured"))
        let shown = try await server.admin(["mail"]).checked()
        #expect(shown.says("No mail server is configured"))
        let tried = try await server.admin(["mail", "--test", "ada@example.org"])
        #expect(tried.status == 1)
        try await server.stop()
    }

    @Test("Messages become files where that is asked for by name")
    func files() async throws {
        let server = try await ServerProcess(
            ServerProcess.Options(environment: ["HALLMARK_MAIL_URL": "file:", "HALLMARK_LEAKED_PASSWORDS": "off"]))
        #expect(server.log.contains("This is for development"))
        try await server.admin(["mail", "--test", "ada@example.org"]).checked()
        let folder = server.data.appending(path: "mail")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        #expect(names.count == 1 && names[0].hasSuffix(".eml"))
        try await server.stop()
    }

    @Test(
        "Settings that do not fit end the start with a reason",
        arguments: [
            (["HALLMARK_MAIL_URL": "http://mail.example"], "mail-url"),
            (["HALLMARK_MAIL_URL": "smtp+plain://mail.example", "HALLMARK_MAIL_FROM": "a@example.org"], "mail-url"),
            (["HALLMARK_MAIL_URL": "smtp://mail.example"], "mail-from"),
            (
                ["HALLMARK_MAIL_URL": "smtp://bot@mail.example", "HALLMARK_MAIL_FROM": "a@example.org"],
                "mail-password-file"
            ),
            (["HALLMARK_MAIL_FROM": "nobody"], "mail-from"),
            (["HALLMARK_SSO_ISSUER": "https://issuer.example"], "sso-client-id"),
            (["HALLMARK_SSO_ISSUER": "issuer.example", "HALLMARK_SSO_CLIENT_ID": "x"], "sso-issuer"),
            (
                [
                    "HALLMARK_SSO_ISSUER": "https://issuer.example", "HALLMARK_SSO_CLIENT_ID": "x",
                    "HALLMARK_SSO_GROUPS_CLAIM": "groups", "HALLMARK_SSO_GROUPS": "ops",
                ], "sso-groups"
            ),
            (["HALLMARK_RDAP_URL": "rdap.org"], "rdap-url"),
            (["HALLMARK_OUTBOUND_CA_FILE": "/nowhere.pem"], "outbound-ca-file"),
        ])
    func unfit(environment: [String: String], name: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("HALLMARK_") }
        let words = [
            Checkout.hallmark.path(percentEncoded: false), "serve", "--data", folder.path(percentEncoded: false),
            "--listen", "127.0.0.1:\(try FreePort.take())",
        ]
        let result = try await Command(
            words, environment: own.merging(environment) { $1 }, directory: FileManager.default.temporaryDirectory
        ).run()
        #expect(!result.succeeded)
        #expect(result.says("'\(name)'"))
    }

    @Test("AUTHN-2.1 Domains are shown by the command")
    func domains() async throws {
        let server = try await ServerProcess()
        #expect(try await server.admin(["domains"]).checked().says("There is none."))
        #expect(try await server.admin(["domains", "reset", "none.example"]).status == 1)
        #expect(try await server.admin(["domains", "list", "--state", "lost"]).status == 2)
        try await server.stop()
    }
}
