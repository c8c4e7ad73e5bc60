import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// `hallmark publish` for the packages whose own clients publish in other ways, or not at all.
@Suite("hallmark publish: Swift, Composer and Maven", .serialized, .server)
struct PublishMoreTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private func publish(_ words: [String], token: String) async throws -> CommandResult {
        try await home.hallmark(server, ["publish"] + words, token: token)
    }

    /// Builds a Maven project with what Debian has.
    private func build(_ folder: String) async throws {
        let settings = ["--batch-mode", "--no-transfer-progress", "--settings", home.path("settings.xml")]
        try await home.run(.maven, settings + ["package"], in: folder, limit: .seconds(600)).checked()
    }

    private func status(_ path: String) async throws -> Int {
        try await Probe.get(server.url + path).status
    }

    @Test("A Swift package: identity from git's origin, version from the tag, dotted names mapped")
    func swift() async throws {
        let token = try await server.publisher("more-swift")
        try home.swiftLibrary(
            "GRDB", folder: "grdb", more: [".gitattributes": "notes.txt export-ignore\n", "notes.txt": "x"])
        try await home.commit("grdb", tag: "v1.2.3", origin: "https://me:secret@code.example/lamps/GRDB.swift.git")
        let dry = try await publish(["grdb", "--dry-run", "--json"], token: token).checked().json()
        #expect(dry["name"] == "lamps.GRDB-swift" && dry["version"] == "1.2.3" && dry["dry_run"] == true)
        #expect(try await status("/swift/lamps/GRDB-swift") == 404)

        try home.write("public func other() {}\n", to: "grdb/Sources/GRDB/Other.swift")
        let dirty = try await publish(["grdb"], token: token)
        #expect(dirty.status == 1 && dirty.says("not committed"), "\(dirty)")
        let done = try await publish(["grdb", "--allow-dirty", "--json"], token: token).checked()
        #expect(try done.json()["published"] == true)
        let release = try await Probe.get("\(server.url)/swift/lamps/GRDB-swift/1.2.3")
        #expect(release.status == 200 && !release.text.contains("secret"), "\(release.text)")
        #expect(
            release.text.contains("https://code.example/lamps/GRDB.swift.git")
                || release.text.contains("https:\\/\\/code"))
        let archive = try await Probe.get("\(server.url)/swift/lamps/GRDB-swift/1.2.3.zip")
        try home.write(archive.body, to: "out.zip")
        let listing = try await home.run(
            .python, ["-c", "import zipfile; print(*zipfile.ZipFile('out.zip').namelist())"]
        ).checked().output
        #expect(listing.contains("lamps.GRDB-swift/Package.swift"), "\(listing)")
        #expect(!listing.contains("notes.txt") && !listing.contains("Other.swift"), "\(listing)")
        let again = try await publish(["grdb", "--allow-dirty"], token: token)
        #expect(again.status == 1 && again.says("version-exists"), "\(again)")
    }

    @Test("A Swift package outside git needs its identity and its version")
    func plainSwift() async throws {
        let token = try await server.publisher("more-plain")
        try home.swiftLibrary("Lamp", folder: "plain", more: [".build/junk": "x", ".env": "SECRET=1"])
        let nameless = try await publish(["plain", "--version", "1.0.0"], token: token)
        #expect(nameless.status == 2 && nameless.says("--name scope.name"), "\(nameless)")
        let unversioned = try await publish(["plain", "--name", "plain.Lamp"], token: token)
        #expect(unversioned.status == 2 && unversioned.says("Which version?"), "\(unversioned)")
        let words = ["plain", "--name", "plain.Lamp", "--version", "1.0.0", "--json"]
        let staged = try await publish(words + ["--staged"], token: token).checked().json()
        let key = try #require(staged["staging"]?["key"]?.stringValue)
        #expect(try await status("/swift/plain/Lamp/1.0.0") == 404)
        try await home.hallmark(server, ["staging", "release", key], token: token).checked()
        #expect(try await status("/swift/plain/Lamp/1.0.0") == 200)
    }

    @Test("A Composer package: what git archives, with the tag's version", .enabled(if: ClientTool.python.isAvailable))
    func composer() async throws {
        let token = try await server.publisher("more-composer")
        try home.write(
            #"{"name":"more/glow","description":"d","license":"MIT","autoload":{"psr-4":{"More\\":"src/"}}}"#,
            to: "glow/composer.json")
        try home.write("<?php namespace More; class Glow {}\n", to: "glow/src/Glow.php")
        try await home.commit("glow", tag: "v1.4.0")
        let dry = try await publish(["glow", "--dry-run", "--json"], token: token).checked().json()
        #expect(dry["name"] == "more/glow" && dry["version"] == "1.4.0" && dry["dry_run"] == true)
        #expect(try await status("/composer/p2/more/glow.json") == 404)
        let done = try await publish(["glow", "--json"], token: token).checked().json()
        #expect(done["published"] == true)
        let metadata = try await Probe.get("\(server.url)/composer/p2/more/glow.json")
        #expect(metadata.status == 200 && metadata.text.contains("1.4.0"), "\(metadata.text)")
        let page = try #require(done["page"]?.stringValue)
        #expect(try await Probe.get(page).status == 200, "\(page)")
        let stranger = try await publish(
            ["glow", "--version", "1.5.0"], token: try await server.publisher("more-stranger"))
        #expect(stranger.status == 1, "\(stranger)")
        let key = try await publish(["glow", "--version", "1.5.0", "--staged", "--json"], token: token).checked().json()
        #expect(key["staging"]?["key"]?.stringValue != nil)
        #expect(try await Probe.get("\(server.url)/composer/p2/more/glow.json").text.contains("1.5.0") == false)
    }

    @Test("A Maven artifact: a bundle of what the build left, published whole or not at all", .enabled(if: hasMaven))
    func maven() async throws {
        let token = try await server.publisher("more-maven")
        try home.useMaven()
        try home.mavenLibrary("bundled", "1.0.0", on: server, folder: "lib")
        try await build("lib")
        let pom = "/maven/releases/org/hallmark/bundled/bundled/1.0.0/bundled-1.0.0.pom"
        let dry = try await publish(["lib", "--dry-run", "--json"], token: token).checked().json()
        #expect(dry["name"] == "org.hallmark.bundled:bundled" && dry["version"] == "1.0.0", "\(dry)")
        #expect(try await status(pom) == 404)
        let listed = try await home.hallmark(server, ["staging", "list", "--all"], token: token).checked()
        #expect(listed.says("Nothing is staged."), "a dry run leaves no deployment: \(listed)")
        let staged = try await publish(["lib", "--staged", "--json"], token: token).checked().json()
        let key = try #require(staged["staging"]?["key"]?.stringValue)
        #expect(try await status(pom) == 404)
        try await home.hallmark(server, ["staging", "drop", key], token: token).checked()
        let done = try await publish(["lib", "--json"], token: token).checked().json()
        #expect(done["published"] == true)
        #expect(done["files"]?.arrayValue?.compactMap { $0["name"]?.stringValue }.contains("bundled-1.0.0.jar") == true)
        let jar = try await Probe.get(server.url + pom.replacing(".pom", with: ".jar"))
        #expect(jar.status == 200)
        #expect(jar.body == (try home.data("lib/target/bundled-1.0.0.jar")))
        // Other bytes under the same coordinates.
        try home.mavenLibrary("bundled", "1.0.0", value: 43, on: server, folder: "lib")
        try FileManager.default.removeItem(atPath: home.path("lib/target"))
        try await build("lib")
        for words in [["lib"], ["lib", "--dry-run"]] {
            let refused = try await publish(words, token: token)
            #expect(refused.status == 1 && refused.says("was published with other content"), "\(refused)")
        }
    }
}
