import Blobs
import Configuration
import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@testable import HallmarkServer

@Suite("What a running server leaves for the commands beside it")
struct EffectiveSettingsTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path(percentEncoded: false))
    }

    private func settings(_ data: String, _ more: [String: String] = [:]) async throws -> Settings {
        let environment = more.merging(["HALLMARK_DATA": data]) { $1 }
        return try await Settings.load(arguments: [:], file: nil, environment: environment)
    }

    /// The address in the links of a command with these settings.
    private func address(_ settings: Settings) throws -> String {
        var configuration = try InstanceConfiguration(settings)
        try configuration.followServer(settings)
        return configuration.publicURL
    }

    @Test("Links of commands lead where the server serves, unless the command is told where")
    func address() async throws {
        try await withFolder { folder in
            let plain = try await settings(folder)
            #expect(try address(plain) == "http://localhost:8080", "no server ever ran")
            let serving = try await settings(folder, ["HALLMARK_LISTEN": "127.0.0.1:9123"])
            _ = try ServerConfiguration(serving)
            let data = DataDirectory(path: folder)
            try EffectiveSettings(serving).write(to: data)
            #expect(try address(plain) == "http://localhost:9123")
            let told = try await settings(folder, ["HALLMARK_PUBLIC_URL": "https://packages.example.org"])
            #expect(try address(told) == "https://packages.example.org")
            let other = try await settings(folder, ["HALLMARK_LISTEN": "127.0.0.1:9124"])
            #expect(try address(other) == "http://localhost:9124")
            let secure = try await settings(folder, ["HALLMARK_TLS_LOCAL": "true"])
            #expect(try address(secure) == "https://localhost:8443")
        }
    }

    @Test(
        "A file that is none, or of an earlier version, leaves the default",
        arguments: [
            "", "no JSON", #"{"policies": {}}"#, #"{"policies": {}, "public_url": "javascript:alert(1)"}"#,
            #"{"policies": {}, "public_url": 7}"#,
        ])
    func damaged(content: String) async throws {
        try await withFolder { folder in
            let data = DataDirectory(path: folder)
            try data.write(Array(content.utf8), to: data.effectiveSettings)
            #expect(try address(try await settings(folder)) == "http://localhost:8080")
        }
    }
}
