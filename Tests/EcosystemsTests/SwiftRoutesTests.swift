import Ecosystems
import Formats
import Foundation
import HTTPSupport
import HallmarkTesting
import Persistence
import Publishing
import RegistryModel
import Testing

@Suite("/swift/: reading")
struct SwiftRoutesTests {
    private static let base = "http://registry.example/swift"

    @Test("The list names the source repositories of a package in a verified scope, the newest release's first")
    func repositories() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            func publish(_ version: String, _ repositories: [String]) async throws {
                var package = SwiftTestPackage()
                package.version = version
                let metadata: JSONValue = ["repositoryURLs": .strings(repositories)]
                package.metadata = String(decoding: metadata.bytes(), as: UTF8.self)
                #expect(try await server.publish(package, token: token).status == 201)
            }
            func links() async throws -> [String: [String]] {
                let header = try await server.get("/swift/mona/LinkedList")["link"] ?? ""
                var found: [String: [String]] = [:]
                for link in header.components(separatedBy: ", ") {
                    let parts = link.components(separatedBy: "; rel=")
                    guard parts.count == 2 else { continue }
                    found[parts[1].filter { $0 != "\"" }, default: []].append(String(parts[0].dropFirst().dropLast()))
                }
                return found
            }
            let old = ["https://code.example/mona/LinkedList", "git@code.example:mona/Other.git"]
            try await publish("1.0.0", old)
            #expect(try await links().keys.sorted() == ["latest-version"], "anybody can write anybody's repository")
            try await server.assign("mona", .assigned, to: "mona")
            try await publish("1.0.1", old)
            #expect(try await links()["canonical"] == [old[0]])
            #expect(try await links()["alternate"] == [old[1]])
            let new = "https://new.example/mona/LinkedList"
            try await publish("1.1.0", [new, "https://bad.example/a,b"])
            #expect(try await links()["canonical"] == [new])
            #expect(Set(try await links()["alternate"] ?? []) == Set(old))
            #expect(try await links()["latest-version"]?.count == 1)
        }
    }

    @Test("What was published is listed, described, and comes back byte for byte")
    func roundTrip() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            var package = SwiftTestPackage()
            package.metadata = #"{"description":"Größe = 100 %","author":{"name":"Mona"},"other":1}"#
            let published = try await server.publish(package, token: token)
            #expect(published.status == 201, "\(published.text)")
            #expect(published["content-version"] == "1")
            #expect(published["location"] == "\(Self.base)/mona/LinkedList/1.0.0")

            for path in ["/swift/mona/LinkedList", "/swift/MONA/linkedlist.json"] {
                let list = try await server.get(path)
                #expect(list.status == 200 && list["content-version"] == "1", "\(list.text)")
                #expect(list["content-type"] == "application/json")
                #expect(
                    try JSONValue.parse(list.body)
                        == ["releases": ["1.0.0": ["url": .string("\(Self.base)/mona/LinkedList/1.0.0")]]])
                #expect(list["link"] == "<\(Self.base)/mona/LinkedList/1.0.0>; rel=\"latest-version\"")
            }
            let info = try await server.get("/swift/mona/linkedList/1.0.0")
            let document = try JSONValue.parse(info.body)
            #expect(info["content-version"] == "1" && document["id"] == "mona.LinkedList")
            #expect(document["metadata"]?["description"] == "Größe = 100 %" && document["metadata"]?["other"] == nil)
            let resource = try #require(document["resources"]?.arrayValue?.first)
            let digest = FileHasher.digests(of: package.archive).sha256
            #expect(resource["name"] == "source-archive" && resource["type"] == "application/zip")
            #expect(resource["checksum"]?.stringValue == digest.hex && resource["signing"] == nil)
            #expect(try await server.get("/swift/mona/LinkedList/1.0.0.json").body == info.body)

            let archive = try await server.get("/swift/Mona/LinkedList/1.0.0.zip")
            #expect(archive.body == package.archive && archive["content-type"] == "application/zip")
            #expect(archive["digest"] == "sha-256=\(Data(digest.bytes).base64EncodedString())")
            #expect(archive["content-disposition"] == "attachment; filename=\"LinkedList-1.0.0.zip\"")
            #expect(archive["content-version"] == "1" && archive["x-swift-package-signature"] == nil)
            let head = try await server.exchange("HEAD /swift/mona/LinkedList/1.0.0.zip")
            #expect(head["content-length"] == String(package.archive.count) && head.body.isEmpty)
            let manifest = try await server.get("/swift/mona/LinkedList/1.0.0/Package.swift")
            #expect(manifest.text == package.manifest && manifest["content-type"] == "text/x-swift")
            #expect(manifest["content-version"] == "1" && manifest["link"] == nil)
        }
    }

    @Test(
        "A manifest for a version of the tools is found by the version that SwiftPM pads; others lead to the one for all"
    )
    func manifests() async throws {
        try await withSwift { server in
            var package = SwiftTestPackage()
            package.files = [
                ("Package@swift-6.swift", "// swift-tools-version: 6.0\n"),
                ("Package@swift-6.2.swift", "// swift-tools-version: 6.2\n"),
            ]
            #expect(try await server.publish(package, token: server.token("mona")).status == 201)
            let path = "/swift/mona/LinkedList/1.0.0/Package.swift"
            let links = try #require(try await server.get(path)["link"]).split(separator: ", ")
            #expect(
                links == [
                    "<\(Self.base)/mona/LinkedList/1.0.0/Package.swift?swift-version=6.0>; rel=\"alternate\"; "
                        + "filename=\"Package@swift-6.swift\"; swift-tools-version=\"6.0\"",
                    "<\(Self.base)/mona/LinkedList/1.0.0/Package.swift?swift-version=6.2>; rel=\"alternate\"; "
                        + "filename=\"Package@swift-6.2.swift\"; swift-tools-version=\"6.2\"",
                ])
            for (version, text) in [("6", "6.0"), ("6.0", "6.0"), ("6.0.0", "6.0"), ("6.2.0", "6.2")] {
                let answer = try await server.get("\(path)?swift-version=\(version)")
                #expect(answer.text == "// swift-tools-version: \(text)\n", "\(version)")
            }
            for version in ["5.9.0", "6.1", "7", "x"] {
                let answer = try await server.get("\(path)?swift-version=\(version)")
                #expect(answer.status == 303 && answer["content-version"] == "1", "\(version)")
                #expect(answer["location"] == "\(Self.base)/mona/LinkedList/1.0.0/Package.swift", "\(version)")
            }
        }
    }

    @Test("A yanked release is a problem in the list and is still handed out")
    func yanked() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            for version in ["1.0.0", "1.1.0"] {
                var package = SwiftTestPackage()
                package.version = version
                #expect(try await server.publish(package, token: token).status == 201)
            }
            try await server.registry.lifecycle.yank(
                SwiftRegistry.ecosystem, name: "mona.LinkedList", version: "1.1.0", reason: "loses data",
                by: server.registry.principal("mona"))
            let list = try await server.get("/swift/mona/LinkedList")
            let problem = try JSONValue.parse(list.body)["releases"]?["1.1.0"]?["problem"]
            #expect(problem == ["status": 410, "title": "Gone", "detail": "Yanked: loses data"])
            #expect(list["link"]?.contains("1.0.0>; rel=\"latest-version\"") == true)
            for place in ["1.1.0", "1.1.0.zip", "1.1.0/Package.swift"] {
                #expect(try await server.get("/swift/mona/LinkedList/\(place)").status == 200, "\(place)")
            }
        }
    }

    @Test("A quarantined package says why on every address that SwiftPM shows words of")
    func quarantined() async throws {
        try await withSwift { server in
            #expect(try await server.publish(SwiftTestPackage(), token: server.token("mona")).status == 201)
            let moderator = try await server.registry.person("carol", isAdministrator: true)
            try await server.registry.lifecycle.setStatus(
                SwiftRegistry.ecosystem, name: "mona.LinkedList", .quarantined, reason: "malware", by: moderator
            )
            for place in ["", "/1.0.0", "/1.0.0.zip", "/1.0.0/Package.swift"] {
                let answer = try await server.get("/swift/mona/LinkedList\(place)")
                #expect(answer.status == 403 && answer["content-version"] == "1", "\(place)")
                #expect(answer["content-type"] == "application/problem+json")
                #expect(try JSONValue.parse(answer.body)["detail"]?.stringValue?.contains("malware") == true)
            }
        }
    }

    @Test("The signature of an archive comes with it and with its description")
    func signed() async throws {
        try await withSwift { server in
            var package = SwiftTestPackage()
            package.archiveSignature = Array(0...255)
            let token = try await server.token("mona")
            #expect(try await server.publish(package, token: token).status == 201)
            let signature = Data(0...255).base64EncodedString()
            let info = try JSONValue.parse(try await server.get("/swift/mona/LinkedList/1.0.0").body)
            #expect(
                info["resources"]?.arrayValue?.first?["signing"]
                    == ["signatureBase64Encoded": .string(signature), "signatureFormat": "cms-1.0.0"])
            let archive = try await server.get("/swift/mona/LinkedList/1.0.0.zip")
            #expect(archive["x-swift-package-signature-format"] == "cms-1.0.0")
            #expect(archive["x-swift-package-signature"] == signature)
        }
    }

    @Test("A repository leads to a package only where its namespace is verified or assigned")
    func identifiers() async throws {
        try await withSwift { server in
            let spellings = [
                "https://github.com/groue/GRDB.swift.git", "git@github.com:groue/GRDB.swift",
                "https%3A%2F%2Fgithub.com%2Fgroue%2FGRDB.swift",
            ]
            func identifiers(_ url: String) async throws -> JSONValue? {
                let answer = try await server.get("/swift/identifiers?url=\(url)")
                #expect(answer["content-version"] == "1")
                guard answer.status == 200 else { return .integer(Int64(answer.status)) }
                #expect(answer["content-type"] == "application/json")
                return try JSONValue.parse(answer.body)["identifiers"]
            }
            for id in ["eve.GRDB", "groue.GRDB-swift"] {
                var package = SwiftTestPackage()
                package.id = id
                package.metadata = #"{"repositoryURLs":["https://github.com/groue/GRDB.swift"]}"#
                let token = try await server.token(String(id.prefix { $0 != "." }))
                #expect(try await server.publish(package, token: token).status == 201)
            }
            #expect(try await identifiers(spellings[0]) == 404)
            _ = try await server.token("other")
            try await server.assign("eve", .claimed, to: "other")
            #expect(try await identifiers(spellings[0]) == 404)
            try await server.assign("eve", .verified, to: "eve")
            #expect(try await identifiers(spellings[0]) == ["eve.GRDB"])
            try await server.assign("groue", .assigned, to: "groue")
            for url in spellings { #expect(try await identifiers(url) == ["groue.GRDB-swift"], "\(url)") }
            #expect(try await identifiers("https://github.com/groue/GRDB") == 404)
            #expect(try await identifiers("nothing") == 404)
            #expect(try await identifiers("") == 400)
            #expect(try await server.get("/swift/identifiers").status == 400)
        }
    }

    @Test("Versions of the protocol, in requests and in every answer")
    func protocolVersions() async throws {
        try await withSwift { server in
            let accepted: [(String, Int)] = [
                ("application/vnd.swift.registry.v1+json", 200), ("application/vnd.swift.registry+json", 200),
                ("application/vnd.swift.registry", 200), ("*/*", 200), ("application/json", 200),
                ("application/vnd.swift.registry.v2+json, application/vnd.swift.registry.v1", 200),
                ("application/vnd.swift.registry.v2+json", 415), ("application/vnd.swift.registry.vx+json", 400),
                ("application/vnd.swift.registry.v0", 400), ("application/vnd.swift.registryx", 400),
            ]
            for (type, status) in accepted {
                let answer = try await server.get("/swift/availability", ["Accept: \(type)"])
                #expect(answer.status == status && answer["content-version"] == "1", "\(type)")
            }
            for path in ["/swift/a/b", "/swift/a/b/1.0.0", "/swift/a--/b", "/swift/a/b/1/Package.swift"] {
                let answer = try await server.get(path)
                #expect(answer.status == 404 && answer["content-version"] == "1", "\(path)")
                #expect(answer["content-type"] == "application/problem+json", "\(path)")
            }
        }
    }

    @Test("A login is good with a token only, at both addresses")
    func login() async throws {
        try await withSwift { server in
            let token = try await server.token("mona")
            for path in ["/swift", "/swift/login"] {
                let good = ["Authorization: Bearer \(token)", "Content-Length: 0"]
                #expect(try await server.exchange("POST \(path)", good).status == 200)
                let basic = [EcosystemServer.basic(token), "Content-Length: 0"]
                #expect(try await server.exchange("POST \(path)", basic).status == 200)
                let none = try await server.exchange("POST \(path)", ["Content-Length: 0"])
                #expect(none.status == 401 && none["content-version"] == "1")
                #expect(none["www-authenticate"] == "Bearer realm=\"Hallmark\"")
                let bad = ["Authorization: Bearer hlmk_\(String(repeating: "0", count: 36))", "Content-Length: 0"]
                #expect(try await server.exchange("POST \(path)", bad).status == 401)
            }
        }
    }
}

extension EcosystemServer {
    /// Notes somebody's right to a scope.
    fileprivate func assign(_ scope: String, _ state: NamespaceState, to user: String) async throws {
        let owner = try await registry.principal(user)
        let namespace = Namespace(
            id: registry.core.ids.next(), ecosystem: SwiftRegistry.ecosystem, name: scope, key: scope,
            ownerID: owner.userID, owner: user, state: state, challenge: "", createdAt: registry.clock.now())
        try await registry.driver.write { try NamespaceStore($0).insert(namespace) }
    }
}

/// Runs a server of Swift packages.
func withSwift(
    limits: PublishLimits = PublishLimits(), _ body: @escaping @Sendable (EcosystemServer) async throws -> Void
) async throws {
    try await withEcosystemServer(
        SwiftFormat(), limits: limits, routes: { SwiftRoutes(services: $0).addRoutes(to: $1, at: "/swift") }, body)
}
