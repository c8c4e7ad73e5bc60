import Foundation
import HallmarkTesting
import RegistryModel
import Testing

/// A disk that is full, made by the largest size that the system lets the server's files have: it needs no rights.
@Suite("A full disk", .enabled(if: SamplePackage.isAvailable, "needs Python"), .timeLimit(.minutes(10)))
struct FullDiskTests {
    private static func names(_ server: LiveServer, _ folder: String) -> [String] {
        let walker = FileManager.default.enumerator(atPath: server.process.data.appending(path: folder).path)
        return (walker?.compactMap { $0 as? String } ?? []).filter { !$0.isEmpty }
    }

    private static func isReady(_ server: LiveServer) async throws -> Bool {
        try await server.call("GET", "/readyz").status == 200
    }

    /// With no byte the spool is full; with 12 KiB small uploads fit but no transaction of the embedded database does.
    @Test(
        "Publishes are refused in words, everything is read on, and work goes on when there is room",
        arguments: [0, 12 << 10])
    func full(bytes: Int) async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            try await server.publish(try await SamplePackage.make("pypi", "early-lamp"), token: token)
            let page = try await server.call("GET", "/pypi/simple/early-lamp/")
            let link = try #require(page.text.firstMatch(of: /href="([^"#]+)/)?.1)
            let address = try #require(URL(string: String(link))).path

            try await server.process.setLimit(.fileSize, bytes)
            for ecosystem in ["pypi", "cargo", "npm"] {
                let package = try await SamplePackage.make(ecosystem, "late-lamp")
                let answer = try await server.send(package, token: token)
                #expect(answer.status == 503, "\(ecosystem): \(answer.text)")
                #expect(answer["retry-after"] != nil)
                #expect((answer.reason + answer.text).contains("try again later"), "\(answer.reason) \(answer.text)")
            }
            #expect(Self.names(server, "spool") == [], "nothing half-written stays")
            #expect(try await server.call("GET", "/pypi/simple/early-lamp/").body == page.body)
            #expect(try await server.call("GET", address).status == 200)
            #expect(try await server.call("GET", "/pypi/simple/late-lamp/").status == 404)
            #expect(try await server.call("GET", "/healthz").status == 200)
            try await waitUntil("not ready while nothing can be stored", every: .milliseconds(100)) {
                try await !Self.isReady(server)
            }

            try await server.process.setLimit(.fileSize, nil)
            try await waitUntil("ready again", every: .milliseconds(100)) { try await Self.isReady(server) }
            for ecosystem in ["pypi", "cargo", "npm"] {
                try await server.publish(try await SamplePackage.make(ecosystem, "late-lamp"), token: token)
            }
            #expect(try await server.call("GET", "/pypi/simple/late-lamp/").status == 200)
        }
    }

    @Test("An upload that outgrows the room leaves nothing behind, and smaller ones still fit")
    func outgrown() async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            try await server.publish(try await SamplePackage.make("pypi", "first-lamp"), token: token)
            try await server.process.setLimit(.fileSize, 8 << 20)
            let large = try await SamplePackage.make("pypi", "large-lamp", fill: 12 << 20)
            #expect(try await server.send(large, token: token).status == 503)
            #expect(Self.names(server, "spool") == [])
            try await server.publish(try await SamplePackage.make("pypi", "small-lamp"), token: token)
            try await server.process.setLimit(.fileSize, nil)
            try await server.publish(large, token: token)
        }
    }
}
