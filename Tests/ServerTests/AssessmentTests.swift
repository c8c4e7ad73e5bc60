import Crypto
import Foundation
import HallmarkServer
import HallmarkTesting
import RegistryModel
import Response
import Testing

@Suite("What an instance says about its security", .timeLimit(.minutes(10)))
struct AssessmentTests {
    /// The digest of the server's binary, found out by another way than its own.
    private static func binaryDigest() throws -> String {
        Hex.encode(SHA256.hash(data: try Data(contentsOf: Checkout.hallmark, options: .alwaysMapped)))
    }

    private static func instance(_ server: LiveServer) async throws -> JSONValue {
        try await server.call("GET", "/api/v1/instance").json()
    }

    /// Keeps an assessment as `hallmark assess` does, beside the server.
    private static func keep(_ scorecard: Scorecard, _ server: LiveServer) async throws {
        let settings = try await Settings.load(
            arguments: [:], file: nil,
            environment: ["HALLMARK_DATA": server.process.data.path(percentEncoded: false)])
        let instance = try await Instance.open(InstanceConfiguration(settings), schema: .require)
        try await instance.scorecards.keep(scorecard)
        await instance.close()
    }

    private static func scorecard(binary: String?, policies: String?) -> Scorecard {
        let passed = Capability.all.filter { $0.track == .authentication && $0.level < 3 }
        return Scorecard(
            assessedAt: Timestamp(seconds: 1_800_000_000), instance: "http://localhost", version: "0", binary: binary,
            policies: policies, operatorTokens: 7,
            results: passed.map { ProbeResult($0.id, .pass, "seen <b>here</b>") }
                + [ProbeResult("AUTHN-3.1", .fail, "not seen")])
    }

    @Test("Binary and policies are shown to everybody, operator tokens are counted for administrators and auditors")
    func facts() async throws {
        try await withLiveServer(ServerProcess.Options(environment: ["HALLMARK_UNPUBLISH_HOURS": "5"])) { server in
            let json = try await Self.instance(server)
            #expect(json["binary_sha256"]?.stringValue == (try Self.binaryDigest()))
            #expect(json["policies"]?["operator-tokens"] == "allow")
            #expect(json["policies"]?["unpublish-hours"] == "5")
            let members = try #require(json["policies"]?.members)
            let policies = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.stringValue ?? "") })
            #expect(json["policy_sha256"]?.stringValue == InstanceFacts.digest(of: policies))
            for name in ["database-url", "master-key-file", "data", "listen", "dns-resolver"] {
                #expect(policies[name] == nil, "\(name) is no policy")
            }
            #expect(json["operator_tokens"] == nil)
            let reader = try await server.person("reader")
            let seen = try await server.call("GET", "/api/v1/instance", token: reader).json()
            #expect(seen["operator_tokens"] == nil)
            let administrator = try await server.person("chief", isAdministrator: true)
            let more = try await server.call("GET", "/api/v1/instance", token: administrator).json()
            #expect(more["operator_tokens"] == 2)
        }
    }

    @Test("The settings in effect are written for the owner of the data directory alone, without a secret")
    func effectiveSettings() async throws {
        let environment = ["HALLMARK_DATABASE_URL": "sqlite:", "HALLMARK_STAGING_DAYS": "3"]
        try await withLiveServer(ServerProcess.Options(environment: environment)) { server in
            let file = server.process.data.appending(path: "effective-settings.json")
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let json = try JSONValue.parse(Array(try Data(contentsOf: file)))
            #expect(json["policies"]?["staging-days"] == "3")
            #expect(json["policy_sha256"] == (try await Self.instance(server))["policy_sha256"])
            #expect(json["withheld"]?.arrayValue?.contains("database-url") == true)
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            #expect(!text.contains("sqlite:"))
        }
    }

    @Test("The scorecard shows levels and evidence, and says when something else runs")
    func page() async throws {
        try await withLiveServer { server in
            let empty = try await server.call("GET", "/security/scorecard")
            #expect(empty.status == 200 && empty.text.contains("has not been assessed yet"))
            #expect(try await server.call("GET", "/api/v1/scorecard").status == 404)
            let facts = try await Self.instance(server)
            let policies = facts["policy_sha256"]?.stringValue
            try await Self.keep(Self.scorecard(binary: try Self.binaryDigest(), policies: policies), server)
            let shown = try await server.call("GET", "/security/scorecard").text
            #expect(shown.contains("Authentication: level 2 of 3"))
            #expect(
                shown.contains("<dd>Authentication 2 of 3, Authorization 0 of 3, General 0 of 3, Client tools 0 of 3"))
            #expect(shown.contains("seen &lt;b&gt;here&lt;/b&gt;"), "evidence is text")
            #expect(!shown.contains("Of an earlier state"))
            let json = try await server.call("GET", "/api/v1/scorecard").json()
            #expect(json["current"] == true && json["levels"]?["authentication"] == 2)
            #expect(json["capabilities"]?.arrayValue?.count == 32)
            try await Self.keep(Self.scorecard(binary: "00", policies: policies), server)
            #expect(try await server.call("GET", "/security/scorecard").text.contains("Of an earlier state"))
            #expect(try await server.call("GET", "/api/v1/scorecard").json()["current"] == false)
        }
    }

    @Test("GEN-1.1 security.txt names the contacts that are configured, and nothing where there are none")
    func securityText() async throws {
        let contacts = "mailto:security@example.org,https://example.org/report"
        try await withLiveServer(ServerProcess.Options(environment: ["HALLMARK_SECURITY_CONTACT": contacts])) {
            server in
            let answer = try await server.call("GET", "/.well-known/security.txt")
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "text/plain; charset=utf-8")
            let lines = answer.text.split(separator: "\r\n").map(String.init)
            #expect(lines.prefix(2) == ["Contact: mailto:security@example.org", "Contact: https://example.org/report"])
            #expect(lines.contains { $0.hasPrefix("Expires: 20") && $0.hasSuffix("Z") })
            #expect(lines.contains("Policy: \(server.process.url)/policies/security"))
            #expect(try await server.call("GET", "/policies/security").text.contains("mailto:security@example.org"))
        }
        try await withLiveServer { server in
            let missing = try await server.call("GET", "/.well-known/security.txt")
            #expect(missing.status == 404)
            let policy = try await server.call("GET", "/policies/security")
            #expect(policy.status == 200)
        }
    }
}
