import Ecosystems
import HTTPTypes
import RegistryModel
import Testing

@Suite("npm dist-tag, access, token and the small addresses")
struct NPMSettingsTests {
    @Test("Tags are listed, set and removed", arguments: ["tiny", "@hm%2ftiny", "@hm/tiny"])
    func tags(path: String) async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let name = path.replacing("%2f", with: "/")
            try await npm.publish(.named(name, "1.0.0"), token: token)
            try await npm.publish(.named(name, "2.0.0"), token: token)
            let tags = "/npm/-/package/\(path)/dist-tags"
            #expect(try await npm.send(.put, "\(tags)/old", token: token, json: "1.0.0").json["ok"] == true)
            #expect(try await npm.send(.get, tags).json == ["latest": "2.0.0", "old": "1.0.0"])
            #expect(try await npm.send(.delete, "\(tags)/old", token: token).status == 200)
            #expect(try await npm.send(.delete, "\(tags)/old", token: token).status == 404)
            #expect(try await npm.send(.get, tags).json == ["latest": "2.0.0"])
            #expect(try await npm.send(.delete, "\(tags)/latest", token: token).status == 400)
            #expect(try await npm.send(.put, "\(tags)/none", token: token, json: "9.9.9").status == 404)
            #expect(try await npm.send(.put, "\(tags)/none", token: token, json: ["a": 1]).status == 400)
            for range in ["1.x", "v1", "x", "%3E1", "a%20b"] {
                let reply = try await npm.send(.put, "\(tags)/\(range)", token: token, json: "1.0.0")
                #expect(reply.json["code"] == "tag-invalid", "\(range)")
            }
            let mallory = try await npm.person("mallory")
            #expect(try await npm.send(.put, "\(tags)/evil", token: mallory, json: "1.0.0").status == 403)
            #expect(try await npm.send(.put, "\(tags)/evil", json: "1.0.0").status == 401)
        }
    }

    @Test("Access is shown and changed")
    func access() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("@hm/tiny", "1.0.0"), token: token)
            let path = "/npm/-/package/@hm%2ftiny"
            #expect(try await npm.send(.get, "\(path)/visibility").json == ["public": true])
            #expect(try await npm.send(.get, "\(path)/collaborators", token: token).json == ["alice": "write"])
            #expect(try await npm.send(.get, "/npm/-/user/alice/package").json == ["@hm/tiny": "write"])
            #expect(try await npm.send(.get, "/npm/-/org/alice/package").status == 404)
            let hide: JSONValue = ["access": "restricted"]
            #expect(try await npm.send(.post, "\(path)/access", token: npm.person("mallory"), json: hide).status == 403)
            #expect(try await npm.send(.post, "\(path)/access", token: token, json: hide).status == 200)
            #expect(try await npm.send(.get, "\(path)/visibility").status == 401)
            #expect(try await npm.send(.get, "\(path)/visibility", token: token).json == ["public": false])
            #expect(try await npm.send(.get, "/npm/-/user/alice/package").json == [:])
            #expect(try await npm.send(.post, "\(path)/access", token: token, json: ["access": "x"]).status == 400)
            // npm's "mfa=publish" is a project without long-lived tokens, "mfa=automation" one with them.
            let factor: JSONValue = ["publish_requires_tfa": true, "automation_token_overrides_tfa": false]
            #expect(try await npm.send(.post, "\(path)/access", token: token, json: factor).status == 200)
            let refused = try await npm.publish(.named("@hm/tiny", "2.0.0"), token: token)
            #expect(refused.status == 403 && refused.json["code"] == "long-lived-token-refused")
            let automation: JSONValue = ["publish_requires_tfa": true, "automation_token_overrides_tfa": true]
            #expect(try await npm.send(.post, "\(path)/access", token: token, json: automation).status == 200)
            #expect(try await npm.publish(.named("@hm/tiny", "2.0.0"), token: token).status == 201)
        }
    }

    @Test("Tokens are listed by prefix and revoked by key, by value and by signing out")
    func tokens() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let others = [try await npm.person("alice"), try await npm.person("alice"), try await npm.person("alice")]
            let list = try await npm.send(.get, "/npm/-/npm/v1/tokens", token: token)
            #expect(list.json["total"] == 4)
            let first = try #require(list.json["objects"]?.arrayValue?.first)
            #expect(first["key"]?.stringValue?.utf8.count == 64)
            #expect(first["cidr_whitelist"] == .null)
            #expect(!String(decoding: list.bytes, as: UTF8.self).contains(token))
            let hash = Hex.encode(Array(try NPMTestPackage.digests(Array(others[0].utf8)).sha256.bytes))
            #expect(try await npm.send(.delete, "/npm/-/npm/v1/tokens/token/\(hash)", token: token).status == 200)
            #expect(try await npm.send(.delete, "/npm/-/npm/v1/tokens/token/\(others[1])", token: token).status == 200)
            #expect(try await npm.send(.delete, "/npm/-/user/token/\(others[2])", token: others[2]).status == 200)
            for dead in others { #expect(try await npm.send(.get, "/npm/-/whoami", token: dead).status == 401) }
            #expect(try await npm.send(.get, "/npm/-/whoami", token: token).json == ["username": "alice"])
            #expect(try await npm.send(.delete, "/npm/-/npm/v1/tokens/token/\(hash)", token: token).status == 404)
        }
    }

    @Test("Signing in and making tokens explain where tokens come from")
    func login() async throws {
        try await withNPM { npm in
            let web = try await npm.send(.post, "/npm/-/v1/login", json: [:])
            // npm falls back to asking for a password on 4xx and on 500, and prints the words of anything else.
            #expect(web.status == 501)
            #expect(web.error.contains("no accounts for people"), "this registry was composed without pages")
            let legacy = try await npm.send(.put, "/npm/-/user/org.couchdb.user:alice", json: ["password": "x"])
            #expect(legacy.status == 400)
            let create = try await npm.send(.post, "/npm/-/npm/v1/tokens", json: ["password": "x"])
            for reply in [legacy, create] {
                #expect(reply.error.contains("https://registry.example/hallmark/account/tokens"))
                #expect(reply.error.contains("npm login --auth-type=web"))
                #expect(reply.error.contains("//registry.example/hallmark/npm/:_authToken="))
            }
        }
    }

    @Test("whoami, ping, profile, audit")
    func small() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            #expect(try await npm.send(.get, "/npm/-/ping?write=true").json == [:])
            #expect(try await npm.send(.get, "/npm/-/whoami").status == 401)
            #expect(try await npm.send(.get, "/npm/-/npm/v1/user", token: token).json["name"] == "alice")
            let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0]
            for path in ["advisories/bulk", "audits/quick", "audits"] {
                let reply = try await npm.send(
                    .post, "/npm/-/npm/v1/security/\(path)", headers: [.contentEncoding: "gzip"], body: gzip)
                #expect(reply.status == 200)
                #expect(reply.json.members != nil)
            }
            let large = [UInt8](repeating: 0, count: 5 << 20)
            let refused = try await npm.send(.post, "/npm/-/npm/v1/security/advisories/bulk", body: large)
            #expect(refused.status == 413)
        }
    }
}
