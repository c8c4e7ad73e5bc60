import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// Staged releases as the clients that people have see them.
@Suite("MAVEN-3 Staging with real clients", .serialized, .server)
struct StagingTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Calls the REST API.
    private func call(_ method: String, _ path: String, token: String) async throws -> RawResponse {
        let connection = try await RawConnection.connect(to: Int(server.port))
        let response = try await connection.exchange("\(method) \(path)", ["Authorization: Bearer \(token)"])
        await connection.close()
        return response
    }

    /// The keys of what waits.
    private func waiting(_ token: String) async throws -> [String] {
        let answer = try await call("GET", "/api/v1/stagings", token: token)
        let stagings = try JSONValue.parse(answer.body, maximumDepth: 16)["stagings"]?.arrayValue ?? []
        return stagings.filter { $0["state"] == "staged" }.compactMap { $0["key"]?.stringValue }
    }

    @Test(
        "npm stage publish, list, view, download, install from the private address, approve",
        .enabled(if: ClientTool.newestNPM.isAvailable, "needs an npm with 'npm stage'"))
    func npm() async throws {
        let npm = NPMVersion(tool: .newestNPM, mark: "new")
        let token = try await server.publisher("stager")
        try home.useNPM(server, token: token)
        try home.npmPackage("staged-lamp", "1.0.0", value: "lamp", folder: "lamp")
        let published = try await home.npm(npm, ["stage", "publish"], in: "lamp").checked()
        #expect(published.says("staged-lamp@1.0.0 (staged"), "\(published)")
        let key = try #require(try await waiting(token).first)

        let listed = try await home.npm(npm, ["stage", "list"]).checked()
        #expect(listed.says("staged-lamp") && listed.says(key), "\(listed)")
        let none = try await home.npm(npm, ["stage", "list", "other"]).checked()
        #expect(none.says("No staged versions of package name \"other\"."), "\(none)")
        #expect(try await home.npm(npm, ["stage", "view", key]).checked().says("1.0.0"))
        try await home.npm(npm, ["stage", "download", key]).checked()
        #expect(FileManager.default.fileExists(atPath: home.path("staged-lamp-1.0.0-\(key).tgz")))
        #expect(try await !home.npm(npm, ["view", "staged-lamp"]).succeeded, "nobody sees it yet")

        let staging = "\(server.url)/staging/\(key)/npm/"
        let own = "//\(server.authority)/staging/\(key)/npm/:_authToken=\(token)"
        try home.npmProject("trial")
        try home.write("registry=\(staging)\n\(own)\n", to: "trial/.npmrc")
        try await home.npm(npm, ["install", "staged-lamp", "--registry", staging], in: "trial").checked()
        #expect(try await home.required("staged-lamp", by: npm, in: "trial") == "lamp")

        let stranger = try await server.publisher("stage-stranger")
        let other = try ClientHome()
        try other.useNPM(server, token: stranger)
        let refused = try await other.npm(npm, ["stage", "approve", key])
        #expect(!refused.succeeded && refused.says("404"), "\(refused)")

        let approved = try await home.npm(npm, ["stage", "approve", key]).checked()
        #expect(approved.says("approved and published successfully"), "\(approved)")
        try other.npmProject("app")
        try await other.npm(npm, ["install", "staged-lamp"], in: "app").checked()
        #expect(try await other.required("staged-lamp", by: npm, in: "app") == "lamp")
    }

    @Test("npm stage reject frees the version", .enabled(if: ClientTool.newestNPM.isAvailable, "needs 'npm stage'"))
    func reject() async throws {
        let npm = NPMVersion(tool: .newestNPM, mark: "new")
        let token = try await server.publisher("rejecter")
        try home.useNPM(server, token: token)
        try home.npmPackage("rejected-lamp", "1.0.0", folder: "lamp")
        try await home.npm(npm, ["stage", "publish"], in: "lamp").checked()
        try await home.npm(npm, ["stage", "reject", try #require(try await waiting(token).first)]).checked()
        #expect(try await waiting(token).isEmpty)
        try home.npmPackage("rejected-lamp", "1.0.0", value: "better", folder: "lamp")
        try await home.npm(npm, ["publish"], in: "lamp").checked()
    }

    @Test(
        "What twine sends with a token that always stages waits, and pip installs it from the private address",
        .enabled(if: hasPython, "needs pip and twine"))
    func python() async throws {
        let token = try await server.publisher("pythonista")
        let robot = try await server.admin(["token", "create", "--user", "pythonista", "--staged"]).checked().output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let wheel = try await home.wheel("staged_oil", "1.0.0")
        try await home.twine(server, token: robot, files: [wheel]).checked()
        #expect(try await !home.pipInstall(server, ["staged-oil"]).succeeded, "nobody sees it yet")

        let key = try #require(try await waiting(token).first)
        let base = "localhost:\(server.port)/staging/\(key)/pypi/simple/"
        let denied = try await home.run(
            .pip, ["install", "--target", "site", "--no-input", "--index-url", "http://\(base)", "staged-oil"])
        #expect(!denied.succeeded, "\(denied)")
        let address = "http://__token__:\(token)@\(base)"
        try await home.run(.pip, ["install", "--target", "site", "--index-url", address, "staged-oil"]).checked()

        #expect(try await call("POST", "/api/v1/stagings/\(key)/release", token: robot).status == 403)
        #expect(try await call("POST", "/api/v1/stagings/\(key)/release", token: token).status == 204)
        try await home.pipInstall(server, ["staged-oil"]).checked()
        let after = try await call("GET", "/staging/\(key)/pypi/simple/staged-oil/", token: token)
        #expect(after.status == 404, "the private address ends with the staging")
    }

    @Test("The private address answers its publishers alone, and nothing of it is kept for others")
    func secrecy() async throws {
        let token = try await server.publisher("keeper")
        let stranger = try await server.publisher("keyhole")
        let robot = try await server.admin(["token", "create", "--user", "keeper", "--staged"]).checked().output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let wheel = try await home.wheel("kept_secret", "1.0.0")
        try await home.twine(server, token: robot, files: [wheel]).checked()
        let key = try #require(try await waiting(token).first)
        let file = "/pypi/files/kept-secret/1.0.0/\(URL(fileURLWithPath: wheel).lastPathComponent)"
        for path in ["/pypi/simple/kept-secret/", "/pypi/pypi/kept-secret/1.0.0/json", file] {
            // Again and again, so that whatever keeps answers would keep this one.
            for _ in 0..<4 {
                let own = try await call("GET", "/staging/\(key)\(path)", token: token)
                #expect(own.status == 200 && own["cache-control"] == "private, no-store", "\(path)")
                #expect(try await call("GET", "/staging/\(key)\(path)", token: stranger).status == 404, "\(path)")
                #expect(try await Probe.get("\(server.url)/staging/\(key)\(path)").status == 401, "\(path)")
                #expect(try await Probe.get("\(server.url)\(path)").status == 404, "\(path)")
            }
        }
        #expect(try await call("GET", "/api/v1/projects/pypi/kept-secret", token: stranger).status == 404)
        #expect(try await call("GET", "/api/v1/search?q=kept-secret", token: stranger).text.contains("\"total\":0"))
        #expect(try await call("GET", "/p/pypi/kept-secret", token: stranger).status == 404)
        #expect(try await call("DELETE", "/api/v1/stagings/\(key)", token: stranger).status == 404)
        #expect(try await call("DELETE", "/api/v1/stagings/\(key)", token: robot).status == 204)
    }
}
