import Foundation
import HallmarkTesting
import Testing

@Suite("SwiftPM", .serialized, .secureServer, .enabled(if: hasSwift, "needs swift, and root for a mount of its own"))
struct SwiftTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    private static let strict = [
        "--resolver-fingerprint-checking", "strict", "--resolver-signing-entity-checking", "strict",
    ]

    @Test("login, publish, and a build of a graph from here and from a repository")
    func publishAndBuild() async throws {
        let token = try await server.publisher("swift-builder")
        let login = try await home.swift(
            ["package-registry", "login"], ["\(server.secureURL)/swift", "--token", token, "--no-confirm"],
            trusting: server)
        #expect(login.says("Login successful."), "\(login)")
        try await home.useSwift(server)
        // The manifest for newer tools has its own name, and SwiftPM asks for it by the version with three numbers.
        let settings = ".define(\"NEWER\")"
        try home.swiftLibrary(
            "Oil", folder: "oil",
            more: [
                "Package@swift-6.0.swift": ClientHome.swiftManifest("Oil", tools: "6.0", settings: settings),
                "Sources/Oil/Library.swift": """
                #if NEWER
                public func drops() -> Int { 6 }
                #else
                public func drops() -> Int { 1 }
                #endif

                """,
                "package-metadata.json": #"{"description":"Größe = 100 %","author":{"name":"The tests"}}"#,
            ])
        let published = try await home.swiftPublish("builder.Oil", "1.0.0", "oil", to: server).checked()
        #expect(published.says("was successfully published to"), "\(published)")
        #expect(published.says("\(server.secureURL)/swift/builder/Oil/1.0.0"), "\(published)")
        try await home.swiftPublish("BUILDER.oil", "1.1.0-beta.1", "oil", to: server).checked()

        try home.swiftLibrary("Wick", value: "7", folder: "wick")
        for words in [["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"], ["tag", "1.0.0"]] {
            let author = ["-c", "user.name=Tests", "-c", "user.email=tests@example.org"]
            try await Command(
                ["git"] + author + words, environment: home.environment,
                directory: home.directory.appending(path: "wick")
            ).run().checked()
        }
        try home.swiftProgram(
            [
                (".package(id: \"Builder.Oil\", from: \"1.0.0\")", "Builder.Oil", "Oil"),
                (".package(url: \"file://\(home.path("wick"))\", from: \"1.0.0\")", "wick", "Wick"),
            ], source: "import Oil\nimport Wick\nprint(drops() * value())\n", folder: "app")
        let run = try await home.swift(["run", "--quiet"], Self.strict + ["App"], in: "app", trusting: server).checked()
        #expect(run.output == "42\n", "\(run)")
        let resolved = try home.read("app/Package.resolved")
        #expect(resolved.contains("\"kind\" : \"registry\""))
        #expect(try home.resolvedVersion("builder.oil", in: "app") == "1.0.0")
    }

    @Test("A yanked release is not resolved; what is held to it still gets it")
    func yank() async throws {
        let token = try await server.publisher("swift-yanker")
        try await home.useSwift(server, token: token)
        try home.swiftLibrary("Lamp", folder: "lamp")
        for version in ["1.0.0", "1.1.0"] {
            try await home.swiftPublish("yanker.Lamp", version, "lamp", to: server).checked()
        }
        let dependency = (".package(id: \"yanker.Lamp\", from: \"1.0.0\")", "yanker.Lamp", "Lamp")
        try home.swiftProgram([dependency], source: "import Lamp\nprint(value())\n", folder: "app")
        try await home.swift(["package"], ["resolve"], in: "app", trusting: server).checked()
        #expect(try home.resolvedVersion("yanker.lamp", in: "app") == "1.1.0")
        let address = "\(server.url)/api/v1/projects/swift/yanker.Lamp/releases/1.1.0/yank"
        let yanked = try await Probe.send(
            "PUT", address, headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
            arguments: ["--data", #"{"reason":"it smokes"}"#])
        #expect((200..<300).contains(yanked.status), "\(yanked.text)")

        let other = try ClientHome()
        try await other.useSwift(server)
        for folder in ["held", "fresh"] {
            try other.swiftProgram([dependency], source: "import Lamp\nprint(value())\n", folder: folder)
        }
        try other.write(try home.data("app/Package.resolved"), to: "held/Package.resolved")
        let forced = ["resolve", "--force-resolved-versions"]
        try await other.swift(["package"], forced, in: "held", trusting: server).checked()
        #expect(try other.resolvedVersion("yanker.lamp", in: "held") == "1.1.0")
        try await other.swift(["package"], ["resolve"], in: "fresh", trusting: server).checked()
        #expect(try other.resolvedVersion("yanker.lamp", in: "fresh") == "1.0.0")
    }

    @Test("A repository in the graph is replaced by its package where the scope is assigned, dots in its name or not")
    func repositories() async throws {
        try await home.useSwift(server, token: try await server.publisher("swift-groue"))
        let address = "https://github.com/groue/GRDB.swift"
        try home.swiftLibrary(
            "GRDB", folder: "grdb", more: ["package-metadata.json": "{\"repositoryURLs\":[\"\(address).git\"]}"])
        try await home.swiftPublish("groue.GRDB-swift", "7.0.0", "grdb", to: server).checked()
        let identifiers = "\(server.url)/swift/identifiers?url=\(address)"
        #expect(try await Probe.get(identifiers).status == 404)
        try await server.admin(["namespace", "assign", "swift", "groue", "--owner", "swift-groue"]).checked()
        #expect(try await Probe.get(identifiers).json as? [String: [String]] == ["identifiers": ["groue.GRDB-swift"]])

        try home.swiftProgram(
            [(".package(url: \"\(address)\", from: \"7.0.0\")", "GRDB.swift", "GRDB")],
            source: "import GRDB\nprint(value())\n", folder: "app")
        try await home.swift(
            ["package"], ["--replace-scm-with-registry", "resolve"], in: "app", trusting: server
        ).checked()
        #expect(try home.resolvedVersion("groue.grdb-swift", in: "app") == "7.0.0")
        #expect(try home.read("app/Package.resolved").contains("\"kind\" : \"registry\""))
    }

    @Test("A staged release is there for its publishers, at its private address")
    func staged() async throws {
        try await server.createUser("swift-stager")
        let created = try await server.admin(["token", "create", "--user", "swift-stager", "--staged"]).checked()
        try await home.useSwift(server, token: created.output.trimmingCharacters(in: .whitespacesAndNewlines))
        try home.swiftLibrary("Wick", folder: "wick")
        let published = try await home.swiftPublish("staged.Wick", "1.0.0", "wick", to: server).checked()
        let address = try #require(published.text.firstMatch(of: /https:[^ '"]+\/staging\/[0-9a-f-]+\/swift/)).output
        #expect(published.says("\(address)/staged/Wick/1.0.0"), "\(published)")
        #expect(try await Probe.get("\(server.url)/swift/staged/Wick").status == 404)
        try home.swiftProgram(
            [(".package(id: \"staged.Wick\", from: \"1.0.0\")", "staged.Wick", "Wick")], source: "", folder: "app")
        let set = ["package-registry", "set", "--global", "--scope", "staged"]
        try await home.swift(set, [String(address)], trusting: server).checked()
        try await home.swift(["package"], ["resolve"], in: "app", trusting: server).checked()
        #expect(try home.resolvedVersion("staged.wick", in: "app") == "1.0.0")
    }

    @Test("Signed packages: SwiftPM checks who signed, and refuses what is signed by somebody else or not at all")
    func signed() async throws {
        try await home.useSwift(server, token: try await server.publisher("swift-signer"))
        let signer = try await SwiftSigner(in: home, "signer")
        let other = try await SwiftSigner(in: home, "other")
        try home.swiftLibrary(
            "Seal", folder: "seal", more: ["package-metadata.json": #"{"description":"A seal"}"#])
        try await home.swiftPublish("signed.Seal", "1.0.0", "seal", to: server, signer.arguments).checked()
        let info = try #require(
            try await Probe.get("\(server.url)/swift/signed/Seal/1.0.0").json as? [String: Any])
        let resource = try #require((info["resources"] as? [[String: Any]])?.first)
        let signing = try #require(resource["signing"] as? [String: String])
        #expect(signing["signatureFormat"] == "cms-1.0.0")
        try await verify(signing["signatureBase64Encoded"] ?? "", signer)
        #expect(try home.manifestIsSigned(try await Probe.get("\(server.url)/swift/signed/Seal/1.0.0/Package.swift")))

        let consumer = try ClientHome()
        try await consumer.useSwift(server)
        try consumer.trust([signer])
        try consumer.swiftProgram(
            [(".package(id: \"signed.Seal\", from: \"1.0.0\")", "signed.Seal", "Seal")],
            source: "import Seal\nprint(value())\n", folder: "app")
        let run = try await consumer.swift(
            ["run", "--quiet"], Self.strict + ["App"], in: "app", trusting: server
        ).checked()
        #expect(run.output == "1\n" && !run.says("not signed") && !run.says("not trusted"), "\(run)")

        try await home.swiftPublish("signed.Seal", "1.1.0", "seal", to: server, other.arguments).checked()
        let changed = try await consumer.swift(
            ["package"], Self.strict + ["update"], in: "app", trusting: server)
        #expect(!changed.succeeded && changed.says("not trusted"), "\(changed)")
        try await home.swiftPublish("signed.Seal", "1.2.0", "seal", to: server).checked()
        let unsigned = try await consumer.swift(
            ["package"], Self.strict + ["update"], in: "app", trusting: server)
        #expect(!unsigned.succeeded && unsigned.says("not signed"), "\(unsigned)")
    }

    /// Holds the signature that the registry answers with against the archive that it hands out.
    private func verify(_ signature: String, _ signer: SwiftSigner) async throws {
        let archive = try await Probe.get("\(server.url)/swift/signed/Seal/1.0.0.zip")
        #expect(archive.headers["x-swift-package-signature"] == signature)
        try home.write(archive.body, to: "check/archive.zip")
        try home.write(try #require(Data(base64Encoded: signature)), to: "check/archive.sig")
        try await home.run(
            .openssl,
            [
                "cms", "-verify", "-inform", "DER", "-in", home.path("check/archive.sig"), "-content",
                home.path("check/archive.zip"), "-binary", "-CAfile", signer.root, "-purpose", "any", "-out",
                home.path("check/out"),
            ]
        ).checked()
    }
}
