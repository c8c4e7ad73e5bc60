import Foundation
import HallmarkTesting
import Testing

/// A file above the limit is refused before it is sent where the client waits to be asked, and in words in any case.
@Suite("Files that are too large", .serialized, .server(["HALLMARK_MAX_FILE_MEBIBYTES": "1"]))
struct LimitTests {
    static let size = 3_000_000

    let home: ClientHome
    let server: ServerProcess

    init() throws {
        home = try ClientHome()
        server = try RunningServer.current
    }

    @Test("twine and uv", .enabled(if: hasPython, "needs scripts/bootstrap test"))
    func python() async throws {
        let token = try await server.publisher("large-py")
        let wheel = try await home.wheel("large-lamp", "1.0", fill: Self.size)
        for result in [
            try await home.twine(server, token: token, files: [wheel]),
            try await home.uvPublish(server, token: token, files: [wheel]),
        ] {
            #expect(!result.succeeded)
            #expect(result.says("413") && result.says("limit of"), "\(result)")
        }
        #expect(try await Probe.get("\(server.url)/pypi/simple/large-lamp/").status == 404)
    }

    @Test("cargo", .enabled(if: hasCargo, "needs cargo"))
    func cargo() async throws {
        try home.useCargo(server, token: try await server.publisher("large-crate"))
        try home.crate("large_lamp", "0.1.0", folder: "lamp")
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<Self.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try home.write(Data(bytes), to: "lamp/src/data.bin")
        let refused = try await home.cargoPublish("lamp")
        #expect(!refused.succeeded)
        #expect(refused.says("413") && refused.says("limit of"), "\(refused)")
        #expect(try await Probe.get("\(server.url)/cargo/la/rg/large_lamp").status == 404)
    }

    @Test("npm", .enabled(if: hasNPM, "needs npm"), arguments: NPMVersion.available)
    func npm(npm: NPMVersion) async throws {
        try home.useNPM(server, token: try await server.publisher("large-\(npm.mark)"))
        let name = "large-lamp-\(npm.mark)"
        try home.npmPackage(name, "1.0.0", folder: "lamp")
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<Self.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try home.write(Data(bytes), to: "lamp/data.bin")
        let refused = try await home.npm(npm, ["publish"], in: "lamp")
        #expect(!refused.succeeded)
        #expect(refused.says("413") && refused.says("limit of"), "\(refused)")
        #expect(try await Probe.get("\(server.url)/npm/\(name)").status == 404)
    }
}
