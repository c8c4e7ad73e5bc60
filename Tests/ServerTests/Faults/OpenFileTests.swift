import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("No more open files", .enabled(if: SamplePackage.isAvailable, "needs Python"), .timeLimit(.minutes(10)))
struct OpenFileTests {
    @Test("The server neither ends nor loses what it has, and goes on once files can be opened")
    func exhausted() async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            try await server.publish(try await SamplePackage.make("pypi", "early-lamp"), token: token)
            let package = try await SamplePackage.make("pypi", "late-lamp")
            let port = Int(server.process.port)
            // Connections from before keep working; what they ask for may need files.
            let old = try await RawConnection.connect(to: port, patience: .seconds(60))
            #expect(try await old.exchange("GET /pypi/simple/early-lamp/").status == 200)

            try await server.process.setLimit(.openFiles, server.process.openFiles + 4)
            var crowd: [RawConnection] = []
            for _ in 0..<40 {
                // One that gets the last file may be hung up on at once.
                guard let connection = try? await RawConnection.connect(to: port, patience: .seconds(60)) else {
                    continue
                }
                crowd.append(connection)
                try? await connection.request("GET /healthz")
            }
            #expect(crowd.count > 30, "most wait in the system's queue")
            let refused = try await old.exchange(
                "\(package.method) \(package.path)",
                ["Authorization: Bearer \(token)", "Content-Type: \(package.mediaType)"], body: package.body)
            #expect(refused.status == 503, "\(refused.text)")
            #expect(server.process.isRunning)

            try await server.process.setLimit(.openFiles, nil)
            let answer = try #require(crowd.last)
            #expect(try await answer.response().status == 200, "who waited is answered")
            for connection in crowd { await connection.close() }
            try await server.publish(package, token: token)
            #expect(try await server.call("GET", "/pypi/simple/late-lamp/").status == 200)
        }
    }

    @Test("A small limit allows fewer connections, so that a publish always finds its files")
    func fitted() async throws {
        // The shell's limit is the hard one too, so the server cannot raise it.
        try await withLiveServer(ServerProcess.Options(openFiles: 200)) { server in
            #expect(server.process.log.contains("allows fewer connections"))
            let token = try await server.person("alice")
            let port = Int(server.process.port)
            let publisher = try await RawConnection.connect(to: port, patience: .seconds(60))
            #expect(try await publisher.exchange("GET /healthz").status == 200)
            var crowd: [RawConnection] = []
            for _ in 0..<150 { crowd.append(try await RawConnection.connect(to: port, patience: .seconds(60))) }
            let package = try await SamplePackage.make("pypi", "steady-lamp")
            let answer = try await publisher.exchange(
                "\(package.method) \(package.path)",
                ["Authorization: Bearer \(token)", "Content-Type: \(package.mediaType)"], body: package.body)
            #expect((200..<300).contains(answer.status), "\(answer.text)")
            for connection in crowd { await connection.close() }
        }
    }
}
