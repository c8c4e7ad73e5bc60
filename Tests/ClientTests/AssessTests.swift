import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// `hallmark assess` with the real binary against running servers.
@Suite("hallmark assess", .serialized, .timeLimit(.minutes(20)))
struct AssessTests {
    let home: ClientHome

    init() throws {
        home = try ClientHome()
    }

    private func assess(_ words: [String]) async throws -> CommandResult {
        try FileManager.default.createDirectory(atPath: home.path("tmp"), withIntermediateDirectories: true)
        return try await Command(
            [Checkout.hallmark.path(percentEncoded: false), "assess"] + words,
            environment: ["TMPDIR": home.path("tmp")], directory: home.directory
        ).run(limit: .seconds(1000))
    }

    /// Assesses a server through its data, and returns the answer.
    private func assess(_ server: ServerProcess) async throws -> (status: Int32, json: JSONValue) {
        let result = try await assess([server.url, "--data", server.data.path(percentEncoded: false), "--json"])
        let json = try JSONValue.parse(Array(result.output.utf8))
        #expect(try leftovers().isEmpty, "the copy is gone")
        return (result.status, json)
    }

    private func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.path("tmp"))
    }

    private static func result(_ id: String, _ json: JSONValue) -> (outcome: String, evidence: String) {
        let entry = json["capabilities"]?.arrayValue?.first { $0["id"]?.stringValue == id }
        return (entry?["result"]?.stringValue ?? "", entry?["evidence"]?.stringValue ?? "")
    }

    @Test("The default instance reaches level 3 in authentication, and in authorization all but build provenance")
    func standard() async throws {
        let server = try await ServerProcess()
        let (status, json) = try await assess(server)
        for capability in json["capabilities"]?.arrayValue ?? [] {
            let id = capability["id"]?.stringValue ?? ""
            guard id.hasPrefix("AUTH"), id != "AUTHZ-3.3" else { continue }
            #expect(capability["result"] == "pass", "\(id): \(capability["evidence"]?.stringValue ?? "")")
        }
        #expect(json["levels"]?["authentication"] == 3)
        #expect(json["levels"]?["authorization"] == 2)
        #expect(Self.result("AUTHZ-3.3", json).outcome == "fail")
        #expect(json["operator_tokens"] == 0)
        #expect(status == 0)
        let page = try await Probe.get("\(server.url)/security/scorecard")
        #expect(page.text.contains("Authentication: level 3 of 3"))
        let reader = try await assess([server.url])
        #expect(reader.output.contains("says of itself: authentication 3, authorization 2"), "\(reader)")
        #expect(reader.output.contains("Authentication   level 0 of 3"), "what it says of itself does not count")
        let home = try await Probe.get(server.url)
        #expect(home.text.contains("authentication 3"))
        try await server.stop()
    }

    @Test(
        "A weaker policy lowers the level",
        arguments: [
            (["HALLMARK_SECOND_FACTOR": "optional"], ["AUTHN-3.2"], 2),
            (
                ["HALLMARK_CRITICAL_PROJECTS": "nothing", "HALLMARK_LEAKED_PASSWORDS": "off"],
                ["AUTHN-2.3", "AUTHN-2.4", "AUTHN-3.3"], 1
            ),
        ])
    func weaker(settings: [String: String], missing: [String], level: Int) async throws {
        let server = try await ServerProcess(ServerProcess.Options(environment: settings))
        let (status, json) = try await assess(server)
        for capability in json["capabilities"]?.arrayValue ?? [] {
            guard let id = capability["id"]?.stringValue, id.hasPrefix("AUTH"), id != "AUTHZ-3.3" else { continue }
            #expect(
                capability["result"]?.stringValue == (missing.contains(id) ? "fail" : "pass"),
                "\(id): \(capability["evidence"]?.stringValue ?? "")")
        }
        #expect(json["levels"]?["authentication"]?.integerValue == Int64(level))
        #expect(status == 1)
        try await server.stop()
    }

    @Test("Only what everybody can see is looked at without a data directory")
    func outside() async throws {
        let server = try await ServerProcess(
            ServerProcess.Options(environment: ["HALLMARK_SECURITY_CONTACT": "mailto:security@example.org"]))
        let result = try await assess([server.url, "--json"])
        let json = try JSONValue.parse(Array(result.output.utf8))
        #expect(result.status == 0, "\(result)")
        #expect(Self.result("GEN-1.1", json).outcome == "pass")
        #expect(Self.result("GEN-2.1", json).outcome == "pass")
        #expect(Self.result("AUTHN-1.1", json).outcome == "unknown")
        #expect(json["levels"]?["authentication"] == 0)
        #expect(json["operator_tokens"] == nil)
        let text = try await assess([server.url])
        #expect(text.output.contains("Authentication   level 0 of 3"))
        #expect(text.output.split(separator: "\n").allSatisfy { $0.count < 80 }, "\(text.output)")
        #expect(!text.output.contains("\u{1B}") && text.errors.isEmpty, "no colours and no progress where it is piped")
        try await server.stop()
    }

    @Test("Another binary or other policies than the live ones make everything unknown")
    func mismatch() async throws {
        let server = try await ServerProcess()
        let other = try await ServerProcess(ServerProcess.Options(environment: ["HALLMARK_STAGING_DAYS": "3"]))
        let result = try await assess([server.url, "--data", other.data.path(percentEncoded: false), "--json"])
        let json = try JSONValue.parse(Array(result.output.utf8))
        #expect(result.status == 1)
        for id in ["AUTHN-1.1", "AUTHZ-3.2"] {
            let (outcome, evidence) = Self.result(id, json)
            #expect(outcome == "unknown" && evidence.contains("other policies"), "\(evidence)")
        }
        #expect(json["levels"]?["authentication"] == 0)
        try await server.stop()
        try await other.stop()
    }

    @Test("A signal ends the command and leaves nothing of the copy behind", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(number: Int32) async throws {
        let server = try await ServerProcess()
        try FileManager.default.createDirectory(atPath: home.path("tmp"), withIntermediateDirectories: true)
        let words = [
            Checkout.hallmark.path(percentEncoded: false), "assess", server.url, "--data",
            server.data.path(percentEncoded: false),
        ]
        let child = try ChildProcess(
            Command(words, environment: ["TMPDIR": home.path("tmp")], directory: home.directory),
            output: home.directory.appending(path: "out"), errors: home.directory.appending(path: "err"))
        // The copy has begun to work with its data.
        func begun() throws -> String? {
            try leftovers().map { home.path("tmp/\($0)/data/hallmark.sqlite") }
                .first { FileManager.default.fileExists(atPath: $0) }
        }
        try await waitUntil("the copy works", every: .milliseconds(20)) {
            try #require(child.isRunning)
            return try begun() != nil
        }
        child.send(number)
        #expect(await child.exitStatus() == 128 + number)
        #expect(try leftovers().isEmpty)
        try await server.stop()
    }

    @Test("A command that is wrong ends with 2, an instance that is not there with 1")
    func usage() async throws {
        #expect(try await assess(["not an address"]).status == 2)
        #expect(try await assess([]).status == 2)
        let port = try FreePort.take()
        #expect(try await assess(["http://localhost:\(port)"]).status == 1)
    }
}
