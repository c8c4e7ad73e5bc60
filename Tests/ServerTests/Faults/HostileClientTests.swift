import HallmarkTesting
import RegistryModel
import Testing

/// The short form of `scripts/faults/hostile-clients`.
@Suite("Hostile clients", .enabled(if: SamplePackage.isAvailable, "needs Python"), .timeLimit(.minutes(10)))
struct HostileClientTests {
    /// What a client may do to hold a connection.
    enum Manner: String, CaseIterable, Sendable {
        case silent, halfHead, endlessHeaders, halfBody, endlessChunks, endlessExtension, neverReads

        /// Does its worst, and leaves the connection open.
        func attack(_ connection: RawConnection, token: String) async throws {
            let upload =
                "POST /pypi/legacy/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\n"
            switch self {
            case .silent: break
            case .halfHead: try await connection.send("GET /pypi/simple/ HTTP/1.1\r\nHost: loc")
            case .endlessHeaders:
                try await connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
                for index in 0..<2000 {
                    try await connection.send("X-\(index): \(String(repeating: "a", count: 100))\r\n")
                }
            case .halfBody: try await connection.send(upload + "Content-Length: 100000000\r\n\r\n--b\r\nConte")
            case .endlessChunks:
                try await connection.send(upload + "Transfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<500 { try await connection.send("1\r\na\r\n") }
            case .endlessExtension:
                try await connection.send(upload + "Transfer-Encoding: chunked\r\n\r\n1;x=")
                for _ in 0..<100 { try await connection.send(String(repeating: "y", count: 1000)) }
            case .neverReads:
                for _ in 0..<50 { try await connection.request("GET /pypi/simple/early-lamp/") }
            }
        }
    }

    @Test("A server that stops while connections wait to be accepted ends as it should", arguments: [false, true])
    func stopping(isSecure: Bool) async throws {
        for _ in 0..<6 {
            let process = try await ServerProcess(
                ServerProcess.Options(environment: ["HALLMARK_MAX_CONNECTIONS": "8"], localTLS: isSecure))
            let port = Int(isSecure ? process.securePort : process.port)
            var crowd: [RawConnection] = []
            for _ in 0..<150 { crowd.append(try await RawConnection.connect(to: port)) }
            // Those that wait are accepted while the server stops.
            for connection in crowd { connection.abandon() }
            try await process.stop()
        }
    }

    @Test("Hundreds that hold their connections in every way, and others are served")
    func crowd() async throws {
        try await withLiveServer { server in
            let token = try await server.person("alice")
            try await server.publish(try await SamplePackage.make("pypi", "early-lamp"), token: token)
            let port = Int(server.process.port)
            let crowd = try await withThrowingTaskGroup(of: RawConnection.self) { group in
                for index in 0..<350 {
                    let manner = Manner.allCases[index % Manner.allCases.count]
                    group.addTask {
                        let connection = try await RawConnection.connect(
                            to: port, readsByItself: manner != .neverReads)
                        // The server may have hung up on it before it was through.
                        try? await manner.attack(connection, token: token)
                        return connection
                    }
                }
                return try await group.reduce(into: [RawConnection]()) { $0.append($1) }
            }
            for ecosystem in ["pypi", "cargo", "npm"] {
                try await server.publish(try await SamplePackage.make(ecosystem, "calm-lamp"), token: token)
            }
            #expect(try await server.call("GET", "/pypi/simple/calm-lamp/").status == 200)
            #expect(try await server.call("GET", "/readyz").status == 200)
            for connection in crowd { await connection.close() }
            #expect(try await server.call("GET", "/pypi/simple/early-lamp/").status == 200)
        }
    }

    @Test("Silent connections up to the limit give way to others in time")
    func full() async throws {
        let options = ServerProcess.Options(
            environment: [
                "HALLMARK_MAX_CONNECTIONS": "40", "HALLMARK_HEADER_SECONDS": "2", "HALLMARK_IDLE_SECONDS": "2",
            ])
        try await withLiveServer(options) { server in
            let port = Int(server.process.port)
            var crowd: [RawConnection] = []
            for _ in 0..<120 { crowd.append(try await RawConnection.connect(to: port)) }
            // Sent with the connection: on a busy machine a task may come too late to be anything but silent, too.
            let late = try await RawConnection.connect(
                to: port, greeting: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await late.response().status == 200)
            for connection in crowd { await connection.close() }
        }
    }
}
