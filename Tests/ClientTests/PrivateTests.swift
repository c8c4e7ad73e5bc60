import Foundation
import HallmarkTesting
import Testing

/// Where nothing is public, every client must be told to send its credential, and needs one that may read.
@Suite("Clients of a private registry", .serialized, .server(["HALLMARK_DEFAULT_VISIBILITY": "private"]))
struct PrivateTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("twine, pip and uv", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func python() async throws {
        let token = try await server.publisher("hidden-py")
        let stranger = try await server.publisher("stranger-py")
        let wheel = try await home.wheel("hidden-lamp", "1.0")
        try await home.twine(server, token: token, files: [wheel]).checked()

        let anonymous = try await Probe.get("\(server.url)/pypi/simple/hidden-lamp/")
        #expect(anonymous.status == 401)
        #expect(anonymous.headers["www-authenticate"]?.hasPrefix("Basic") == true)
        #expect(try await !home.pipInstall(server, ["hidden-lamp"]).succeeded)
        func index(_ token: String) -> [String] {
            ["--index-url", server.url.replacing("//", with: "//__token__:\(token)@") + "/pypi/simple/", "hidden-lamp"]
        }
        #expect(try await !home.run(.pip, ["install", "--target", "site"] + index(stranger)).succeeded)
        try await home.run(.pip, ["install", "--target", "site"] + index(token)).checked()
        #expect(try await home.moduleValue("hidden_lamp") == "1")
        try await home.run(.uv, ["pip", "install", "--target", "uv-site"] + index(token)).checked()
    }

    @Test("cargo", .enabled(if: hasCargo, "needs cargo"))
    func cargo() async throws {
        try home.useCargo(server, token: try await server.publisher("hidden-crate"))
        let provider = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n"
        try home.write(try home.read("cargo/config.toml") + "\n" + provider, to: "cargo/config.toml")
        try home.crate("hidden_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        try await home.run(.cargo, ["new", "--vcs", "none", "app"]).checked()
        try await home.cargo(["add", "hidden_lamp"], in: "app").checked()
        try await home.run(.cargo, ["build"], in: "app").checked()
        let found = try await home.cargo(["search", "hidden_lamp"]).checked()
        #expect(found.output.contains("hidden_lamp = \"0.1.0\""), "\(found)")

        let stranger = try ClientHome()
        try stranger.useCargo(server)
        try stranger.write(try stranger.read("cargo/config.toml") + "\n" + provider, to: "cargo/config.toml")
        try await stranger.run(.cargo, ["new", "--vcs", "none", "app"]).checked()
        let refused = try await stranger.cargo(["add", "hidden_lamp"], in: "app")
        #expect(!refused.succeeded)
        #expect(refused.says("token"), "\(refused)")
        #expect(try await Probe.get("\(server.url)/cargo/hi/dd/hidden_lamp").status == 401)
    }

    @Test("composer, with Basic and with Bearer", .enabled(if: hasComposer, "needs php and composer"))
    func composer() async throws {
        let token = try await server.publisher("hidden-php")
        let published = try await home.composerPublish(server, "hidden/lamp", "1.0.0", token: token)
        #expect(published.status == 201, "\(published.text)")
        try home.composerProject(server, require: ["hidden/lamp": "*"])
        let anonymous = try await home.composer(["update"])
        #expect(!anonymous.succeeded && anonymous.says("required authentication (HTTP 401)"), "\(anonymous)")
        #expect(try await Probe.get("\(server.url)/composer/packages.json").status == 401)
        #expect(try await Probe.get("\(server.url)/composer/list.json").status == 401)

        func authentications(_ token: String) -> [String] {
            [
                #"{"http-basic":{"\#(server.authority)":{"username":"__token__","password":"\#(token)"}}}"#,
                #"{"bearer":{"\#(server.authority)":"\#(token)"}}"#,
            ]
        }
        for authentication in authentications(token) {
            try? FileManager.default.removeItem(atPath: home.path("app/vendor"))
            try? FileManager.default.removeItem(atPath: home.path("composer-cache"))
            try await home.composer(["update"], with: ["COMPOSER_AUTH": authentication]).checked()
            #expect(try await home.lampValue("HiddenLamp") == "1")
        }
        let stranger = try await server.publisher("stranger-php")
        for authentication in authentications(stranger) {
            let refused = try await home.composer(["update"], with: ["COMPOSER_AUTH": authentication])
            #expect(!refused.succeeded && refused.says("hidden/lamp"), "\(refused)")
        }
        let root = try await Probe.get(
            "\(server.url)/composer/packages.json", headers: ["Authorization": "Bearer \(stranger)"])
        #expect(root.status == 200 && !root.text.contains("hidden"), "\(root.text)")
        #expect(root.headers["cache-control"]?.contains("private") == true)
    }

    @Test("npm", .enabled(if: hasNPM, "needs npm"), arguments: NPMVersion.available)
    func npm(npm: NPMVersion) async throws {
        let token = try await server.publisher("hidden-\(npm.mark)")
        try home.useNPM(server, token: token)
        let name = "hidden-lamp-\(npm.mark)"
        try await home.npmPublish(npm, name, "1.0.0").checked()
        try home.npmProject("app")
        try await home.npm(npm, ["install", name], in: "app").checked()
        #expect(try await home.required(name, by: npm, in: "app") == "1")

        let stranger = try ClientHome()
        try stranger.useNPM(server)
        try stranger.npmProject("app")
        let refused = try await stranger.npm(npm, ["install", name], in: "app")
        #expect(!refused.succeeded)
        #expect(refused.says("401"), "\(refused)")
        try stranger.useNPM(server, token: try await server.publisher("stranger-\(npm.mark)"))
        #expect(try await !stranger.npm(npm, ["install", name], in: "app").succeeded)
    }
}
