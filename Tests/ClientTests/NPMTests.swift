import Foundation
import HallmarkTesting
import Testing

@Suite("npm", .serialized, .server, .enabled(if: hasNPM, "needs npm"))
struct NPMTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private func publisher(_ name: String, _ npm: NPMVersion) async throws -> String {
        let token = try await server.publisher("\(name)-\(npm.mark)")
        try home.useNPM(server, token: token)
        return token
    }

    @Test("publish, view, install, and what the lock file says", arguments: NPMVersion.available)
    func publishAndInstall(npm: NPMVersion) async throws {
        _ = try await publisher("maker", npm)
        let (oil, lamp) = ("@maker-\(npm.mark)/oil", "lamp-\(npm.mark)")
        try await home.npmPublish(npm, oil, "2.1.0", value: "oil", arguments: ["--access", "public"]).checked()
        try await home.npmPublish(npm, lamp, "1.0.0", fields: "\"dependencies\": { \"\(oil)\": \"^2.0.0\" }").checked()

        let view = try await home.npm(npm, ["view", lamp, "--json"]).checked()
        let document = try JSONSerialization.jsonObject(with: Data(view.output.utf8)) as? [String: Any]
        #expect(document?["version"] as? String == "1.0.0")
        #expect((document?["dist-tags"] as? [String: String]) == ["latest": "1.0.0"])

        try home.npmProject("app")
        let installed = try await home.npm(npm, ["install", lamp], in: "app").checked()
        #expect(installed.says("added 2 packages"), "\(installed)")
        #expect(try await home.required(lamp, by: npm, in: "app") == "1")
        #expect(try await home.required(oil, by: npm, in: "app") == "oil")
        let lock = try home.read("app/package-lock.json")
        #expect(lock.contains("\(server.url)/npm/\(oil)/-/oil-2.1.0.tgz"))
        #expect(lock.contains("sha512-"))
        // From the lock file alone, with an empty cache.
        try FileManager.default.removeItem(atPath: home.path("npm"))
        try await home.npm(npm, ["ci"], in: "app").checked()
    }

    @Test("dist-tag", arguments: NPMVersion.available)
    func tags(npm: NPMVersion) async throws {
        _ = try await publisher("tagger", npm)
        let name = "tagged-\(npm.mark)"
        try await home.npmPublish(npm, name, "1.0.0").checked()
        try await home.npmPublish(npm, name, "2.0.0-rc.1", arguments: ["--tag", "next"]).checked()
        let listed = try await home.npm(npm, ["dist-tag", "ls", name]).checked()
        #expect(listed.output.split(separator: "\n") == ["latest: 1.0.0", "next: 2.0.0-rc.1"])
        try await home.npm(npm, ["dist-tag", "add", "\(name)@1.0.0", "stable"]).checked()
        try await home.npm(npm, ["dist-tag", "rm", name, "next"]).checked()
        let after = try await home.npm(npm, ["dist-tag", "ls", name]).checked()
        #expect(after.output.split(separator: "\n") == ["latest: 1.0.0", "stable: 1.0.0"])
        #expect(try await !home.npm(npm, ["dist-tag", "add", "\(name)@9.9.9", "none"]).succeeded)
    }

    @Test("deprecate warns whoever installs, and can be taken back", arguments: NPMVersion.available)
    func deprecate(npm: NPMVersion) async throws {
        _ = try await publisher("deprecator", npm)
        let name = "deprecated-\(npm.mark)"
        try await home.npmPublish(npm, name, "1.0.0").checked()
        try await home.npm(npm, ["deprecate", "\(name)@1.0.0", "it smokes"]).checked()
        try home.npmProject("app")
        let warned = try await home.npm(npm, ["install", name, "--prefer-online"], in: "app").checked()
        #expect(warned.says("warn deprecated \(name)@1.0.0: it smokes"), "\(warned)")
        try await home.npm(npm, ["deprecate", "\(name)@1.0.0", ""]).checked()
        try home.npmProject("again")
        let silent = try await home.npm(npm, ["install", name, "--prefer-online"], in: "again").checked()
        #expect(!silent.says("deprecated"), "\(silent)")
    }

    @Test("unpublish one version and all; the version is never free again", arguments: NPMVersion.available)
    func unpublish(npm: NPMVersion) async throws {
        _ = try await publisher("unpublisher", npm)
        let name = "unpublished-\(npm.mark)"
        try await home.npmPublish(npm, name, "1.0.0").checked()
        try await home.npmPublish(npm, name, "1.1.0").checked()
        try await home.npm(npm, ["unpublish", "\(name)@1.1.0", "--force"]).checked()
        let view = try await home.npm(npm, ["view", name, "versions", "--json"]).checked()
        #expect(view.output.filter { !" \n\"[]".contains($0) } == "1.0.0", "\(view)")
        let again = try await home.npmPublish(npm, name, "1.1.0", value: "2")
        #expect(!again.succeeded && again.says("1.1.0"), "\(again)")
        try await home.npm(npm, ["unpublish", name, "--force"]).checked()
        #expect(try await !home.npm(npm, ["view", name]).succeeded)
    }

    @Test("A package that others need is not unpublished, and npm says why", arguments: NPMVersion.available)
    func unpublishRefused(npm: NPMVersion) async throws {
        _ = try await publisher("needed", npm)
        let (oil, lamp) = ("needed-oil-\(npm.mark)", "needing-lamp-\(npm.mark)")
        try await home.npmPublish(npm, oil, "1.0.0").checked()
        try await home.npmPublish(npm, lamp, "1.0.0", fields: "\"dependencies\": { \"\(oil)\": \"1.0.0\" }").checked()
        let refused = try await home.npm(npm, ["unpublish", oil, "--force"])
        #expect(!refused.succeeded)
        #expect(refused.says("depend"), "\(refused)")
        try await home.npm(npm, ["view", oil]).checked()
    }

    @Test("owner, access, whoami and ping", arguments: NPMVersion.available)
    func people(npm: NPMVersion) async throws {
        _ = try await publisher("owner", npm)
        try await server.createUser("friend-\(npm.mark)")
        let name = "people-\(npm.mark)"
        try await home.npmPublish(npm, name, "1.0.0").checked()
        #expect(try await home.npm(npm, ["whoami"]).checked().output == "owner-\(npm.mark)\n")
        try await home.npm(npm, ["ping"]).checked()
        try await home.npm(npm, ["owner", "add", "friend-\(npm.mark)", name]).checked()
        let both = try await home.npm(npm, ["owner", "ls", name]).checked()
        #expect(both.output.contains("friend-\(npm.mark)") && both.output.contains("owner-\(npm.mark)"), "\(both)")
        #expect(both.output.contains("@users.noreply."), "no address is shown: \(both)")
        try await home.npm(npm, ["owner", "rm", "friend-\(npm.mark)", name]).checked()
        let one = try await home.npm(npm, ["owner", "ls", name, "--prefer-online"]).checked()
        #expect(!one.output.contains("friend-\(npm.mark)"), "\(one)")

        let status = try await home.npm(npm, ["access", "get", "status", name]).checked()
        #expect(status.says("\(name): public"), "\(status)")
        let collaborators = try await home.npm(npm, ["access", "list", "collaborators", name]).checked()
        #expect(collaborators.says("owner-\(npm.mark)"), "\(collaborators)")
        let packages = try await home.npm(npm, ["access", "list", "packages", "owner-\(npm.mark)"]).checked()
        #expect(packages.says(name), "\(packages)")
    }

    @Test("search", arguments: NPMVersion.available)
    func search(npm: NPMVersion) async throws {
        _ = try await publisher("seeker", npm)
        try await home.npmPublish(npm, "sought-lantern-\(npm.mark)", "1.2.3").checked()
        let found = try await home.npm(npm, ["search", "sought-lantern", "--json"]).checked()
        let hits = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [[String: Any]]
        let hit = hits?.first { $0["name"] as? String == "sought-lantern-\(npm.mark)" }
        #expect(hit?["version"] as? String == "1.2.3", "\(found)")
    }

    @Test("token list shows the prefix alone; a revoked token is refused", arguments: NPMVersion.available)
    func tokens(npm: NPMVersion) async throws {
        let token = try await publisher("holder", npm)
        let spare = try await server.token(user: "holder-\(npm.mark)")
        let listed = try await home.npm(npm, ["token", "list", "--json"]).checked()
        let tokens = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]] ?? []
        #expect(tokens.count == 2, "\(listed)")
        #expect(!listed.text.contains(token) && !listed.text.contains(spare))
        let key = try #require(
            tokens.first {
                spare.hasPrefix($0["token"] as? String ?? "-") && !token.hasPrefix($0["token"] as? String ?? "-")
            }?[
                "key"] as? String)
        try await home.npm(npm, ["token", "revoke", key]).checked()
        try home.useNPM(server, token: spare)
        let refused = try await home.npm(npm, ["whoami"])
        #expect(!refused.succeeded && refused.says("401"), "\(refused)")
        try home.useNPM(server, token: token)
        try await home.npm(npm, ["whoami"]).checked()
    }

    @Test("audit finds nothing to say", arguments: NPMVersion.available)
    func audit(npm: NPMVersion) async throws {
        _ = try await publisher("auditor", npm)
        try await home.npmPublish(npm, "audited-\(npm.mark)", "1.0.0").checked()
        try home.npmProject("app")
        try await home.npm(npm, ["install", "audited-\(npm.mark)"], in: "app").checked()
        let audit = try await home.npm(npm, ["audit"], in: "app").checked()
        #expect(audit.says("found 0 vulnerabilities"), "\(audit)")
    }
}
