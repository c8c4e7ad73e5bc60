import HallmarkTesting
import RegistryModel
import Testing

/// What people read in their clients when they have not proven enough: NPM-1, AUTHN-3.2, AUTHN-3.3.
@Suite("Factors at publish, in the clients' words", .serialized, .server)
struct FactorTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Makes a project critical at once, and gives a token of an owner without a security key.
    private func critical(_ ecosystem: String, _ name: String, owner: String) async throws {
        try await server.admin(["project", "critical", ecosystem, name, "--now"]).checked()
    }

    @Test("twine and uv", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func python() async throws {
        func expect(_ file: String, _ token: String, says phrase: String) async throws {
            for result in [
                try await home.twine(server, token: token, files: [file]),
                try await home.uvPublish(server, token: token, files: [file]),
            ] {
                #expect(!result.succeeded && result.says(phrase), "\(result)")
            }
        }
        let bare = try await server.ownPerson("py-bare", [.password])
        try await expect(try await home.wheel("factor-lamp", "1.0"), bare, says: "second factor")
        let owner = try await server.ownPerson("py-owner")
        try await home.twine(server, token: owner, files: [try await home.wheel("critical-lamp", "1.0")]).checked()
        try await critical("pypi", "critical-lamp", owner: "py-owner")
        let next = try await home.wheel("critical-lamp", "1.1")
        try await expect(next, owner, says: "security key or passkey")
        try await expect(next, try await server.token(user: "py-owner"), says: "operator")
        let key = try await server.ownPerson("py-key", [.password, .webauthn])
        try await server.admin(["project", "member", "pypi", "critical-lamp", "py-key"]).checked()
        try await home.twine(server, token: key, files: [next]).checked()
    }

    @Test("cargo: factors, and owners who are invited", .enabled(if: hasCargo, "needs cargo"))
    func cargo() async throws {
        try home.useCargo(server, token: try await server.ownPerson("rs-bare", [.password]))
        try home.crate("factor_lamp", "0.1.0", folder: "lamp")
        let refused = try await home.cargoPublish("lamp")
        #expect(!refused.succeeded && refused.says("second factor"), "\(refused)")

        let owner = try await server.ownPerson("rs-owner")
        let friend = try await server.ownPerson("rs-friend")
        try home.useCargo(server, token: owner)
        try await home.cargoPublish("lamp").checked()
        let invited = try await home.cargo(["owner", "--add", "rs-friend", "factor_lamp"]).checked()
        #expect(invited.says("rs-friend has been invited to be an owner of crate factor_lamp"), "\(invited)")
        let before = try await home.cargo(["owner", "--list", "factor_lamp"]).checked()
        #expect(!before.output.contains("rs-friend"), "\(before)")
        try await accept(friend)
        let after = try await home.cargo(["owner", "--list", "factor_lamp"]).checked()
        #expect(after.output.contains("rs-friend"), "\(after)")

        for words in [
            ["create", "rs-acme", "--owner", "rs-owner"], ["team", "create", "rs-acme:core"],
            ["team", "add", "rs-acme:core", "rs-owner"],
        ] {
            try await server.admin(["organization"] + words).checked()
        }
        let team = try await home.cargo(["owner", "--add", "rs-acme:core", "factor_lamp"]).checked()
        #expect(team.says("rs-acme:core was added as a maintainer"), "\(team)")
        let listed = try await home.cargo(["owner", "--list", "factor_lamp"]).checked()
        #expect(listed.output.contains("rs-acme:core"), "\(listed)")

        try await critical("cargo", "factor_lamp", owner: "rs-owner")
        try home.crate("factor_lamp", "0.2.0", folder: "lamp")
        let critical = try await home.cargoPublish("lamp")
        #expect(!critical.succeeded && critical.says("security key or passkey"), "\(critical)")
        let yank = try await home.cargo(["yank", "--version", "0.1.0", "factor_lamp"])
        #expect(!yank.succeeded && yank.says("security key or passkey"), "\(yank)")
    }

    @Test("npm: factors, owners who are invited, organizations and teams", arguments: NPMVersion.available)
    func npm(npm: NPMVersion) async throws {
        let mark = npm.mark
        let name = "factor-lamp-\(mark)"
        try home.useNPM(server, token: try await server.ownPerson("js-bare-\(mark)", [.password]))
        let refused = try await home.npmPublish(npm, name, "1.0.0")
        #expect(!refused.succeeded && refused.says("403") && refused.says("second factor"), "\(refused)")

        let owner = try await server.ownPerson("js-owner-\(mark)")
        let friend = try await server.ownPerson("js-friend-\(mark)")
        try home.useNPM(server, token: owner)
        try await home.npmPublish(npm, name, "1.0.0").checked()
        let invited = try await home.npm(npm, ["owner", "add", "js-friend-\(mark)", name]).checked()
        #expect(invited.says("has been invited"), "\(invited)")
        let before = try await home.npm(npm, ["owner", "ls", name, "--prefer-online"]).checked()
        #expect(!before.output.contains("js-friend"), "\(before)")
        try await accept(friend)
        let after = try await home.npm(npm, ["owner", "ls", name, "--prefer-online"]).checked()
        #expect(after.output.contains("js-friend-\(mark)"), "\(after)")

        let acme = "js-acme-\(mark)"
        try await server.admin(["organization", "create", acme, "--owner", "js-owner-\(mark)"]).checked()
        try await home.npm(npm, ["team", "create", "@\(acme):core"]).checked()
        try await home.npm(npm, ["team", "add", "@\(acme):core", "js-owner-\(mark)"]).checked()
        let place = try await home.npm(npm, ["org", "set", acme, "js-friend-\(mark)", "developer"]).checked()
        #expect(place.says("js-friend-\(mark)"), "\(place)")
        try await accept(friend)
        let people = try await home.npm(npm, ["org", "ls", acme, "--json"]).checked()
        #expect(people.output.contains("js-friend-\(mark)") && people.output.contains("owner"), "\(people)")
        try await home.npm(npm, ["access", "grant", "read-write", "\(acme):core", name]).checked()
        let packages = try await home.npm(npm, ["access", "list", "packages", "@\(acme):core"]).checked()
        #expect(packages.output.contains(name), "\(packages)")
        let teams = try await home.npm(npm, ["team", "ls", "@\(acme)"]).checked()
        #expect(teams.output.contains("core"), "\(teams)")
        try await home.npm(npm, ["access", "set", "mfa=publish", name]).checked()
        let tokens = try await home.npmPublish(npm, name, "1.1.0")
        #expect(!tokens.succeeded && tokens.says("long-lived"), "\(tokens)")
        try await home.npm(npm, ["access", "set", "mfa=automation", name]).checked()
        try await critical("npm", name, owner: "js-owner-\(mark)")
        let critical = try await home.npmPublish(npm, name, "1.1.0")
        #expect(!critical.succeeded && critical.says("security key or passkey"), "\(critical)")
    }

    /// Accepts the only invitation that waits.
    private func accept(_ token: String) async throws {
        let headers = ["Authorization": "Bearer \(token)"]
        let list = try await Probe.get("\(server.url)/api/v1/invitations", headers: headers)
        let found = (list.json as? [String: Any])?["invitations"] as? [[String: Any]]
        let id = try #require(found?.first?["id"] as? String)
        let answer = try await Probe.send(
            "POST", "\(server.url)/api/v1/invitations/\(id)/acceptance", headers: headers)
        #expect(answer.status == 200)
    }
}
