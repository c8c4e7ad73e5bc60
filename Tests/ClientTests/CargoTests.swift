import Foundation
import HallmarkTesting
import Testing

@Suite("cargo", .serialized, .server, .enabled(if: hasCargo, "needs cargo"))
struct CargoTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("login, publish with its build, add, build, and nothing asked for twice")
    func publishAndBuild() async throws {
        let token = try await server.publisher("builder")
        try home.useCargo(server)
        let login = try await home.run(.cargo, ["login", "--registry", "hallmark"], input: token + "\n")
        #expect(login.succeeded, "\(login)")

        try home.crate("built_oil", "0.2.0", source: "pub fn drops() -> u32 { 7 }\n", folder: "oil")
        let published = try await home.cargo(["publish", "--allow-dirty"], in: "oil").checked()
        #expect(published.says("Published built_oil v0.2.0 at registry"), "\(published)")
        try home.crate(
            "Built_Lamp", "0.1.0+wick",
            dependencies: "oil = { package = \"built_oil\", version = \"0.2\", registry = \"hallmark\" }",
            source: "pub fn value() -> u32 { oil::drops() * 6 }\n", folder: "lamp")
        try await home.cargo(["publish", "--allow-dirty"], in: "lamp").checked()

        let app = try ClientHome()
        try app.useCargo(server)
        try await app.run(.cargo, ["new", "--vcs", "none", "app"]).checked()
        try await app.cargo(["add", "Built_Lamp"], in: "app").checked()
        try app.write("fn main() { println!(\"{}\", Built_Lamp::value()); }\n", to: "app/src/main.rs")
        #expect(try await app.run(.cargo, ["run", "--quiet"], in: "app").checked().output == "42\n")
        let lock = try app.read("app/Cargo.lock")
        #expect(lock.contains("source = \"sparse+\(server.url)/cargo/\""))
        #expect(lock.contains("name = \"built_oil\""))
        try await app.run(.cargo, ["update"], in: "app").checked()
    }

    @Test("search and info")
    func searchAndInfo() async throws {
        try home.useCargo(server, token: try await server.publisher("searcher"))
        try home.crate("found_lantern", "1.2.3", folder: "found")
        try await home.cargoPublish("found").checked()
        let found = try await home.cargo(["search", "found_lantern"]).checked()
        #expect(found.output.contains("found_lantern = \"1.2.3\""), "\(found)")
        #expect(found.says("A small crate of the tests"))
        let info = try await home.cargo(["info", "found_lantern"]).checked()
        #expect(info.says("A small crate of the tests"), "\(info)")
        #expect(info.says("license: MIT"), "\(info)")
        let none = try await home.cargo(["search", "nothing-like-it-anywhere"]).checked()
        #expect(!none.says("found_lantern"))
    }

    @Test("A yanked version is not resolved, a locked build keeps it, and undo brings it back")
    func yank() async throws {
        try home.useCargo(server, token: try await server.publisher("crate-yanker"))
        try home.crate("yanked_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        try await home.run(.cargo, ["new", "--vcs", "none", "locked"]).checked()
        try await home.cargo(["add", "yanked_lamp"], in: "locked").checked()
        try await home.run(.cargo, ["build"], in: "locked").checked()
        let yanked = try await home.cargo(["yank", "--version", "0.1.0", "yanked_lamp"]).checked()
        #expect(yanked.says("Yank yanked_lamp@0.1.0"), "\(yanked)")

        let fresh = try ClientHome()
        try fresh.useCargo(server)
        try await fresh.run(.cargo, ["new", "--vcs", "none", "fresh"]).checked()
        try fresh.write(
            try fresh.read("fresh/Cargo.toml") + "yanked_lamp = { version = \"0.1\", registry = \"hallmark\" }\n",
            to: "fresh/Cargo.toml")
        let refused = try await fresh.run(.cargo, ["build"], in: "fresh")
        #expect(!refused.succeeded)
        #expect(refused.says("is yanked"), "\(refused)")
        try await home.run(.cargo, ["build", "--locked"], in: "locked").checked()

        try await home.cargo(["yank", "--undo", "--version", "0.1.0", "yanked_lamp"]).checked()
        try await fresh.run(.cargo, ["build"], in: "fresh").checked()
    }

    @Test("Owners are listed, added and removed; an added one may publish")
    func owners() async throws {
        try home.useCargo(server, token: try await server.publisher("first-owner"))
        let second = try ClientHome()
        try second.useCargo(server, token: try await server.publisher("second-owner"))
        try home.crate("owned_lamp", "0.1.0", folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        let before = try await home.cargo(["owner", "--list", "owned_lamp"]).checked()
        #expect(before.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) } == ["first-owner"])

        try await home.cargo(["owner", "--add", "second-owner", "owned_lamp"]).checked()
        let after = try await home.cargo(["owner", "--list", "owned_lamp"]).checked()
        #expect(after.output.contains("second-owner"), "\(after)")
        try second.crate("owned_lamp", "0.2.0", folder: "lamp")
        try await second.cargoPublish("lamp").checked()

        try await home.cargo(["owner", "--remove", "second-owner", "owned_lamp"]).checked()
        try second.crate("owned_lamp", "0.3.0", folder: "lamp")
        #expect(try await !second.cargoPublish("lamp").succeeded)
        let last = try await home.cargo(["owner", "--remove", "first-owner", "owned_lamp"])
        #expect(!last.succeeded && last.says("owner"), "\(last)")
        let nobody = try await home.cargo(["owner", "--add", "nobody-at-all", "owned_lamp"])
        #expect(!nobody.succeeded && nobody.says("nobody-at-all"), "\(nobody)")
    }

    @Test("The index carries the features, the target and the renamed dependency of the manifest")
    func indexLine() async throws {
        try home.useCargo(server, token: try await server.publisher("indexer"))
        try home.crate("indexed_oil", "0.2.0", folder: "oil")
        try await home.cargoPublish("oil").checked()
        try home.crate(
            "indexed-lamp", "0.1.0",
            dependencies: """
                oil = { package = "indexed_oil", version = ">=0.2, <1", registry = "hallmark", optional = true }

                [features]
                bright = ["dep:oil"]
                """, folder: "lamp")
        try await home.cargoPublish("lamp").checked()
        let line = try #require(try await Probe.get("\(server.url)/cargo/in/de/indexed-lamp").json as? [String: Any])
        #expect(line["vers"] as? String == "0.1.0")
        #expect((line["cksum"] as? String)?.count == 64)
        #expect(line["v"] as? Int == 2)
        #expect(line["features2"] as? [String: [String]] == ["bright": ["dep:oil"]])
        let dependency = try #require((line["deps"] as? [[String: Any]])?.first)
        #expect(dependency["name"] as? String == "oil")
        #expect(dependency["package"] as? String == "indexed_oil")
        #expect(dependency["optional"] as? Bool == true)
        #expect((line["pubtime"] as? String)?.count == 20)
    }
}
