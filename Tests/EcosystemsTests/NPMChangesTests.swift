import Ecosystems
import HTTPTypes
import HallmarkTesting
import RegistryModel
import Testing

@Suite("npm deprecate, unpublish and owner")
struct NPMChangesTests {
    private static func document(_ npm: NPMHTTPFixture, _ name: String, _ token: String) async throws -> JSONValue {
        try await npm.send(.get, "/npm/\(name)?write=true", token: token).json
    }

    private static func deprecating(_ document: JSONValue, _ version: String, _ message: JSONValue) -> JSONValue {
        let versions = document["versions"] ?? .null
        let changed = (versions[version] ?? .null).setting("deprecated", to: message)
        return document.setting("versions", to: versions.setting(version, to: changed))
    }

    @Test("A message is set and cleared by sending the document back")
    func deprecate() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0", #""config":{"ratio":1.50,"large":1e3}"#), token: token)
            try await npm.publish(.named("tiny", "1.1.0"), token: token)
            let before = try await Self.document(npm, "tiny", token)
            let sent = Self.deprecating(before, "1.0.0", "old \"one\"")
            #expect(try await npm.send(.put, "/npm/tiny", token: token, json: sent).status == 200)
            let after = try await Self.document(npm, "tiny", token)
            #expect(after["versions"]?["1.0.0"]?["deprecated"] == "old \"one\"")
            #expect(after["versions"]?["1.1.0"]?["deprecated"] == nil)
            #expect(after["_rev"] != before["_rev"])
            let cleared = Self.deprecating(after, "1.0.0", "")
            #expect(try await npm.send(.put, "/npm/tiny", token: token, json: cleared).status == 200)
            #expect(try await Self.document(npm, "tiny", token)["versions"]?["1.0.0"]?["deprecated"] == nil)
        }
    }

    @Test("Nothing else can be changed that way, and an outdated document is refused")
    func onlyDeprecation() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            let document = try await Self.document(npm, "tiny", token)
            let version = try #require(document["versions"]?["1.0.0"])
            let changes: [JSONValue] = [
                document.setting("versions", to: ["1.0.0": version.setting("dependencies", to: ["evil": "1"])]),
                document.setting("versions", to: ["1.0.0": version.setting("dist", to: ["tarball": "http://evil"])]),
                document.setting("versions", to: ["1.0.0": version, "2.0.0": version]),
                document.setting("versions", to: [:]),
                document.setting("dist-tags", to: ["latest": "1.0.0", "evil": "1.0.0"]),
                Self.deprecating(document, "1.0.0", 7),
            ]
            for change in changes {
                #expect(try await npm.send(.put, "/npm/tiny", token: token, json: change).status == 400)
            }
            try await npm.publish(.named("tiny", "1.1.0"), token: token)
            let late = try await npm.send(
                .put, "/npm/tiny", token: token, json: Self.deprecating(document, "1.0.0", "x"))
            #expect(late.status == 409)
            let fresh = try await Self.document(npm, "tiny", token)
            let stranger = try await npm.send(
                .put, "/npm/tiny", token: npm.person("mallory"), json: Self.deprecating(fresh, "1.0.0", "x"))
            #expect(stranger.status == 403)
        }
    }

    @Test("One version is unpublished in npm's three steps, and never comes back", arguments: ["tiny", "@hm/tiny"])
    func unpublish(name: String) async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let path = "/npm/\(name.replacing("/", with: "%2f"))"
            try await npm.publish(.named(name, "1.0.0"), token: token)
            try await npm.publish(.named(name, "1.1.0"), token: token)
            let document = try await npm.send(.get, "\(path)?write=true", token: token).json
            let rev = try #require(document["_rev"]?.stringValue)
            let rest = (document["versions"] ?? .null).setting("1.1.0", to: nil)
            let sent = document.setting("versions", to: rest).setting("dist-tags", to: ["latest": "1.0.0"])
            #expect(try await npm.send(.put, "\(path)/-rev/undefined", token: token, json: sent).status == 400)
            let stale = try await npm.send(.put, "\(path)/-rev/1-0", token: token, json: sent)
            #expect(stale.status == 409)
            #expect(try await npm.send(.put, "\(path)/-rev/\(rev)", token: token, json: sent).status == 200)
            let after = try await npm.send(.get, "\(path)?write=true", token: token).json
            #expect(after["versions"]?.members?.map(\.name) == ["1.0.0"])
            #expect(after["dist-tags"] == ["latest": "1.0.0"])
            let next = try #require(after["_rev"]?.stringValue)
            let tarball = "/npm/\(name)/-/tiny-1.1.0.tgz"
            #expect(try await npm.send(.delete, "\(tarball)/-rev/\(next)", token: token).status == 200)
            #expect(try await npm.send(.get, tarball).status == 404)
            let again = try await npm.publish(.named(name, "1.1.0", #""x":2"#), token: token)
            #expect(again.status == 403)
            #expect(again.error.contains("1.1.0"))
        }
    }

    @Test("The tarball's own address removes a version too; the package's removes all")
    func removals() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            try await npm.publish(.named("tiny", "1.1.0"), token: token)
            func rev() async throws -> String {
                try await Self.document(npm, "tiny", token)["_rev"]?.stringValue ?? ""
            }
            let mallory = try await npm.person("mallory")
            let tarball = "/npm/tiny/-/tiny-1.1.0.tgz/-rev/"
            #expect(try await npm.send(.delete, tarball + rev(), token: mallory).status == 403)
            #expect(try await npm.send(.delete, tarball + rev()).status == 401)
            #expect(try await npm.send(.delete, tarball + rev(), token: token).status == 200)
            #expect(try await Self.document(npm, "tiny", token)["versions"]?.members?.count == 1)
            #expect(try await npm.send(.delete, "/npm/tiny/-rev/" + rev(), token: mallory).status == 403)
            #expect(try await npm.send(.delete, "/npm/tiny/-rev/" + rev(), token: token).status == 200)
            #expect(try await npm.send(.get, "/npm/tiny").status == 404)
        }
    }

    @Test("The written policy decides, and npm prints its reason")
    func policy() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            try await npm.publish(.named("oil", "1.0.0"), token: token)
            try await npm.publish(.named("lamp", "1.0.0", #""dependencies":{"oil":"^1.0.0"}"#), token: token)
            let rev = try await Self.document(npm, "oil", token)["_rev"]?.stringValue ?? ""
            let needed = try await npm.send(.delete, "/npm/oil/-rev/\(rev)", token: token)
            #expect(needed.status == 403)
            #expect(needed.error.contains("depend"))
            npm.registry.clock.advance(bySeconds: 73 * 3600)
            let fresh = try await npm.person("alice")
            let lamp = try await Self.document(npm, "lamp", fresh)["_rev"]?.stringValue ?? ""
            let old = try await npm.send(.delete, "/npm/lamp/-rev/\(lamp)", token: fresh)
            #expect(old.status == 403)
            #expect(old.error.contains("72 hours"))
        }
    }

    @Test("Owners are added and removed by a list; the last one stays")
    func owners() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            _ = try await npm.person("bob")
            try await npm.publish(.named("tiny", "1.0.0"), token: token)
            func set(_ names: [String], _ token: String) async throws -> NPMHTTPFixture.Reply {
                let document = try await Self.document(npm, "tiny", token)
                let rev = document["_rev"] ?? .null
                let people = names.map { JSONValue.object([.init("name", .string($0)), .init("email", "x@y")]) }
                return try await npm.send(
                    .put, "/npm/tiny/-rev/\(rev.stringValue ?? "")", token: token,
                    json: ["_id": "tiny", "_rev": rev, "maintainers": .array(people)])
            }
            func owners() async throws -> [String] {
                let people = try await Self.document(npm, "tiny", token)["maintainers"]?.arrayValue ?? []
                return people.compactMap { $0["name"]?.stringValue }.sorted()
            }
            #expect(try await set(["alice", "bob"], token).status == 200)
            #expect(try await owners() == ["alice", "bob"])
            #expect(try await set(["alice", "nobody"], token).status == 404)
            #expect(try await set([], token).status == 409)
            #expect(try await set(["mallory"], npm.person("mallory")).status == 403)
            #expect(try await set(["bob"], token).status == 200)
            #expect(try await owners() == ["bob"])
        }
    }

    @Test("npm asks for a user before it makes one an owner")
    func users() async throws {
        try await withNPM { npm in
            let token = try await npm.person("alice")
            let reply = try await npm.send(.get, "/npm/-/user/org.couchdb.user:alice", token: token)
            #expect(reply.json["name"] == "alice")
            #expect(reply.json["email"] == "alice@users.noreply.registry.example")
            #expect(try await npm.send(.get, "/npm/-/user/org.couchdb.user:bob", token: token).status == 404)
            #expect(try await npm.send(.get, "/npm/-/user/org.couchdb.user:alice").status == 401)
        }
    }
}
