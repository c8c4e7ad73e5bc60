import Foundation
import HallmarkTesting
import Persistence
import RegistryModel
import Testing

@Suite("Signing in through a browser", .serialized, .server)
struct DeviceLoginTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    /// Waits for a client to ask, and allows it as somebody who is signed in would on the page.
    private func allow(_ kind: DeviceGrant.Kind, as name: String) async throws {
        try await waitUntil("a client that asks", every: .milliseconds(200)) {
            try await server.withDatabase { driver in
                try await driver.write { connection in
                    guard let user = try UserStore(connection).find(nameKey: name),
                        let row = try connection.first(
                            "SELECT id FROM device_grants WHERE kind = \(kind) AND state = 'waiting'")
                    else { return false }
                    return try DeviceGrantStore(connection).move(
                        try row.int("id"), from: .waiting, to: .allowed, userID: user.id,
                        factors: Factors([.password, .totp]))
                }
            }
        }
    }

    @Test("hallmark login keeps its token where nobody else reads it", .timeLimit(.minutes(10)))
    func hallmark() async throws {
        _ = try await server.ownPerson("device-alice")
        async let login = home.hallmark(server, ["login"], token: nil)
        try await allow(.token, as: "device-alice")
        let result = try await login
        #expect(result.succeeded, "\(result)")
        #expect(result.says("enter the code"), "\(result)")
        let file = home.directory.appending(path: "home/.config/hallmark/credentials").path(percentEncoded: false)
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.firstMatch(of: /^http:\/\/localhost:\d+ hlmk_[0-9A-Za-z]{36}\n$/) != nil)
        #expect(!result.says("hlmk_"), "the token must not be shown")
        let list = try await home.hallmark(server, ["staging", "list"], token: nil)
        #expect(list.succeeded, "\(list)")
    }

    @Test("npm login opens the page and gets its token", .enabled(if: hasNPM, "needs npm"), .timeLimit(.minutes(10)))
    func npmLogin() async throws {
        let npm = try #require(NPMVersion.available.last)
        _ = try await server.ownPerson("device-bob")
        try home.useNPM(server)
        async let login = home.npm(npm, ["login", "--auth-type=web", "--no-browser"])
        try await allow(.npmLogin, as: "device-bob")
        let result = try await login
        #expect(result.succeeded, "\(result)")
        let who = try await home.npm(npm, ["whoami"])
        #expect(who.output.contains("device-bob"), "\(who)")
    }

    @Test(
        "NPM-1 npm publish asks for a factor, and takes the proof of one", .enabled(if: hasNPM, "needs npm"),
        .timeLimit(.minutes(10)))
    func challenge() async throws {
        let npm = try #require(NPMVersion.available.last)
        let token = try await server.ownPerson("device-carol")
        try home.useNPM(server, token: token)
        try await home.npmPublish(npm, "@device/lamp", "1.0.0").checked()
        try await server.withDatabase { driver in
            try await driver.write { connection in
                let user = try #require(try UserStore(connection).find(nameKey: "device-carol"))
                _ = try connection.execute("UPDATE tokens SET asks_factor = 1 WHERE user_id = \(user.id)")
                _ = try connection.execute("UPDATE device_grants SET state = 'used'")
            }
        }
        let refused = try await home.npmPublish(npm, "@device/lamp", "2.0.0")
        #expect(!refused.succeeded && refused.says("EOTP"), "\(refused)")
        let wrong = try await home.npmPublish(npm, "@device/lamp", "2.1.0", arguments: ["--otp", "123456"])
        #expect(!wrong.succeeded && wrong.says("EOTP"), "\(wrong)")
        try await server.withDatabase { driver in
            try await driver.write { connection in
                _ = try connection.execute("UPDATE device_grants SET state = 'used'")
            }
        }
        // What npm does at a terminal: it opens one address, and asks the other what to send.
        let asked = try await Probe.send(
            "PUT", "\(server.url)/npm/-/package/@device%2flamp/dist-tags/next",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data", "\"1.0.0\""])
        #expect(asked.status == 401 && asked.headers["www-authenticate"] == "OTP", "\(asked.text)")
        let done = try #require(try JSONValue.parse(Array(asked.body))["doneUrl"]?.stringValue)
        let waiting = try await Probe.get(done)
        #expect(waiting.status == 202 && waiting.headers["retry-after"] != nil)
        try await allow(.npmChallenge, as: "device-carol")
        let proof = try #require(try JSONValue.parse(Array(try await Probe.get(done).body))["token"]?.stringValue)
        try await home.npmPublish(npm, "@device/lamp", "3.0.0", arguments: ["--otp", proof]).checked()
        try await home.npm(npm, ["dist-tag", "add", "@device/lamp@1.0.0", "old", "--otp", proof]).checked()
    }
}
