import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("/api/v1/signing-keys", .enabled(if: ClientTool.gpg.isAvailable, "needs gpg"), .timeLimit(.minutes(10)))
struct SigningKeyServerTests {
    private static let path = "/api/v1/signing-keys"

    /// A fresh public key, armored.
    private func key(_ home: ClientHome, _ name: String) async throws -> String {
        let folder = home.path("gnupg")
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let person = "\(name)@example.org"
        let generate = ["--batch", "--passphrase", "", "--quick-generate-key", person, "ed25519", "sign"]
        try await home.run(.gpg, generate).checked()
        return try await home.run(.gpg, ["--batch", "--armor", "--export", person]).checked().output
    }

    @Test("People register, list and remove their own keys; each change is an event and a notice")
    func own() async throws {
        let home = try ClientHome()
        let text = try await key(home, "first")
        try await withLiveServer { server in
            let alice = try await server.person("alice")
            let narrow = try await server.process.token(user: "alice", scopes: ["manage:maven", "read"])
            let bob = try await server.person("bob")
            func add(_ key: JSONValue, _ token: String) async throws -> RawResponse {
                try await server.call("POST", Self.path, token: token, json: ["key": key])
            }
            func keys(_ token: String) async throws -> [String?] {
                try await server.call("GET", Self.path, token: token).json()["keys"]?.arrayValue?
                    .map { $0["fingerprint"]?.stringValue } ?? []
            }
            let added = try await add(.string(text), alice)
            #expect(added.status == 200, "\(added.text)")
            let fingerprint = try #require(try added.json()["fingerprint"]?.stringValue)
            #expect(fingerprint.count == 40)
            #expect(try await add(.string(text), alice).status == 200, "the same again")
            #expect(try await keys(alice) == [fingerprint])
            #expect(try await keys(bob).isEmpty)
            for wrong: JSONValue in ["", "none", nil, 1] { #expect(try await add(wrong, alice).status == 400) }
            #expect(try await add(.string(text), narrow).status == 403, "it counts everywhere")
            let listed = try await server.process.admin(["signing-key", "list", "--user", "alice"]).checked().output
            #expect(listed.contains(fingerprint))

            let place = "\(Self.path)/\(fingerprint.lowercased())"
            #expect(try await server.call("DELETE", place, token: bob).status == 404, "it is not his")
            #expect(try await server.call("DELETE", place, token: narrow).status == 403)
            #expect(try await server.call("DELETE", place, token: alice).status == 204)
            #expect(try await server.call("DELETE", place, token: alice).status == 404)
            #expect(try await keys(alice).isEmpty)
        }
    }
}
