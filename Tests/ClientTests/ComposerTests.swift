import Foundation
import HallmarkTesting
import Testing

@Suite("Composer", .serialized, .server, .enabled(if: hasComposer, "needs php and composer"))
struct ComposerTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("Require, run, lock, install from the lock, show, audit", arguments: ["zip", "tar", "tar.gz"])
    func requireAndInstall(kind: String) async throws {
        let vendor = "built-\(kind.replacing(".", with: ""))"
        let space = kind == "zip" ? "BuiltZip" : kind == "tar" ? "BuiltTar" : "BuiltTargz"
        let token = try await server.publisher(vendor)
        let oil = try await home.composerPublish(
            server, "\(vendor)/oil", "1.2.0", ["--kind", kind], value: "7", token: token)
        #expect(oil.status == 201, "\(oil.text)")
        let lamp = try await home.composerPublish(
            server, "\(vendor)/lamp", "v2.0", ["--kind", kind, "--member", "require={\"\(vendor)/oil\": \"^1.1\"}"],
            value: "42", token: token)
        #expect(lamp.status == 201, "\(lamp.text)")

        try home.composerProject(server)
        let added = try await home.composer(["require", "\(vendor)/lamp:^2.0"]).checked()
        #expect(added.says("Locking \(vendor)/oil (1.2.0)"), "\(added)")
        #expect(added.says("No security vulnerability advisories found"), "\(added)")
        #expect(try await home.lampValue("\(space)Lamp") == "42")
        #expect(try await home.lampValue("\(space)Oil") == "7")
        let locked = try #require(try home.locked("\(vendor)/lamp")?["dist"] as? [String: Any])
        #expect((locked["reference"] as? String)?.count == 64 && (locked["shasum"] as? String)?.count == 40)
        #expect(locked["type"] as? String == (kind == "zip" ? "zip" : "tar"))
        #expect((locked["url"] as? String)?.hasPrefix("\(server.url)/composer/dist/\(vendor)/lamp/") == true)

        try FileManager.default.removeItem(atPath: home.path("app/vendor"))
        try FileManager.default.removeItem(atPath: home.path("composer-cache"))
        let installed = try await home.composer(["install"]).checked()
        #expect(installed.says("Downloading \(vendor)/lamp (v2.0)"), "\(installed)")
        #expect(try await home.lampValue("\(space)Lamp") == "42")
        #expect(try await home.composer(["audit"]).checked().says("No security vulnerability advisories found"))
        #expect(try await home.composer(["show"]).checked().says("\(vendor)/oil 1.2.0 A small package of the tests"))
    }

    @Test("Search by word, by name, by vendor and by type; what is available")
    func search() async throws {
        let token = try await server.publisher("searching")
        try await home.composerPublish(server, "searching/lantern", "1.0.0", token: token)
        try await home.composerPublish(
            server, "searching/wick", "1.0.0", ["--member", "type=\"composer-plugin\""], token: token)
        try home.composerProject(server)
        let found = try await home.composer(["search", "lantern"]).checked()
        #expect(found.says("searching/lantern A small package of the tests"), "\(found)")
        let plugins = try await home.composer(["search", "--type", "composer-plugin", "searching"]).checked()
        #expect(plugins.says("searching/wick") && !plugins.says("searching/lantern"), "\(plugins)")
        let names = try await home.composer(["search", "--only-name", "searching/"]).checked()
        #expect(names.says("searching/wick") && names.says("searching/lantern"), "\(names)")
        let vendors = try await home.composer(["search", "--only-vendor", "searching"]).checked()
        #expect(vendors.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == ["searching"])
        let shown = try await home.composer(["show", "--available", "searching/lantern"]).checked()
        #expect(shown.says("license : MIT License"), "\(shown)")
        let none = try await home.composer(["show", "--available", "searching/none"])
        #expect(!none.succeeded && none.says("not found"), "\(none)")
    }

    @Test("A version published within the second is seen by a client that has just asked")
    func freshness() async throws {
        let token = try await server.publisher("fresh")
        try await home.composerPublish(server, "fresh/lamp", "1.0.0", token: token)
        try home.composerProject(server, require: ["fresh/lamp": "*"])
        try await home.composer(["update"]).checked()
        var dates: Set<String> = []
        for patch in 1...4 {
            let published = try await home.composerPublish(server, "fresh/lamp", "1.0.\(patch)", token: token)
            #expect(published.status == 201)
            let answer = try await Probe.get("\(server.url)/composer/p2/fresh/lamp.json")
            let date = try #require(answer.headers["last-modified"])
            dates.insert(date)
            let again = try await Probe.get(
                "\(server.url)/composer/p2/fresh/lamp.json", headers: ["If-Modified-Since": date])
            #expect(again.status == 304 && again.body.isEmpty)
        }
        #expect(dates.count == 4)
        let updated = try await home.composer(["update"]).checked()
        #expect(updated.says("Upgrading fresh/lamp (1.0.0 => 1.0.4)"), "\(updated)")
        #expect(try await home.composer(["update"]).checked().says("Nothing to modify in lock file"))
    }

    @Test("A yanked version is not resolved, a lock file keeps it, and undo brings it back")
    func yank() async throws {
        let token = try await server.publisher("yanking")
        try await home.composerPublish(server, "yanking/lamp", "1.0.0", token: token)
        try await home.composerPublish(server, "yanking/lamp", "1.1.0", token: token)
        try home.composerProject(server, require: ["yanking/lamp": "^1.0"])
        try await home.composer(["update"]).checked()
        try await server.admin(["project", "yank", "composer", "yanking/lamp", "1.1.0"]).checked()

        try home.composerProject(server, require: ["yanking/lamp": "^1.0"], folder: "fresh")
        let resolved = try await home.composer(["update"], in: "fresh").checked()
        #expect(resolved.says("Locking yanking/lamp (1.0.0)"), "\(resolved)")
        try FileManager.default.removeItem(atPath: home.path("app/vendor"))
        try FileManager.default.removeItem(atPath: home.path("composer-cache"))
        let installed = try await home.composer(["install"]).checked()
        #expect(installed.says("Installing yanking/lamp (1.1.0)"), "\(installed)")

        try await server.admin(["project", "unyank", "composer", "yanking/lamp", "1.1.0"]).checked()
        let back = try await home.composer(["update"], in: "fresh").checked()
        #expect(back.says("Upgrading yanking/lamp (1.0.0 => 1.1.0)"), "\(back)")
    }

    @Test("Development versions are found by those who ask for them")
    func development() async throws {
        let token = try await server.publisher("branching")
        try await home.composerPublish(server, "branching/lamp", "1.0.0", token: token)
        try await home.composerPublish(server, "branching/lamp", "dev-feature/wick", value: "9", token: token)
        try home.composerProject(server, require: ["branching/lamp": "dev-feature/wick"])
        let updated = try await home.composer(["update"]).checked()
        #expect(updated.says("Locking branching/lamp (dev-feature/wick"), "\(updated)")
        #expect(try await home.lampValue("BranchingLamp") == "9")
        try home.composerProject(server, require: ["branching/lamp": "*"])
        let stable = try await home.composer(["update"]).checked()
        #expect(stable.says("=> 1.0.0)"), "\(stable)")
    }

    @Test("PACKAGIST-2 A branch moves; what a lock file names of it stays, until it is one of too many")
    func branches() async throws {
        let token = try await server.publisher("moving")
        func publish(_ value: String, _ branch: String = "dev-main") async throws -> Probe {
            try await home.composerPublish(server, "moving/lamp", branch, value: value, token: token)
        }
        let first = try await publish("1")
        #expect(first.status == 201, "\(first.text)")
        try home.composerProject(server, require: ["moving/lamp": "dev-main"])
        try await home.composer(["update"]).checked()
        #expect(try await home.lampValue("MovingLamp") == "1")
        let old = try home.data("app/composer.lock")
        let before = try #require(try home.locked("moving/lamp")?["dist"] as? [String: Any])

        let second = try await publish("2")
        #expect(second.status == 201, "\(second.text)")
        let updated = try await home.composer(["update"]).checked()
        #expect(updated.says("Upgrading moving/lamp (dev-main"), "\(updated)")
        #expect(try await home.lampValue("MovingLamp") == "2")
        let after = try #require(try home.locked("moving/lamp")?["dist"] as? [String: Any])
        for member in ["reference", "url", "shasum"] {
            #expect(after[member] as? String != before[member] as? String, "\(member)")
        }
        let reference = try #require(after["reference"] as? String)
        #expect(reference.count == 64 && (after["url"] as? String)?.contains(reference) == true)
        #expect(try await publish("2").status == 200, "the same again changes nothing")

        try old.write(to: URL(filePath: home.path("app/composer.lock")))
        for folder in ["app/vendor", "composer-cache"] { try FileManager.default.removeItem(atPath: home.path(folder)) }
        try await home.composer(["install"]).checked()
        #expect(try await home.lampValue("MovingLamp") == "1", "as the old lock file says")

        // Back to what it was.
        #expect(try await publish("1").status == 200)
        try await home.composer(["update"]).checked()
        #expect(try await home.lampValue("MovingLamp") == "1")

        for value in 3...12 { #expect(try await publish("\(value)").status == 201) }
        #expect(try await publish("x", "1.x-dev").status == 201, "another branch has builds of its own")
        let url = try #require(after["url"] as? String)
        #expect(try await Probe.get(url).status == 404, "more builds than are kept")
        try await home.composer(["update"]).checked()
        #expect(try await home.lampValue("MovingLamp") == "12")
        let metadata = try await Probe.get("\(server.url)/composer/p2/moving/lamp~dev.json").text
        #expect(metadata.components(separatedBy: "\"dist\"").count == 3, "one entry a branch: \(metadata)")
    }

    @Test("An abandoned package is named, with the one to use instead")
    func abandoned() async throws {
        let token = try await server.publisher("leaving")
        try await home.composerPublish(server, "leaving/lamp", "1.0.0", token: token)
        try home.composerProject(server, require: ["leaving/lamp": "*"])
        #expect(try await !home.composer(["update"]).checked().says("abandoned"))
        let status = try await Probe.send(
            "PUT", "\(server.url)/api/v1/projects/composer/leaving%2flamp/status",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: [
                "--data", "{\"status\":\"deprecated\",\"reason\":\"Unmaintained, use arriving/lamp instead.\"}",
            ])
        #expect((200..<300).contains(status.status), "\(status.text)")
        let warned = try await home.composer(["update"]).checked()
        #expect(warned.says("Package leaving/lamp is abandoned"), "\(warned)")
        #expect(warned.says("Use arriving/lamp instead"), "\(warned)")
    }

    @Test("Quarantine ends resolution with a warm cache, and installation from a lock file")
    func quarantine() async throws {
        let token = try await server.publisher("sick")
        try await home.composerPublish(server, "sick/lamp", "1.0.0", token: token)
        try home.composerProject(server, require: ["sick/lamp": "*"])
        try await home.composer(["update"]).checked()
        try await server.admin(
            ["project", "status", "composer", "sick/lamp", "quarantined", "--reason", "it steals oil"]
        ).checked()

        let refused = try await home.composer(["update"])
        #expect(!refused.succeeded && refused.says("sick/lamp"), "\(refused)")
        #expect(!refused.says("loaded from the local cache"), "\(refused)")
        try FileManager.default.removeItem(atPath: home.path("app/vendor"))
        try FileManager.default.removeItem(atPath: home.path("composer-cache"))
        let blocked = try await home.composer(["install"])
        #expect(!blocked.succeeded && blocked.says("'sick/lamp' is quarantined: it steals oil"), "\(blocked)")

        try await server.admin(["project", "status", "composer", "sick/lamp", "active"]).checked()
        try await home.composer(["install"]).checked()
    }

    @Test("Downloads are counted where archives leave, not where clients report them")
    func counting() async throws {
        let token = try await server.publisher("counted")
        try await home.composerPublish(server, "counted/lamp", "1.0.0", token: token)
        let report = "{\"downloads\":[{\"name\":\"counted/lamp\",\"version\":\"1.0.0.0\"}]}"
        let answer = try await Probe.send(
            "POST", "\(server.url)/composer/downloads/", headers: ["Content-Type": "application/json"],
            arguments: ["--data", report])
        #expect(answer.status == 200)
        let advisories = try await Probe.send(
            "POST", "\(server.url)/composer/api/security-advisories/",
            arguments: ["--data", "packages%5B0%5D=counted%2Flamp&packages%5B1%5D=counted%2Fnone"])
        #expect(advisories.text == "{\"advisories\":{\"counted/lamp\":[]}}")
    }

    @Test("A staged release is installed from its own address by its publisher, and by everybody once it is released")
    func staging() async throws {
        let token = try await server.publisher("staging-php")
        let staged = try await server.admin(["token", "create", "--user", "staging-php", "--staged"]).checked()
            .output.trimmingCharacters(in: .whitespacesAndNewlines)
        let published = try await home.composerPublish(server, "staging-php/lamp", "1.0.0", value: "5", token: staged)
        #expect(published.status == 201, "\(published.text)")
        let key = try #require((published.json as? [String: Any])?["staging"] as? String)
        #expect(try await Probe.get("\(server.url)/composer/p2/staging-php/lamp.json").status == 404)
        let place = "\(server.url)/staging/\(key)"
        #expect(try await Probe.get("\(place)/composer/packages.json").status == 401)

        try home.composerProject(server, require: ["staging-php/lamp": "*"])
        #expect(try await !home.composer(["update"]).succeeded)
        let project = try home.read("app/composer.json")
        try home.write(project.replacing("\(server.url)/composer", with: "\(place)/composer"), to: "app/composer.json")
        let authentication = #"{"bearer":{"\#(server.authority)":"\#(token)"}}"#
        try await home.composer(["update"], with: ["COMPOSER_AUTH": authentication]).checked()
        #expect(try await home.lampValue("StagingPhpLamp") == "5")
        let url = try #require((try home.locked("staging-php/lamp")?["dist"] as? [String: Any])?["url"] as? String)
        #expect(url.hasPrefix("\(place)/composer/dist/"))

        let released = try await Probe.send(
            "POST", "\(server.url)/api/v1/stagings/\(key)/release", headers: ["Authorization": "Bearer \(token)"])
        #expect((200..<300).contains(released.status), "\(released.text)")
        try home.write(project, to: "app/composer.json")
        try await home.composer(["update"]).checked()
        let open = try #require((try home.locked("staging-php/lamp")?["dist"] as? [String: Any])?["url"] as? String)
        #expect(open.hasPrefix("\(server.url)/composer/dist/"))
    }
}
