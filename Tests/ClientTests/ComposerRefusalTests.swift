import Foundation
import HallmarkTesting
import Testing

/// What a refused publisher reads: the body's `warning`, and the reason phrase behind the status.
@Suite("Refusals to publishers of PHP packages", .serialized, .server, .enabled(if: hasPython, "needs python"))
struct ComposerRefusalTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private func warning(_ answer: Probe) -> String {
        ((answer.json as? [String: Any])?["warning"] as? String ?? "").lowercased()
    }

    @Test("No token, a wrong one, one that may not publish, and somebody else's package")
    func rights() async throws {
        let file = try await home.composerArchive("php-alice/lamp", "1.0.0")
        let nobody = try await home.put(server, file, token: nil)
        #expect(nobody.status == 401 && nobody.headers["www-authenticate"]?.hasPrefix("Basic") == true)
        let wrong = try await home.put(server, file, token: "hlmk_000000000000000000000000000000000000")
        #expect(wrong.status == 401 && warning(wrong).contains("token"), "\(wrong.text)")
        let token = try await server.publisher("php-alice")
        let reading = try await server.token(user: "php-alice", scopes: ["read"])
        #expect(try await home.put(server, file, token: reading).status == 403)
        let other = try await server.token(user: "php-alice", scopes: ["publish:composer:other/*"])
        #expect(try await home.put(server, file, token: other).status == 403)
        #expect(try await home.put(server, file, token: token, user: "php-alice").status == 201)

        let mallory = try await server.publisher("php-mallory")
        for name in ["php-alice/lamp", "php-alice/other"] {
            let answer = try await home.composerPublish(server, name, "2.0.0", token: mallory)
            #expect(answer.status == 403 && warning(answer).contains("php-alice/"), "\(answer.text)")
        }
    }

    @Test("A version that exists, in whatever spelling, and one that was removed")
    func existingVersion() async throws {
        let token = try await server.publisher("php-repeater")
        #expect(try await home.composerPublish(server, "php-repeater/lamp", "1.0", token: token).status == 201)
        for version in ["1.0", "v1.0.0", "1.0.0.0"] {
            let answer = try await home.composerPublish(
                server, "php-repeater/lamp", version, value: "2", token: token)
            #expect(answer.status == 409 && warning(answer).contains("already"), "\(version): \(answer.text)")
        }
        try await server.admin(["project", "remove", "composer", "php-repeater/lamp", "1.0"]).checked()
        let gone = try await home.composerPublish(server, "php-repeater/lamp", "1.0", token: token)
        #expect(gone.status == 409 && warning(gone).contains("never used again"), "\(gone.text)")
        #expect(try await Probe.get("\(server.url)/composer/p2/php-repeater/lamp.json").status == 404)
    }

    @Test(
        "Archives that are none, leave their tree, cannot be unpacked, or have no manifest",
        arguments: [
            (["--fault", "not-an-archive"], "archive"), (["--fault", "traversal"], "outside.php"),
            (["--fault", "link"], "passwords"), (["--fault", "link", "--kind", "tar"], "passwords"),
            (["--fault", "root", "--kind", "tar.gz"], "entry for '.'"), (["--fault", "no-manifest"], "composer.json"),
            (["--member", "name=\"Php-Breaker/Lamp\""], "name"), (["--member", "require={\"a/b\": \"^\"}"], "a/b"),
            (["--member", "type=\"A B\""], "type"), (["--member", "version=\"one\""], "version"),
            (["--no-version"], "version"),
        ])
    func badArchives(arguments: [String], says: String) async throws {
        let name = "php-breaker-\(UUID().uuidString.lowercased().prefix(8))"
        let token = try await server.publisher(name)
        let answer = try await home.composerPublish(server, "\(name)/lamp", "1.0.0", arguments, token: token)
        #expect(answer.status == 400, "\(answer.status) \(answer.text)")
        #expect(warning(answer).contains(says), "\(answer.text)")
        #expect(!answer.reason.isEmpty && answer.reason != "Bad Request", "\(answer.reason)")
        #expect(try await Probe.get("\(server.url)/composer/p2/\(name)/lamp.json").status == 404)
    }

    @Test("Versions that are none")
    func badVersions() async throws {
        let token = try await server.publisher("php-versions")
        let file = try await home.composerArchive("php-versions/lamp", "1.0.0", ["--no-version"])
        for version in ["one", "1.0%2Fx", "dev-..%2Fx", "1.0%23x", "1.0%20as%202.0"] {
            let answer = try await home.put(server, file, token: token, version: version)
            #expect(answer.status == 400 && warning(answer).contains("version"), "\(version): \(answer.text)")
        }
        #expect(try await home.put(server, file, token: token, version: "v1.2").status == 201)
    }

    @Test("Two publishes of one version at once: one wins")
    func race() async throws {
        let token = try await server.publisher("php-racer")
        async let left = home.composerPublish(server, "php-racer/lamp", "1.0.0", value: "1", token: token)
        async let right = home.composerPublish(server, "php-racer/lamp", "1.0.0", value: "2", token: token)
        let statuses = [try await left.status, try await right.status].sorted()
        #expect(statuses == [201, 409])
    }

    @Test("An upload that is cut off leaves nothing visible, and can be made again")
    func cutOff() async throws {
        let token = try await server.publisher("php-cutter")
        let file = try await home.composerArchive("php-cutter/lamp", "1.0.0", ["--fill", "400000"])
        for share in ["0.01", "0.5", "0.99"] {
            try await home.run(
                .python,
                [
                    Checkout.script("cut_off.py"), "\(server.port)", "PUT", "/composer", file, share,
                    "Authorization: Bearer \(token)",
                ]
            ).checked()
            #expect(try await Probe.get("\(server.url)/composer/p2/php-cutter/lamp.json").status == 404)
        }
        #expect(try await home.put(server, file, token: token).status == 201)
    }
}
