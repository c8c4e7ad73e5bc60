import Ecosystems
import HTTPTypes
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("PUT /npm/:package")
struct NPMPublishTests {
    @Test(
        "A publish is visible at once, with its tag",
        arguments: ["/npm/@hm%2ftiny", "/npm/@hm%2Ftiny", "/npm/@hm/tiny"])
    func publish(path: String) async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            #expect(try await npm.send(.get, "/npm/@hm%2ftiny").status == 404)
            let reply = try await npm.publish(.named("@hm/tiny", "1.0.0-rc.1"), token: token, tag: "next", path: path)
            #expect(reply.status == 201)
            #expect(reply.json["ok"] == true)
            let tags = try await npm.send(.get, "/npm/@hm%2ftiny").json["dist-tags"]
            #expect(tags == ["latest": "1.0.0-rc.1", "next": "1.0.0-rc.1"])
        }
    }

    @Test("A version that is taken cannot be published again, not even with the same bytes")
    func taken() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            for members in ["", #""x":1"#] {
                let reply = try await npm.publish(.named("tiny", "1.0.0", members), token: token)
                #expect(reply.status == 403)
                #expect(reply.error.hasPrefix("You cannot publish over the previously published versions: 1.0.0."))
                #expect(reply.error.contains("already exist"))
            }
        }
    }

    @Test("Who may not publish is told so")
    func rights() async throws {
        try await withNPM { npm in
            let alice = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: alice)
            let package = NPMTestPackage.named("tiny", "1.0.1")
            let stranger = try await npm.publish(package, token: npm.person("mallory"))
            #expect(stranger.status == 403)
            #expect(stranger.error.contains("mallory is not an owner or maintainer of 'tiny'"))
            let scoped = try await npm.publish(package, token: npm.person("alice", scopes: ["publish:npm:other"]))
            #expect(scoped.status == 403)
            let readOnly = try await npm.publish(package, token: npm.person("alice", scopes: ["read"]))
            #expect(readOnly.status == 403)
            for token in [nil, "hlmk_000000000000000000000000000000000000"] {
                let reply = try await npm.send(.put, "/npm/tiny", token: token, json: try package.document())
                #expect(reply.status == 401)
                #expect(reply.headers[.wwwAuthenticate] == nil)
                #expect(reply.error.lowercased().contains("token"))
            }
            #expect(try await npm.send(.get, "/npm/tiny").json["versions"]?.members?.count == 1)
        }
    }

    @Test("Documents that ask for something else are refused")
    func documents() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let package = NPMTestPackage.named("tiny", "1.0.0")
            let version = try #require(try package.document()["versions"]?["1.0.0"])
            let cases: [(String, JSONValue?, Problem.Code)] = [
                ("name", "other", .nameMismatch),
                ("versions", ["1.0.0": version, "2.0.0": version], .badRequest),
                ("versions", [:], .badRequest), ("versions", nil, .badRequest),
                ("versions", ["1.0.1": version], .tagInvalid),
                ("dist-tags", [:], .tagInvalid), ("dist-tags", ["latest": "2.0.0"], .tagInvalid),
                ("dist-tags", ["1.x": "1.0.0"], .tagInvalid), ("dist-tags", ["a b": "1.0.0"], .tagInvalid),
                ("access", "secret", .badRequest),
            ]
            for (member, value, code) in cases {
                let reply = try await npm.publish(package, token: token, path: "/npm/tiny") {
                    $0.setting(member, to: value)
                }
                #expect(reply.status == 400, "\(member)")
                #expect(reply.json["code"]?.stringValue == code.rawValue, "\(member) \(reply.error)")
            }
            #expect(try await npm.send(.get, "/npm/tiny").status == 404)
        }
    }

    @Test("A tarball that is not the announced one, of another package, or with another manifest")
    func tarballs() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let package = NPMTestPackage.named("tiny", "1.0.0")
            let other = try NPMTestPackage.named("other", "1.0.0").document()
            let attachment = try #require(other["_attachments"]?["other-1.0.0.tgz"])
            let swapped = try await npm.publish(package, token: token) {
                $0.setting("_attachments", to: ["tiny-1.0.0.tgz": attachment])
            }
            #expect(swapped.json["code"] == "digest-mismatch")
            #expect(swapped.error.contains("integrity"))
            let inside = try await npm.publish(package, token: token) {
                let version = $0["versions"]?["1.0.0"]?.setting("dist", to: nil) ?? .null
                return $0.setting("_attachments", to: ["tiny-1.0.0.tgz": attachment])
                    .setting("versions", to: ["1.0.0": version])
            }
            #expect(inside.json["code"] == "metadata-mismatch")
            #expect(inside.error.contains("other@1.0.0"))
            let confused = try await npm.publish(.named("tiny", "1.0.0", #""dependencies":{"evil":"1"}"#), token: token)
            {
                let version = $0["versions"]?["1.0.0"]?.setting("dependencies", to: nil) ?? .null
                return $0.setting("versions", to: ["1.0.0": version])
            }
            #expect(confused.json["code"] == "metadata-mismatch")
            #expect(confused.error.contains("\"dependencies\""))
            let short = try await npm.publish(package, token: token) { document in
                let file = (document["_attachments"]?.members?[0].value ?? .null).setting("length", to: 1)
                return document.setting("_attachments", to: ["tiny-1.0.0.tgz": file])
            }
            #expect(short.json["code"] == "digest-mismatch")
        }
    }

    @Test("Names that are not allowed", arguments: ["fs", "node_modules", "favicon.ico"])
    func names(name: String) async throws {
        try await withNPM { npm in
            let reply = try await npm.publish(.named(name, "1.0.0"), token: npm.person("alice"))
            #expect(reply.status == 403)
            #expect(reply.json["code"] == "name-reserved")
        }
    }

    @Test("A name in upper case, and one that differs from another in punctuation only")
    func spellings() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            #expect(try await npm.publish(.named("Upper", "1.0.0"), token: token).json["code"] == "name-invalid")
            #expect(try await npm.publish(.named("left-pad", "1.0.0"), token: token).status == 201)
            #expect(try await npm.publish(.named("left.pad", "1.0.0"), token: token).json["code"] == "name-confusable")
        }
    }

    @Test("A package published as restricted was never public")
    func restricted() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let reply = try await npm.publish(.named("@hm/secret", "1.0.0"), token: token) {
                $0.setting("access", to: "restricted")
            }
            #expect(reply.status == 201)
            #expect(try await npm.send(.get, "/npm/@hm%2fsecret").status == 401)
            #expect(try await npm.send(.get, "/npm/@hm%2fsecret", token: token).status == 200)
            try await npm.publish(.named("@hm/open", "1.0.0"), token: token)
            let late = try await npm.publish(.named("@hm/open", "1.0.1"), token: token) {
                $0.setting("access", to: "restricted")
            }
            #expect(late.status == 403)
            #expect(late.error.contains("npm access set status=private"))
        }
    }

    @Test("A tarball that is too large is refused while it arrives")
    func tooLarge() async throws {
        try await withNPM(limits: PublishLimits(fileBytes: 2000)) { npm in
            let token = try await npm.person("alice")
            let package = NPMTestPackage(
                #"{"name":"tiny","version":"1.0.0"}"#, files: ["a": String(repeating: "x", count: 5000)])
            let reply = try await npm.publish(package, token: token)
            #expect(reply.status == 413)
            #expect(!reply.error.isEmpty)
            #expect(npm.registry.storedFiles().filter { $0.contains("spool") }.isEmpty)
        }
    }

    @Test("Provenance is left out, and npm is told to say so")
    func provenance() async throws {
        try await withNPM { npm in
            let reply = try await npm.publish(.named("tiny", "1.0.0"), token: npm.person("alice")) { document in
                let attachments = document["_attachments"] ?? .object([])
                return document.setting(
                    "_attachments", to: attachments.setting("tiny-1.0.0.sigstore", to: ["data": "{}", "length": 2]))
            }
            #expect(reply.status == 201)
            #expect(reply.headers[try #require(HTTPField.Name("npm-notice"))]?.contains("provenance") == true)
        }
    }

    @Test("A body that is no JSON")
    func garbage() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            for text in ["", "{", "[]", "{\"name\":\"tiny\",\"name\":\"tiny\"}"] {
                let reply = try await npm.send(.put, "/npm/tiny", token: token, body: Array(text.utf8))
                #expect(reply.status == 400, "\(text)")
                #expect(!reply.error.isEmpty)
            }
        }
    }
}
