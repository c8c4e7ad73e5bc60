import Foundation
import HallmarkTesting
import Testing

/// What a refused publisher reads: SwiftPM prints the `detail` of a problem that comes with the protocol's version.
@Suite(
    "Refusals to SwiftPM", .serialized, .secureServer,
    .enabled(if: hasSwift, "needs swift, and root for a mount of its own"))
struct SwiftRefusalTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("Without a token, with a wrong one, and with somebody else's")
    func credentials() async throws {
        let login = ["package-registry", "login"]
        let base = "\(server.secureURL)/swift"
        let wrong = "hlmk_000000000000000000000000000000000000"
        let refused = try await home.swift(login, [base, "--token", wrong, "--no-confirm"], trusting: server)
        #expect(!refused.succeeded && refused.says("registry login using"), "\(refused)")

        try home.swiftLibrary("Lamp", folder: "lamp")
        let anonymous = try await home.swiftPublish("taken.Lamp", "1.0.0", "lamp", to: server)
        #expect(!anonymous.succeeded && anonymous.says("server error 401: This needs a token"), "\(anonymous)")
        try await home.useSwift(server, token: try await server.publisher("swift-alice"))
        try await home.swiftPublish("taken.Lamp", "1.0.0", "lamp", to: server).checked()
        let again = try await home.swiftPublish("taken.Lamp", "1.0.0", "lamp", to: server)
        #expect(!again.succeeded && again.says("server error 409: taken.Lamp 1.0.0 is already published"), "\(again)")

        let other = try ClientHome()
        try other.swiftLibrary("Lamp", folder: "lamp")
        try await other.useSwift(server, token: try await server.publisher("swift-mallory"))
        for id in ["taken.Lamp", "TAKEN.lamp"] {
            let foreign = try await other.swiftPublish(id, "1.1.0", "lamp", to: server)
            #expect(!foreign.succeeded && foreign.says("server error 403: swift-mallory is not an owner"), "\(foreign)")
        }
        let inside = try await other.swiftPublish("taken.Oil", "1.0.0", "lamp", to: server)
        #expect(!inside.succeeded && inside.says("lies in the namespace 'taken'"), "\(inside)")
        let like = try await home.swiftPublish("taken.La-mp", "1.0.0", "lamp", to: server)
        #expect(!like.succeeded && like.says("too much like the existing 'taken.Lamp'"), "\(like)")
    }

    @Test("Metadata and manifests that other clients could not read")
    func contents() async throws {
        try await home.useSwift(server, token: try await server.publisher("swift-breaker"))
        try home.swiftLibrary(
            "Lamp", folder: "lamp",
            more: ["package-metadata.json": #"{"author":{"name":"x"},"originalPublicationTime":"2025-01-31"}"#])
        let time = try await home.swiftPublish("broken.Lamp", "1.0.0", "lamp", to: server)
        #expect(!time.succeeded && time.says("server error 422"), "\(time)")
        #expect(time.says("'originalPublicationTime' must be a time"), "\(time)")
        try home.write("{}", to: "lamp/package-metadata.json")
        try home.write(ClientHome.swiftManifest("Lamp", tools: "6.1"), to: "lamp/Package@swift-6.swift")
        let tools = try await home.swiftPublish("broken.Lamp", "1.0.0", "lamp", to: server)
        #expect(!tools.succeeded && tools.says("states tools version 6.1.0, but its name says 6.0.0"), "\(tools)")
        #expect(try await Probe.get("\(server.url)/swift/broken/Lamp").status == 404)
    }

    @Test("Archives that SwiftPM itself would not make")
    func badArchives() async throws {
        let token = try await server.publisher("swift-hostile")
        for fault in ["traversal", "link", "not-an-archive", "no-manifest", "two-roots"] {
            try await home.run(
                .python, [Checkout.script("swift_form.py"), home.path("form"), "bad.Lamp", "1.0.0", "--fault", fault]
            ).checked()
            let answer = try await Probe.send(
                "PUT", "\(server.url)/swift/bad/Lamp/1.0.0",
                headers: [
                    "Authorization": "Bearer \(token)",
                    "Content-Type": "multipart/form-data;boundary=\"form-boundary\"",
                ], arguments: ["--data-binary", "@\(home.path("form"))"])
            let words = (answer.json as? [String: Any])?["detail"] as? String
            #expect(answer.status == 422 && words?.isEmpty == false, "\(fault): \(answer.status) \(answer.text)")
            #expect(answer.headers["content-version"] == "1")
        }
        #expect(try await Probe.get("\(server.url)/swift/bad/Lamp").status == 404)
    }

    @Test("A package that is quarantined or not there")
    func reading() async throws {
        try await home.useSwift(server, token: try await server.publisher("swift-poison"))
        try home.swiftLibrary("Lamp", folder: "lamp")
        try await home.swiftPublish("poison.Lamp", "1.0.0", "lamp", to: server).checked()
        try await server.admin(["project", "status", "swift", "poison.Lamp", "quarantined", "--reason", "it is poison"])
            .checked()
        let reader = try ClientHome()
        try await reader.useSwift(server)
        for (id, words) in [("poison.Lamp", "it is poison"), ("nobody.Lamp", "not found")] {
            try reader.swiftProgram(
                [(".package(id: \"\(id)\", from: \"1.0.0\")", id, "Lamp")], source: "", folder: "app")
            let refused = try await reader.swift(["package"], ["resolve"], in: "app", trusting: server)
            #expect(!refused.succeeded && refused.says(words), "\(refused)")
        }
    }
}
