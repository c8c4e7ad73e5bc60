import Accounts
import Foundation
import HTTPTypes
import HallmarkTesting
import Hummingbird
import NIOCore
import Publishing
import RegistryModel
import ServiceLifecycle
import Synchronization
import Testing

@testable import HTTPSupport

@Suite("Files through the lane")
struct LaneFileTests {
    /// An open file of the test's own.
    private final class Source: FileByteSource {
        private let file: FileHandle
        private let path: String
        private let good = Mutex(true)
        let length: Int

        init(_ bytes: [UInt8]) throws {
            path = NSTemporaryDirectory() + "lane-\(UInt64.random(in: 0 ... .max))"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            file = try #require(FileHandle(forReadingAtPath: path))
            length = bytes.count
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var fileDescriptor: CInt { file.fileDescriptor }
        var isIntact: Bool { good.withLock { $0 } }
        func damage() { good.withLock { $0 = false } }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = pread(file.fileDescriptor, buffer.baseAddress, buffer.count, off_t(offset))
            guard count >= 0 else { throw DownloadFault() }
            return count
        }
    }

    private struct DownloadFault: Error {}

    private final class Counter: DownloadCounting {
        let families = Mutex<[String]>([])
        func count(file: Int64, project: Int64, family: String) { families.withLock { $0.append(family) } }
    }

    private static func content(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 5)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Serves `/files/a`, which anonymous readers see while its project is public.
    private final class Served: Sendable {
        let cache = ResponseCache(bytes: 1 << 20)
        let counter = Counter()
        let isPublic = Mutex(true)
        let source: Source
        let file: PackageFile

        init(_ bytes: [UInt8]) throws {
            source = try Source(bytes)
            file = try HTTPFileTests.file(size: bytes.count, content: bytes)
        }

        func routes(_ router: Router<RegistryContext>) {
            let responder = FileResponder(downloads: counter, pool: TestWorkPool()) { [source] _, _ in source }
            router.get("/files/a") { [self] request, context in
                let isPublic = isPublic.withLock { $0 }
                guard isPublic || context.credential != nil else { throw Problem(.notFound, "no") }
                return try await responder.respond(
                    request, context, file: file, of: HTTPFileTests.project(isPublic ? .public : .private),
                    mediaType: "application/gzip")
            }
        }

        var setup: HTTPSetup {
            var setup = HTTPSetup()
            setup.cache = cache
            setup.configuration.eventLoops = 1
            return setup
        }
    }

    @Test("The bytes, the fields, the count and the log are those of the framework", arguments: [1, 20_000, 3_000_000])
    func identity(size: Int) async throws {
        let bytes = Self.content(size)
        let served = try Served(bytes)
        try await withHTTPServer(served.setup, routes: served.routes) { server in
            let connection = try await server.connect()
            let first = try await connection.exchange("GET /files/a", ["User-Agent: pip/25.0"])
            #expect(first.body == bytes)
            for _ in 0..<3 {
                let again = try await connection.exchange("GET /files/a", ["User-Agent: uv/1.0"])
                #expect(again.body == bytes)
                func fields(_ response: RawResponse) -> [String] {
                    response.headers.filter { !["date", "x-request-id"].contains($0.0.lowercased()) }
                        .map { "\($0.0): \($0.1)" }
                }
                #expect(fields(again) == fields(first))
            }
            #expect(server.routed.value == 1)
            #expect(served.counter.families.withLock { $0 } == ["pip", "uv", "uv", "uv"])
            let tag = try #require(first["etag"])
            for _ in 0..<2 {
                #expect(try await connection.exchange("GET /files/a", ["If-None-Match: \(tag)"]).status == 304)
                #expect(try await connection.exchange("HEAD /files/a")["content-length"] == String(size))
            }
            #expect(server.routed.value == 3)
            let part = try await connection.exchange("GET /files/a", ["Range: bytes=0-0"])
            #expect(part.status == 206)
            #expect(part.body == [bytes[0]])
            #expect(server.routed.value == 4)
            #expect(served.counter.families.withLock { $0.count } == 5)
            // Several at once, with one that the framework answers among them.
            let get = "GET /files/a HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let range = "GET /files/a HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-0\r\n\r\n"
            try await connection.send(get + get + range + get)
            for expected in [bytes, bytes, [bytes[0]], bytes] {
                #expect(try await connection.response().body == expected)
            }
            try await waitUntil("every line") { server.log.lines.count == 13 }
            #expect(server.log.lines.count { $0.contains("\"bytes\":\(size),") && $0.contains("\"status\":200") } == 7)
        }
    }

    @Test("When its project becomes private, the file is nobody's at the next request")
    func privacy() async throws {
        let served = try Served(Self.content(1000))
        try await withHTTPServer(served.setup, routes: served.routes) { server in
            let connection = try await server.connect()
            for _ in 0..<3 { #expect(try await connection.exchange("GET /files/a").status == 200) }
            #expect(server.routed.value == 1)
            served.isPublic.withLock { $0 = false }
            served.cache.invalidate(HTTPFileTests.project(.public).coordinates)
            #expect(try await connection.exchange("GET /files/a").status == 404)
            for _ in 0..<3 {
                #expect(try await connection.exchange("GET /files/a", ["Authorization: Bearer x"]).status == 200)
                #expect(try await connection.exchange("GET /files/a").status == 404)
            }
        }
    }

    @Test("A file that is not what it was is left to the framework")
    func damage() async throws {
        let served = try Served(Self.content(1000))
        try await withHTTPServer(served.setup, routes: served.routes) { server in
            let connection = try await server.connect()
            for _ in 0..<3 { #expect(try await connection.exchange("GET /files/a").status == 200) }
            #expect(server.routed.value == 1)
            served.source.damage()
            _ = try await connection.exchange("GET /files/a")
            #expect(server.routed.value == 2)
        }
    }

    @Test("A server that stops lets a file arrive; a client that goes away is noted")
    func ends() async throws {
        let bytes = Self.content(8_000_000)
        let served = try Served(bytes)
        try await withHTTPServer(served.setup, routes: served.routes) { server in
            let connection = try await server.connect()
            _ = try await connection.exchange("GET /files/a")
            let other = try await RawConnection.connect(to: server.port, readsByItself: false)
            try await other.request("GET /files/a")
            try await connection.request("GET /files/a")
            try await connection.finishSending()
            try await waitUntil("both began") { served.counter.families.withLock { $0.count } == 3 }
            #expect(server.routed.value == 1)
            await other.close()
            await server.group.triggerGracefulShutdown()
            #expect(try await connection.response().body == bytes)
            try await waitUntil("noted") { server.log.lines.contains { $0.contains("\"outcome\":\"aborted\"") } }
        }
    }
}
