import HTTPSupport
import HallmarkTesting
import Hummingbird
import NIOCore
import ServiceLifecycle
import Testing

@Suite("Graceful shutdown")
struct HTTPShutdownTests {
    @Test("A running upload is finished and answered; idle connections go; nothing new is accepted")
    func finishesUploads() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        try await withHTTPServer { router in
            router.get("/only-here") { _, _ in plain("hello") }
            router.put("/upload") { request, _ in
                var count = 0
                for try await chunk in request.body {
                    count += chunk.readableBytes
                    start.yield()
                }
                return plain("\(count)")
            }
        } _: { server in
            let idle = try await server.connect()
            #expect(try await idle.exchange("GET /only-here").text == "hello")
            let upload = try await server.connect()
            try await upload.request("PUT /upload", ["Content-Length: 10"])
            try await upload.send("first")
            for await _ in started { break }
            await server.group.triggerGracefulShutdown()
            // Once the idle connection is closed the server is shutting down.
            #expect(try await idle.untilClosed().isEmpty)
            // The port may be another test's by now: it is not enough that somebody answers, and who does may take long.
            let late = try? await RawConnection.connect(to: server.port, patience: .seconds(2))
                .exchange("GET /only-here")
            #expect(late?.text != "hello")
            try await upload.send("later")
            #expect(try await upload.response().text == "10")
            #expect(try await upload.untilClosed().isEmpty)
        }
    }

    @Test("What does not finish within the bound is cut off")
    func bound() async throws {
        var setup = HTTPSetup()
        setup.configuration.limits.shutdownGrace = .milliseconds(200)
        try await withHTTPServer(setup) { router in
            router.put("/upload") { request, _ in
                for try await _ in request.body {}
                return plain("")
            }
        } _: { server in
            let upload = try await server.connect()
            try await upload.request("PUT /upload", ["Content-Length: 10"])
            try await upload.send("first")
            await server.group.triggerGracefulShutdown()
            _ = try? await upload.untilClosed()
        }
    }
}
