import Foundation
import Glibc
import HallmarkTesting
import RegistryModel
import Testing

@Suite("No more open files", .enabled(if: SamplePackage.isAvailable, "needs Python"), .timeLimit(.minutes(10)))
struct OpenFileTests {
    /// Whether a process ended inside libdispatch, and for nothing else that traps with the same signal.
    ///
    /// It takes it for a mistake in the program when it cannot open `/proc/…/stat`, which it does once in a second while
    /// work waits for a thread. The runtime's last words tell the address.
    private static func endedInDispatch(_ status: Int32, log: String, map: String) -> Bool {
        guard status == 128 + SIGILL, let words = log.firstRange(of: "Backtracing from 0x"),
            let address = UInt64(log[words.upperBound...].prefix { $0.isHexDigit }, radix: 16)
        else { return false }
        return map.split(separator: "\n").contains { line in
            let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt64($0, radix: 16) }
            return line.contains("libdispatch.so") && bounds.count == 2 && bounds[0] <= address && address < bounds[1]
        }
    }

    @Test("The server loses nothing that it has, and goes on once files can be opened, or when it is started again")
    func exhausted() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hallmark-files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = ServerProcess.Options()
        options.data = folder.appending(path: "data")
        let server = LiveServer(process: try await ServerProcess(options))
        let token = try await server.person("alice")
        try await server.publish(try await SamplePackage.make("pypi", "early-lamp"), token: token)
        let package = try await SamplePackage.make("pypi", "late-lamp")
        let map = server.process.memoryMap
        #expect(map.contains("libdispatch.so"))
        do {
            try await exhaust(server, package, token)
            try await serves(server, package, token)
            try await server.process.stop()
        } catch {
            guard let status = try await server.process.exitStatus() else { throw error }
            let log = server.process.log
            try #require(Self.endedInDispatch(status, log: log, map: map), "\(error), \(status): \(log)")
            let again = LiveServer(process: try await ServerProcess(options))
            try await serves(again, package, token)
            try await again.process.stop()
        }
    }

    private struct Ended: Error {}

    /// Leaves the server no file to open, and asks it for something.
    private func exhaust(_ server: LiveServer, _ package: SamplePackage, _ token: String) async throws {
        let port = Int(server.process.port)
        // Connections from before keep working; what they ask for may need files.
        let old = try await RawConnection.connect(to: port)
        #expect(try await old.exchange("GET /pypi/simple/early-lamp/").status == 200)
        try await server.process.setLimit(.openFiles, server.process.openFiles + 4)
        var crowd: [RawConnection] = []
        for _ in 0..<40 {
            // One that gets the last file may be hung up on at once.
            guard let connection = try? await RawConnection.connect(to: port) else {
                continue
            }
            crowd.append(connection)
            try? await connection.request("GET /healthz")
        }
        // Everybody is hung up on by a process that ends, which is noticed a little later.
        if crowd.count <= 30, try await server.process.exitStatus() != nil { throw Ended() }
        #expect(crowd.count > 30, "most wait in the system's queue")
        let refused = try await old.exchange(
            "\(package.method) \(package.path)",
            ["Authorization: Bearer \(token)", "Content-Type: \(package.mediaType)"], body: package.body)
        #expect(refused.status == 503, "\(refused.text)")
        try await server.process.setLimit(.openFiles, nil)
        let answer = try #require(crowd.last)
        let waited = try await answer.response()
        #expect(waited.status == 200, "who waited is answered")
        for connection in crowd { await connection.close() }
    }

    /// What was there is there, and what was refused is taken.
    private func serves(_ server: LiveServer, _ package: SamplePackage, _ token: String) async throws {
        #expect(try await server.call("GET", "/pypi/simple/early-lamp/").status == 200)
        try await server.publish(package, token: token)
        #expect(try await server.call("GET", "/pypi/simple/late-lamp/").status == 200)
    }

    @Test("Streams that nobody reads keep no more files open than are theirs, and the server serves and publishes")
    func streams() async throws {
        // Of the 216 that are not kept back 27 are for uploads, 94 for connections and 95 for downloads.
        try await withLiveServer(ServerProcess.Options(localTLS: true, openFiles: 600)) { server in
            let token = try await server.person("alice")
            try await server.publish(try await SamplePackage.make("pypi", "heavy-lamp", fill: 3_000_000), token: token)
            let address = try await server.fileAddress("heavy-lamp")
            let before = server.process.openFiles
            var clients: [StreamClient] = []
            var statuses: [Int: Int] = [:]
            for _ in 0..<3 {
                let client = try await StreamClient(port: Int(server.process.securePort), window: 0)
                let streams = (0..<100).map { _ in client.newStream() }
                for stream in streams { try await client.send(StreamClient.request("GET \(address)", stream: stream)) }
                try await client.read { $0.answers.count(where: { $0.value.response.status > 0 }) == 100 }
                for answer in client.answers.values { statuses[answer.response.status, default: 0] += 1 }
                clients.append(client)
            }
            #expect(Set(statuses.keys) == [200, 503] && statuses.values.reduce(0, +) == 300, "\(statuses)")
            #expect(server.process.openFiles < before + 95 + 20)
            #expect(try await server.call("GET", "/pypi/simple/heavy-lamp/").status == 200)
            try await server.publish(try await SamplePackage.make("pypi", "late-lamp", fill: 300_000), token: token)
            clients = []
            try await waitUntil("a download once others have gone", every: .milliseconds(50)) {
                try await server.call("GET", address).status == 200
            }
        }
    }

    @Test("A small limit allows fewer connections, so that a publish always finds its files")
    func fitted() async throws {
        // The shell's limit is the hard one too, so the server cannot raise it.
        try await withLiveServer(ServerProcess.Options(openFiles: 200)) { server in
            #expect(server.process.log.contains("allows fewer connections"))
            let token = try await server.person("alice")
            let port = Int(server.process.port)
            let publisher = try await RawConnection.connect(to: port)
            #expect(try await publisher.exchange("GET /healthz").status == 200)
            var crowd: [RawConnection] = []
            for _ in 0..<150 { crowd.append(try await RawConnection.connect(to: port)) }
            let package = try await SamplePackage.make("pypi", "steady-lamp")
            let answer = try await publisher.exchange(
                "\(package.method) \(package.path)",
                ["Authorization: Bearer \(token)", "Content-Type: \(package.mediaType)"], body: package.body)
            #expect((200..<300).contains(answer.status), "\(answer.text)")
            for connection in crowd { await connection.close() }
        }
    }
}
