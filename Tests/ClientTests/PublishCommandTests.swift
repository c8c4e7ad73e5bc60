import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// `hallmark publish` and `hallmark staging` against a server, with the ecosystems' own clients as witnesses.
@Suite("hallmark publish", .serialized, .server)
struct PublishCommandTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private func hallmark(
        _ words: [String], token: String?, with variables: [String: String] = [:]
    ) async throws -> CommandResult {
        try await home.hallmark(server, words, token: token, with: variables)
    }

    private func publish(_ words: [String], token: String?) async throws -> CommandResult {
        try await hallmark(["publish"] + words, token: token)
    }

    private func json(_ result: CommandResult) throws -> JSONValue { try result.json() }

    /// Every file that the server keeps for packages.
    private func blobs() -> [String] {
        let walker = FileManager.default.enumerator(
            at: server.data.appending(path: "blobs"), includingPropertiesForKeys: nil)
        return (walker?.compactMap { $0 as? URL } ?? []).map(\.lastPathComponent).filter { $0.count == 64 }.sorted()
    }

    @Test("A Python package: what is in dist, one file or all, and pip installs it", .enabled(if: hasPython))
    func python() async throws {
        let token = try await server.publisher("pub-python")
        let wheel = try await home.wheel("published-lamp", "1.0", folder: "project/dist")
        try home.write("[project]\nname = \"published-lamp\"\nversion = \"1.0\"\n", to: "project/pyproject.toml")
        let result = try await publish(["project", "--json"], token: token).checked()
        let report = try json(result)
        #expect(report["published"] == true && report["dry_run"] == false)
        #expect(report["name"] == "published-lamp" && report["version"] == "1.0" && report["ecosystem"] == "pypi")
        let file = try #require(report["files"]?.arrayValue?.first)
        #expect(file["name"]?.stringValue.map { wheel.hasSuffix("/\($0)") } == true)
        try await home.pipInstall(server, ["published-lamp"]).checked()
        #expect(try await home.moduleValue("published_lamp") == "1")
        let page = try #require(report["page"]?.stringValue)
        #expect(try await Probe.get(page).status == 200, "\(page)")
        // The same bytes again are no error, as with twine.
        let again = try await publish([wheel], token: token).checked()
        #expect(again.says("already published with the same content"), "\(again)")
        try await home.buildPythonProject("built-lamp", "2.0", folder: "built")
        let both = try json(try await publish(["dist", "--json"], token: token).checked())
        #expect(both["files"]?.arrayValue?.count == 2)
    }

    @Test(
        "A crate: packed by cargo or as it is, with its dependencies, and cargo builds with it", .enabled(if: hasCargo))
    func cargo() async throws {
        let token = try await server.publisher("pub-cargo")
        try home.useCargo(server, token: token)
        try home.crate("published_wick", "0.1.0", folder: "wick")
        try await publish(["wick", "--no-verify"], token: token).checked()
        try home.crate(
            "published_lamp", "0.2.0",
            dependencies: "wick = { package = \"published_wick\", version = \"0.1\", registry = \"hallmark\" }",
            source: "pub use wick::value;\n", folder: "lamp")
        try await publish(["lamp"], token: token).checked()
        try await home.run(.cargo, ["new", "--vcs", "none", "app"]).checked()
        try await home.cargo(["add", "published_lamp"], in: "app").checked()
        try home.write("fn main() { println!(\"{}\", published_lamp::value()); }\n", to: "app/src/main.rs")
        let run = try await home.run(.cargo, ["run", "-q"], in: "app").checked()
        #expect(run.output == "1\n", "\(run)")
        let again = try await publish(["lamp"], token: token).checked()
        #expect(again.says("already published with the same content"), "\(again)")
    }

    @Test("An npm package: packed by npm, with its tag, and npm installs it", .enabled(if: hasNPM))
    func npm() async throws {
        let token = try await server.publisher("pub-npm")
        try home.npmPackage("@pub/lamp", "1.0.0", value: "42", folder: "lamp")
        try await publish(["lamp"], token: token).checked()
        try home.npmPackage("@pub/lamp", "1.1.0-rc.1", value: "43", folder: "lamp")
        let next = try await publish(["lamp"], token: token).checked()
        #expect(next.says("it gets the tag 'next'"), "\(next)")
        let npm = try #require(NPMVersion.available.first)
        try home.useNPM(server)
        try home.npmProject("app")
        try await home.npm(npm, ["install", "@pub/lamp"], in: "app").checked()
        #expect(try await home.required("@pub/lamp", by: npm, in: "app") == "42")
        try await home.npm(npm, ["install", "@pub/lamp@next"], in: "app").checked()
        #expect(try await home.required("@pub/lamp", by: npm, in: "app") == "43")
        let again = try await publish(["lamp", "--json"], token: token)
        #expect(again.status == 1)
        #expect(try json(again)["problem"]?["code"] == "version-exists")
        try home.npmPackage("@pub/secret", "1.0.0", fields: "\"private\": true", folder: "secret")
        let kept = try await publish(["secret"], token: token)
        #expect(kept.status == 1 && kept.says("private"), "\(kept)")
    }

    @Test("A dry run makes every check and keeps nothing", .enabled(if: hasPython && hasNPM && hasCargo))
    func dryRun() async throws {
        let token = try await server.publisher("pub-dry")
        let wheel = try await home.wheel("dry-lamp", "1.0")
        try home.crate("dry_lamp", "0.1.0", folder: "crate")
        try home.npmPackage("dry-lamp", "1.0.0", folder: "npm")
        let before = blobs()
        for words in [[wheel], ["crate", "--no-verify"], ["npm"]] {
            let result = try await publish(words + ["--dry-run", "--json"], token: token).checked()
            let report = try json(result)
            #expect(report["dry_run"] == true && report["published"] == false, "\(result)")
            #expect(report["files"]?.arrayValue?.first?["sha256"]?.stringValue?.count == 64)
        }
        #expect(blobs() == before)
        for path in ["/pypi/simple/dry-lamp/", "/cargo/dr/y_/dry_lamp", "/npm/dry-lamp"] {
            #expect(try await Probe.get(server.url + path).status == 404, "\(path)")
        }
        // What a publish would be refused for, a dry run is refused for.
        try await publish([wheel], token: token).checked()
        let other = try await home.wheel("dry-lamp", "1.0", value: "2", folder: "other")
        let refused = try await publish([other, "--dry-run"], token: token)
        #expect(refused.status == 1 && refused.says("File already exists"), "\(refused)")
        let stranger = try await publish(
            [try await home.wheel("dry-lamp", "2.0", folder: "next"), "--dry-run"],
            token: try await server.publisher("pub-stranger"))
        #expect(stranger.status == 1 && stranger.says("is not an owner or maintainer"), "\(stranger)")
    }

    @Test("A staged release is seen by its publisher, then released or dropped", .enabled(if: hasPython && hasNPM))
    func staging() async throws {
        let token = try await server.publisher("pub-stager")
        func stage(_ words: [String]) async throws -> String {
            let report = try json(try await publish(words + ["--staged", "--json"], token: token).checked())
            #expect(report["published"] == false)
            let address = try #require(report["staging"]?["address"]?.stringValue)
            #expect(address.hasPrefix("\(server.url)/staging/"), "\(address)")
            return try #require(report["staging"]?["key"]?.stringValue)
        }
        let key = try await stage([try await home.wheel("staged-lamp", "1.0")])
        #expect(try await Probe.get("\(server.url)/pypi/simple/staged-lamp/").status == 404)
        let place = "\(server.url)/staging/\(key)/pypi/simple/"
        let authority = "http://__token__:\(token)@localhost:\(server.port)"
        try await home.run(
            .pip,
            [
                "install", "--target", "site", "--index-url", place.replacing(server.url, with: authority),
                "staged-lamp",
            ]
        ).checked()
        #expect(try await home.moduleValue("staged_lamp") == "1")

        let list = try await hallmark(["staging", "list"], token: token).checked()
        #expect(list.says(key) && list.says("staged-lamp 1.0"), "\(list)")
        let show = try await hallmark(["staging", "show", key], token: token).checked()
        #expect(show.says("staged_lamp-1.0-py3-none-any.whl"), "\(show)")
        let other = try await server.publisher("pub-other")
        #expect(try await hallmark(["staging", "list"], token: other).says("Nothing is staged."))
        let foreign = try await hallmark(["staging", "release", key], token: other)
        #expect(foreign.status == 1 && foreign.says("no such staging"), "\(foreign)")
        try await hallmark(["staging", "release", key], token: token).checked()
        #expect(try await Probe.get("\(server.url)/pypi/simple/staged-lamp/").status == 200)

        try home.npmPackage("staged-lamp", "1.0.0", folder: "npm")
        let second = try await stage(["npm"])
        try await hallmark(["staging", "drop", second], token: token).checked()
        #expect(try await Probe.get("\(server.url)/npm/staged-lamp").status == 404)
        let all = try json(try await hallmark(["staging", "list", "--all", "--json"], token: token).checked())
        let states = (all["stagings"]?.arrayValue ?? []).compactMap { $0["state"]?.stringValue }
        #expect(states.sorted() == ["dropped", "released"])
        // The version that was dropped is free.
        try await publish(["npm"], token: token).checked()
    }

    @Test("Who asks wrongly is told what to do; a token shows up nowhere", .enabled(if: hasPython))
    func refusals() async throws {
        let token = try await server.publisher("pub-refused")
        let wheel = try await home.wheel("refused-lamp", "1.0")
        let without = try await publish([wheel], token: nil)
        #expect(without.status == 1 && without.says("HALLMARK_TOKEN"), "\(without)")
        let unknown = try await publish([wheel], token: "hlmk_" + String(repeating: "0", count: 36))
        #expect(unknown.status == 1 && unknown.says("not valid"), "\(unknown)")
        let narrow = try await server.token(user: "pub-refused", scopes: ["publish:cargo"])
        let scoped = try await publish([wheel], token: narrow)
        #expect(scoped.status == 1 && scoped.says("insufficient-scope"), "\(scoped)")
        let nothing = try await publish(["."], token: token)
        #expect(nothing.status == 2, "\(nothing)")
        let elsewhere = try await hallmark(
            ["publish", wheel, "--registry", "http://localhost:1"], token: token)
        #expect(elsewhere.status == 1 && elsewhere.says("Nothing answers at"), "\(elsewhere)")

        // A build tool sees neither the token nor where it is.
        try await home.writeProgram("#!/bin/sh\nenv > \"$HOME/seen\"\nexit 3\n", to: "bin/npm")
        try home.npmPackage("refused-lamp", "1.0.0", folder: "npm")
        let failed = try await hallmark(
            ["publish", "npm"], token: nil,
            with: ["PATH": "\(home.path("bin")):/usr/bin:/bin", "HALLMARK_TOKEN": token])
        #expect(failed.status == 1 && failed.says("ended with 3"), "\(failed)")
        let seen = try home.read("home/seen")
        #expect(seen.contains("HOME=") && !seen.contains(token) && !seen.contains("HALLMARK_"))
        try await publish([wheel], token: token).checked()
        for text in [server.log, failed.text, unknown.text, scoped.text] {
            #expect(!text.contains(token) && !text.contains(narrow))
        }
    }
}
