import Foundation
import HallmarkTesting
import Testing

@Suite("pip, uv, twine and poetry", .serialized, .server, .enabled(if: hasPython, "needs scripts/bootstrap test"))
struct PyPIInstallTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("twine publishes what build made; pip installs the wheel and the sdist")
    func buildPublishInstall() async throws {
        let token = try await server.publisher("built")
        try await home.buildPythonProject("Built.Lantern_One", "1.0", folder: "project")
        let files = home.list("dist").map { home.path("dist/\($0)") }
        #expect(files.count == 2)
        try await home.twine(server, token: token, files: files).checked()

        try await home.pipInstall(server, ["built-lantern-one"]).checked()
        #expect(try await home.moduleValue("built_lantern_one") == "1.0")

        let source = try ClientHome()
        try await source.pipInstall(
            server, ["--no-binary", ":all:", "--no-build-isolation", "--no-deps", "Built.Lantern_One"]
        ).checked()
        #expect(try await source.moduleValue("built_lantern_one") == "1.0")
    }

    @Test("uv publishes and installs, with what the wheel requires")
    func uv() async throws {
        let token = try await server.publisher("uv-user")
        let below = try await home.wheel("uv-oil", "2.1", value: "oil")
        let above = try await home.wheel("uv-lamp", "1.0", requires: ["uv-oil>=2"], value: "lamp")
        try await home.uvPublish(server, token: token, files: [below, above]).checked()

        try await home.run(.uv, ["venv", "--python", "\(Checkout.environment.path)/bin/python", "env"]).checked()
        try await home.run(
            .uv, ["pip", "install", "--index-url", "\(server.url)/pypi/simple/", "uv-lamp"],
            with: ["VIRTUAL_ENV": home.path("env")]
        ).checked()
        let listed = try await home.run(.uv, ["pip", "freeze"], with: ["VIRTUAL_ENV": home.path("env")]).checked()
        #expect(listed.output.split(separator: "\n") == ["uv-lamp==1.0", "uv-oil==2.1"])
    }

    @Test("poetry adds a package and what it requires")
    func poetry() async throws {
        let token = try await server.publisher("poet")
        let below = try await home.wheel("poetry-oil", "2.1")
        let above = try await home.wheel("poetry-lamp", "1.0", requires: ["poetry-oil>=2"])
        try await home.twine(server, token: token, files: [below, above]).checked()
        try home.write(
            """
            [project]
            name = "reader"
            version = "0.1.0"
            requires-python = ">=3.11"

            [tool.poetry]
            package-mode = false

            [[tool.poetry.source]]
            name = "hallmark"
            url = "\(server.url)/pypi/simple/"
            priority = "primary"
            """, to: "app/pyproject.toml")
        try await home.run(.poetry, ["add", "poetry-lamp"], in: "app").checked()
        let lock = try home.read("app/poetry.lock")
        #expect(lock.contains("name = \"poetry-lamp\""))
        #expect(lock.contains("name = \"poetry-oil\""))
        let run = ["run", "python", "-c", "import poetry_lamp, poetry_oil; print(poetry_lamp.value)"]
        #expect(try await home.run(.poetry, run, in: "app").checked().output == "1\n")
    }

    @Test("pip installs with hashes, and refuses a wrong one")
    func requireHashes() async throws {
        let token = try await server.publisher("hasher")
        let wheel = try await home.wheel("hashed-lamp", "1.0")
        try await home.twine(server, token: token, files: [wheel]).checked()
        let hashed = try await home.run(.pip, ["hash", "--algorithm", "sha256", wheel]).checked().output
        let digest = try #require(hashed.split(whereSeparator: \.isNewline).last.map(String.init))

        try home.write("hashed-lamp==1.0 \(digest)\n", to: "right.txt")
        try await home.pipInstall(server, ["--require-hashes", "-r", "right.txt"]).checked()

        let wrong = "--hash=sha256:" + String(repeating: "0", count: 64)
        try home.write("hashed-lamp==1.0 \(wrong)\n", to: "wrong.txt")
        let refused = try await home.pipInstall(server, ["--require-hashes", "-r", "wrong.txt"])
        #expect(!refused.succeeded)
        #expect(refused.says("THESE PACKAGES DO NOT MATCH THE HASHES"), "\(refused)")
    }

    @Test("pip lists the versions in PEP 440's order, pre-releases only when asked")
    func indexVersions() async throws {
        let token = try await server.publisher("lister")
        var wheels: [String] = []
        for version in ["1.9", "1.10", "1.10rc1", "0.5.post1"] {
            wheels.append(try await home.wheel("listed-lamp", version))
        }
        try await home.twine(server, token: token, files: wheels).checked()
        let index = ["index", "versions", "listed-lamp", "--index-url", "\(server.url)/pypi/simple/"]
        let listed = try await home.run(.pip, index).checked()
        #expect(listed.says("Available versions: 1.10, 1.9, 0.5.post1"), "\(listed)")
        let all = try await home.run(.pip, index + ["--pre"]).checked()
        #expect(all.says("Available versions: 1.10, 1.10rc1, 1.9, 0.5.post1"), "\(all)")
    }

    /// Debian 12 brings pip 23.0, which stops at what PEP 714 renamed if an index serves it in JSON.
    @Test("The pip that comes with the system's Python installs and reads metadata apart")
    func systemPip() async throws {
        let token = try await server.publisher("old-pip")
        let below = try await home.wheel("old-oil", "2.1", value: "oil")
        let above = try await home.wheel("old-lamp", "1.0", requires: ["old-oil>=2"], value: "lamp")
        try await home.twine(server, token: token, files: [below, above]).checked()
        try await home.run(.python, ["-m", "venv", "old"]).checked()
        let install = ["install", "--target", "site", "--index-url", "\(server.url)/pypi/simple/", "old-lamp"]
        try await Command(
            [home.path("old/bin/python"), "-m", "pip"] + install, environment: home.environment,
            directory: home.directory
        ).run().checked()
        #expect(try await home.moduleValue("old_lamp") == "lamp")
        #expect(try await home.moduleValue("old_oil") == "oil")
    }

    @Test("A yanked version is passed over, and installed with its reason where it is pinned")
    func yank() async throws {
        let token = try await server.publisher("yanker")
        let wheels = [try await home.wheel("yanked-lamp", "1.0"), try await home.wheel("yanked-lamp", "1.1")]
        try await home.twine(server, token: token, files: wheels).checked()
        let yank = ["project", "yank", "pypi", "yanked-lamp", "1.1", "--reason", "it goes out in the wind"]
        try await server.admin(yank).checked()

        let newest = try await home.pipInstall(server, ["yanked-lamp"]).checked()
        #expect(newest.says("Successfully installed yanked-lamp-1.0"), "\(newest)")
        let pinned = try await home.pipInstall(server, ["yanked-lamp==1.1"]).checked()
        #expect(pinned.says("yanked version"), "\(pinned)")
        #expect(pinned.says("it goes out in the wind"), "\(pinned)")
        let uv = try await home.run(
            .uv,
            ["pip", "install", "--target", "uv-site", "--index-url", "\(server.url)/pypi/simple/", "yanked-lamp==1.1"]
        ).checked()
        #expect(uv.says("it goes out in the wind"), "\(uv)")

        try await server.admin(["project", "unyank", "pypi", "yanked-lamp", "1.1"]).checked()
        let again = try await home.pipInstall(server, ["yanked-lamp"]).checked()
        #expect(again.says("Successfully installed yanked-lamp-1.1"), "\(again)")
    }

    @Test("A removed version is gone, and its file name stays taken")
    func removal() async throws {
        let token = try await server.publisher("remover")
        let kept = try await home.wheel("removed-lamp", "1.0")
        let gone = try await home.wheel("removed-lamp", "1.1")
        try await home.twine(server, token: token, files: [kept, gone]).checked()
        try await server.admin(["project", "remove", "pypi", "removed-lamp", "1.1"]).checked()

        let missing = try await home.pipInstall(server, ["removed-lamp==1.1"])
        #expect(!missing.succeeded)
        #expect(missing.says("from versions: 1.0)"), "\(missing)")
        let other = try await home.wheel("removed-lamp", "1.1", value: "2", folder: "again")
        let refused = try await home.twine(server, token: token, files: [other])
        #expect(!refused.succeeded)
        #expect(refused.says("removed-lamp") || refused.says("removed_lamp"), "\(refused)")
    }
}
