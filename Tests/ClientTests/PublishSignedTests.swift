import Foundation
import HallmarkTesting
import Testing

@Suite(
    "hallmark publish: signed Swift packages", .serialized, .secureServer,
    .enabled(if: hasSwift, "needs swift, and root for a mount of its own"))
struct PublishSignedTests {
    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("A signed Swift package: SwiftPM takes it where it takes nothing else")
    func signedSwift() async throws {
        let token = try await server.publisher("sign-swift")
        try await home.useSwift(server, token: token)
        let signer = try await SwiftSigner(in: home, "stamp")
        func publish(_ version: String, _ folder: String, _ more: [String] = []) async throws -> CommandResult {
            try await home.hallmark(
                server, ["publish", folder, "--name", "stamps.Stamp", "--version", version] + more, token: token)
        }
        let manifest =
            "// swift-tools-version: 5.9\nimport PackageDescription\n"
            + "let package = Package(name: \"Stamp\", products: [.library(name: \"Stamp\", targets: [\"Stamp\"])],\n"
            + "    targets: [.target(name: \"Stamp\")])\n"
        try home.swiftLibrary(
            "Stamp", folder: "stamp",
            more: ["package-metadata.json": #"{"description":"A stamp"}"#, "Package@swift-5.9.swift": manifest])
        try await publish("1.0.0", "stamp", signer.options).checked()
        try await home.commit("stamp", tag: "v1.1.0")
        try await publish("1.1.0", "stamp", signer.options).checked()
        for version in ["1.0.0", "1.1.0"] {
            let place = "\(server.url)/swift/stamps/Stamp/\(version)"
            #expect(try home.manifestIsSigned(try await Probe.get("\(place)/Package.swift")), "\(version)")
            let older = try await Probe.get("\(place)/Package.swift?swift-version=5.9")
            #expect(try home.manifestIsSigned(older), "\(version)")
            try await verify(try await Probe.get("\(place).zip"), signer)
        }

        let consumer = try ClientHome()
        try await consumer.useSwift(server)
        try consumer.trust([signer])
        try consumer.swiftProgram(
            [(".package(id: \"stamps.Stamp\", exact: \"1.0.0\")", "stamps.Stamp", "Stamp")],
            source: "import Stamp\nprint(value())\n", folder: "app")
        let strict = ["--resolver-fingerprint-checking", "strict", "--resolver-signing-entity-checking", "strict"]
        let run = try await consumer.swift(["run", "--quiet"], strict + ["App"], in: "app", trusting: server).checked()
        #expect(run.output == "1\n" && !run.says("not signed") && !run.says("not trusted"), "\(run)")
        // What SwiftPM itself signs with the same key is by the same signer for it.
        try await home.swiftPublish("stamps.Stamp", "1.2.0", "stamp", to: server, signer.arguments).checked()
        for version in ["1.1.0", "1.2.0"] {
            try consumer.swiftProgram(
                [(".package(id: \"stamps.Stamp\", exact: \"\(version)\")", "stamps.Stamp", "Stamp")],
                source: "import Stamp\nprint(value())\n", folder: "app")
            try await consumer.swift(["package"], strict + ["update"], in: "app", trusting: server).checked()
        }
        let other = try await SwiftSigner(in: home, "other")
        for wrong in [
            ["--signing-key", signer.options[1]], ["--signing-certificate", signer.options[3]],
            Array(signer.options.prefix(2)) + Array(other.options.dropFirst(2)),
            ["--signing-key", signer.options[3], "--signing-certificate", signer.options[3]],
        ] {
            let refused = try await publish("1.3.0", "stamp", wrong)
            #expect(!refused.succeeded, "\(wrong)")
        }
    }

    /// Holds the signature of an archive that the registry hands out against it.
    private func verify(_ archive: Probe, _ signer: SwiftSigner) async throws {
        let signature = try #require(archive.headers["x-swift-package-signature"])
        try home.write(archive.body, to: "check/archive.zip")
        try home.write(try #require(Data(base64Encoded: signature)), to: "check/archive.sig")
        try await home.run(
            .openssl,
            [
                "cms", "-verify", "-inform", "DER", "-in", home.path("check/archive.sig"), "-content",
                home.path("check/archive.zip"), "-binary", "-CAfile", signer.root, "-purpose", "any", "-out",
                "/dev/null",
            ]
        ).checked()
    }
}
