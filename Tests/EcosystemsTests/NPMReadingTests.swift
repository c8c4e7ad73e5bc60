import Crypto
import Ecosystems
import Foundation
import HTTPTypes
import HallmarkTesting
import Publishing
import RegistryModel
import Testing

@Suite("GET /npm")
struct NPMReadingTests {
    private static let install = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"

    @Test("The packument has both forms, chosen by Accept")
    func forms() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            var package = NPMTestPackage.named(
                "@hm/tiny", "1.0.0", #""scripts":{"postinstall":"x"},"dependencies":{"a":"^1"},"description":"d""#)
            package.add("package/README.md", "# tiny")
            #expect(try await npm.publish(package, token: token).status == 201)

            let full = try await npm.send(.get, "/npm/@hm%2ftiny", accept: "application/json")
            #expect(full.status == 200)
            #expect(full.headers[.contentType] == "application/json")
            #expect(full.headers[.vary]?.contains("Accept") == true)
            #expect(full.json["_id"] == "@hm/tiny")
            #expect(full.json["readme"] == "# tiny")
            #expect(full.json["dist-tags"] == ["latest": "1.0.0"])
            #expect(full.json["maintainers"] == [["name": "alice", "email": "alice@users.noreply.registry.example"]])
            let time = try #require(full.json["time"])
            #expect(time["created"] == "2026-01-01T00:00:00.000Z")
            #expect(time["1.0.0"] == "2026-01-01T00:00:00.000Z")
            let dist = try #require(full.json["versions"]?["1.0.0"]?["dist"])
            #expect(dist["tarball"] == "https://registry.example/hallmark/npm/@hm/tiny/-/tiny-1.0.0.tgz")

            let short = try await npm.send(.get, "/npm/@hm%2Ftiny", accept: Self.install)
            #expect(short.headers[.contentType] == NPMPackument.abbreviatedType)
            #expect(short.json["time"] == nil)
            #expect(short.json["readme"] == nil)
            #expect(short.json["modified"] == "2026-01-01T00:00:00.000Z")
            let version = try #require(short.json["versions"]?["1.0.0"])
            #expect(version["hasInstallScript"] == true)
            #expect(version["dependencies"] == ["a": "^1"])
            #expect(version["scripts"] == nil)
            #expect(version["dist"] == dist)

            let any = try await npm.send(.get, "/npm/@hm/tiny?write=true", accept: "*/*")
            #expect(any.json["_rev"] == full.json["_rev"])
            #expect(any.headers[.contentType] == "application/json")
        }
    }

    @Test("The same state has the same entity tag, and a change another one")
    func entityTags() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            let first = try await npm.send(.get, "/npm/tiny?a", accept: Self.install)
            let second = try await npm.send(.get, "/npm/tiny?b", accept: Self.install)
            let tag = try #require(first.headers[.eTag])
            #expect(second.headers[.eTag] == tag)
            let again = try await npm.send(.get, "/npm/tiny", accept: Self.install, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304)
            try await npm.publish(.named("tiny", "1.1.0"), token: token)
            let changed = try await npm.send(.get, "/npm/tiny", accept: Self.install, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200)
            #expect(changed.json["dist-tags"] == ["latest": "1.1.0"])
        }
    }

    @Test("The tarball is served under every spelling, and its signature verifies with the published key")
    func tarball() async throws {
        try await withNPM { npm in
            let package = NPMTestPackage.named("@hm/tiny", "1.0.0")
            try await npm.publish(package, token: npm.person("alice"))
            for path in ["/npm/@hm/tiny/-/tiny-1.0.0.tgz", "/npm/@hm%2ftiny/-/tiny-1.0.0.tgz"] {
                let file = try await npm.send(.get, path)
                #expect(file.status == 200)
                #expect(file.bytes == package.tarball)
                #expect(file.headers[.cacheControl]?.contains("immutable") == true)
            }
            #expect(try await npm.send(.head, "/npm/@hm/tiny/-/tiny-1.0.0.tgz").bytes.isEmpty)
            #expect(try await npm.send(.get, "/npm/@hm/tiny/-/tiny-1.0.1.tgz").status == 404)

            let keys = try await npm.send(.get, "/npm/-/npm/v1/keys").json["keys"]?.arrayValue
            let spki = try #require(keys?.first?["key"]?.stringValue.flatMap { Data(base64Encoded: $0) })
            let dist = try await npm.send(.get, "/npm/@hm%2ftiny").json["versions"]?["1.0.0"]?["dist"]
            let signature = try #require(dist?["signatures"]?.arrayValue?.first)
            #expect(signature["keyid"] == keys?.first?["keyid"])
            let der = try #require(signature["sig"]?.stringValue.flatMap { Data(base64Encoded: $0) })
            let signed = Data("@hm/tiny@1.0.0:\(dist?["integrity"]?.stringValue ?? "")".utf8)
            let key = try P256.Signing.PublicKey(derRepresentation: spki)
            #expect(key.isValidSignature(try .init(derRepresentation: der), for: signed))
        }
    }

    @Test("A version or a tag has a document of its own")
    func versions() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            try await npm.publish(.named("@hm/tiny", "2.0.0"), token: token, tag: "next")
            #expect(try await npm.send(.get, "/npm/tiny/1.0.0").json["_id"] == "tiny@1.0.0")
            #expect(try await npm.send(.get, "/npm/tiny/latest").json["version"] == "1.0.0")
            for path in ["@hm%2ftiny/next", "@hm/tiny/next", "@hm/tiny/2.0.0", "@hm/tiny/latest"] {
                #expect(try await npm.send(.get, "/npm/\(path)").json["version"] == "2.0.0", "\(path)")
            }
            #expect(try await npm.send(.get, "/npm/tiny/9.9.9").status == 404)
        }
    }

    @Test(
        "What is not there is 404 with words",
        arguments: [
            "none", "@hm/none", "@hm%2fnone", "Upper", "fs", "%00", "a%2fb", "@hm", "none/-/none-1.tgz", "a/b/c",
        ])
    func missing(path: String) async throws {
        try await withNPM { npm in
            let reply = try await npm.send(.get, "/npm/\(path)")
            #expect(reply.status == 404)
            #expect(!reply.error.isEmpty)
        }
    }

    @Test("A private package asks for a token, without the header that would hide why")
    func restricted() async throws {
        try await withNPM(visibility: .private) { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            for path in ["tiny", "tiny/-/tiny-1.0.0.tgz", "-/package/tiny/dist-tags"] {
                let anonymous = try await npm.send(.get, "/npm/\(path)")
                #expect(anonymous.status == 401)
                #expect(anonymous.error.contains("token"))
                #expect(anonymous.headers[.wwwAuthenticate] == nil)
                #expect(try await npm.send(.get, "/npm/\(path)", token: npm.person("mallory")).status == 404)
                #expect(try await npm.send(.get, "/npm/\(path)", token: token).status == 200)
            }
        }
    }

    @Test("Search answers in npm's form")
    func search() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(
                .named("sought-lantern", "1.2.3", #""description":"d","keywords":["k"]"#), token: token)
            let reply = try await npm.send(.get, "/npm/-/v1/search?text=lantern&size=20&from=0&quality=0.65")
            #expect(reply.json["total"] == 1)
            let hit = try #require(reply.json["objects"]?.arrayValue?.first?["package"])
            #expect(hit["name"] == "sought-lantern")
            #expect(hit["version"] == "1.2.3")
            #expect(hit["description"] == "d")
            #expect(hit["keywords"] == ["k"])
            #expect(hit["publisher"]?["username"] == "alice")
            #expect(hit["date"]?.stringValue?.hasSuffix("Z") == true)
            #expect(hit["links"] != nil)
        }
    }

    @Test("A quarantined package is not offered, and says why")
    func quarantined() async throws {
        try await withNPM { npm in
            try await npm.publish(.named("tiny", "1.0.0"), token: npm.person("alice"))
            let admin = try await npm.registry.person("chief", isAdministrator: true)
            try await npm.registry.lifecycle.setStatus(
                NPMFormat.ecosystem, name: "tiny", .quarantined, reason: "malware", by: admin)
            for path in ["tiny", "tiny/1.0.0", "tiny/-/tiny-1.0.0.tgz"] {
                let reply = try await npm.send(.get, "/npm/\(path)")
                #expect(reply.status == 403)
                #expect(reply.error.contains("malware"))
            }
        }
    }

    @Test("A yanked version warns as a deprecated one")
    func yanked() async throws {
        try await withNPM { npm in
            try await npm.publish(.named("tiny", "1.0.0"), token: npm.person("alice"))
            try await npm.registry.lifecycle.yank(
                NPMFormat.ecosystem, name: "tiny", version: "1.0.0", reason: "broken",
                by: npm.registry.principal("alice"))
            let reply = try await npm.send(.get, "/npm/tiny", accept: Self.install)
            #expect(reply.json["versions"]?["1.0.0"]?["deprecated"] == "yanked: broken")
            #expect(reply.json["dist-tags"]?["latest"] == "1.0.0")
        }
    }
}
