import Formats
import HTTPSupport
import HallmarkTesting
import Hummingbird
import NIOCore
import Publishing
import RegistryModel
import Synchronization
import Testing

@Suite("Package files")
struct HTTPFileTests {
    /// Counts what is told to it.
    final class Counter: DownloadCounting {
        let families = Mutex<[String]>([])

        func count(file: Int64, project: Int64, family: String) {
            families.withLock { $0.append("\(project)/\(file)/\(family)") }
        }
    }

    /// Fails once it is asked for bytes behind a position.
    struct FailingSource: ByteSource {
        struct Broken: Error {}
        let length: Int
        let failsAt: Int

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard offset < failsAt else { throw Broken() }
            let count = min(buffer.count, failsAt - offset)
            buffer[..<count].initializeMemory(as: UInt8.self, repeating: 1)
            return count
        }
    }

    static let content = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    static let published = Timestamp(seconds: 1_700_000_000)

    static func project(_ visibility: Visibility) -> Project {
        Project(
            id: 5, ecosystem: EcosystemID(rawValue: "test"),
            name: ProjectName(display: "lantern", key: "lantern", confusable: "lantern"), visibility: visibility,
            status: .active, statusReason: nil, createdAt: published, updatedAt: published, revision: 1,
            latestVersion: "1", summary: nil)
    }

    static func digests(_ content: [UInt8]) -> FileDigests {
        var hasher = FileHasher()
        content.withUnsafeBytes { hasher.update($0) }
        return hasher.finalize()
    }

    /// The entity tag of ``content``.
    static let tag = "\"\(digests(content).sha256.hex)\""

    static func file(size: Int, content: [UInt8] = content) throws -> PackageFile {
        PackageFile(
            id: 9, name: "lantern-1.tar.gz", size: Int64(size), digests: digests(content),
            publishedAt: published, receivedAt: published, kind: "sdist", document: .null, metadataDigest: nil,
            isRemoved: false)
    }

    static func routes(
        _ counter: Counter, file: PackageFile, visibility: Visibility = .public, source: any ByteSource,
        pool: any WorkPool = TestWorkPool()
    ) -> (Router<RegistryContext>) -> Void {
        let responder = FileResponder(downloads: counter, pool: pool) { _, _ in source }
        return { router in
            router.get("/file") { request, context in
                try await responder.respond(
                    request, context, file: file, of: project(visibility), mediaType: "application/gzip")
            }
        }
    }

    private func withFile(
        visibility: Visibility = .public, source: (any ByteSource)? = nil,
        _ body: @Sendable @escaping (HTTPFixture, Counter) async throws -> Void
    ) async throws {
        let counter = Counter()
        let source = source ?? MemoryByteSource(Self.content)
        let file = try Self.file(size: source.length, content: source.length == 0 ? [] : Self.content)
        try await withHTTPServer(
            routes: Self.routes(counter, file: file, visibility: visibility, source: source)
        ) { try await body($0, counter) }
    }

    @Test("A file is sent whole, may be kept for ever, and is never compressed")
    func whole() async throws {
        try await withFile { server, counter in
            let response = try await server.exchange(
                "GET /file", ["Accept-Encoding: gzip", "User-Agent: pip/24.0 {\"ci\":true}"])
            #expect(response.status == 200)
            #expect(response.body == Self.content)
            #expect(response["content-length"] == String(Self.content.count))
            #expect(response["content-encoding"] == nil)
            #expect(response["transfer-encoding"] == nil)
            #expect(response["cache-control"] == "public, max-age=31536000, immutable")
            #expect(response["accept-ranges"] == "bytes")
            #expect(response["etag"] == Self.tag)
            #expect(response["content-type"] == "application/gzip")
            #expect(counter.families.withLock { $0 } == ["5/9/pip"])
            try await waitUntil("it is logged with its bytes") {
                server.log.lines.contains { $0.contains("\"bytes\":1000003") && $0.contains("\"status\":200") }
            }
        }
    }

    @Test("What not everybody may read is not kept by others")
    func privateFile() async throws {
        try await withFile(visibility: .private) { server, _ in
            let response = try await server.exchange("HEAD /file")
            #expect(response["cache-control"] == "private, no-cache")
            #expect(response["vary"] == "Authorization")
        }
    }

    @Test(
        "Ranges",
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=10-19", 10..<20), ("bytes=999999-", 999_999..<1_000_003),
            ("bytes=-3", 1_000_000..<1_000_003), ("bytes=0-", 0..<1_000_003), ("BYTES=5-5", 5..<6),
            ("bytes=100000-700000", 100_000..<700_001), ("bytes=1000000-99999999999999999999", 1_000_000..<1_000_003),
            ("bytes=-99999999", 0..<1_000_003),
        ])
    func ranges(_ header: String, _ expected: Range<Int>) async throws {
        try await withFile { server, counter in
            let response = try await server.exchange("GET /file", ["Range: \(header)"])
            #expect(response.status == 206)
            #expect(response["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/1000003")
            #expect(response["content-length"] == String(expected.count))
            #expect(response.body == Array(Self.content[expected]))
            #expect(counter.families.withLock { $0.count } == (expected.lowerBound == 0 ? 1 : 0))
        }
    }

    @Test(
        "What is no single range gives the whole file",
        arguments: ["bytes=0-1,5-6", "items=0-1", "bytes=5-3", "bytes=a-b", "bytes=--1", "bytes=", "bytes=-", "0-5"])
    func ignoredRanges(_ header: String) async throws {
        try await withFile { server, _ in
            let response = try await server.exchange("GET /file", ["Range: \(header)"])
            #expect(response.status == 200)
            #expect(response.body.count == Self.content.count)
        }
    }

    @Test("A range behind the end", arguments: ["bytes=1000003-", "bytes=2000000-2000001", "bytes=-0"])
    func unsatisfiable(_ header: String) async throws {
        try await withFile { server, counter in
            let response = try await server.exchange("GET /file", ["Range: \(header)"])
            #expect(response.status == 416)
            #expect(response["content-range"] == "bytes */1000003")
            #expect(counter.families.withLock { $0.isEmpty })
        }
    }

    @Test("If-Range: only for exactly this content")
    func ifRange() async throws {
        try await withFile { server, _ in
            let tag = Self.tag
            let connection = try await server.connect()
            func status(_ condition: String) async throws -> Int {
                try await connection.exchange("GET /file", ["Range: bytes=0-1", "If-Range: \(condition)"]).status
            }
            #expect(try await status(tag) == 206)
            #expect(try await status("W/\(tag)") == 200)
            #expect(try await status("\"other\"") == 200)
            #expect(try await status("Tue, 14 Nov 2023 22:13:20 GMT") == 206)
            #expect(try await status("Tue, 14 Nov 2023 22:13:21 GMT") == 200)
        }
    }

    @Test("HEAD, 304 and later ranges are no downloads")
    func counting() async throws {
        try await withFile { server, counter in
            let tag = Self.tag
            let connection = try await server.connect()
            let head = try await connection.exchange("HEAD /file")
            #expect(head.status == 200)
            #expect(head["content-length"] == String(Self.content.count))
            let fresh = try await connection.exchange("GET /file", ["If-None-Match: \(tag)"])
            #expect(fresh.status == 304)
            #expect(try await connection.exchange("GET /file", ["Range: bytes=5-"]).status == 206)
            #expect(counter.families.withLock { $0.isEmpty })
            #expect(try await connection.exchange("GET /file", ["Range: bytes=0-5"]).status == 206)
            #expect(try await connection.exchange("GET /file").status == 200)
            #expect(counter.families.withLock { $0.count } == 2)
        }
    }

    @Test("A blob that cannot be read at all is refused in words, and counts as no download")
    func unreadableBlob() async throws {
        try await withFile(source: FailingSource(length: 1_000_003, failsAt: 0)) { server, counter in
            let response = try await server.exchange("GET /file")
            #expect(response.status == 500)
            #expect(counter.families.withLock { $0.isEmpty })
        }
    }

    @Test("Too many that read at once get 503 and are told to come back")
    func fullPool() async throws {
        let pool = TestWorkPool()
        let routes = Self.routes(
            Counter(), file: try Self.file(size: Self.content.count), source: MemoryByteSource(Self.content), pool: pool
        )
        try await withHTTPServer(routes: routes) { server in
            pool.setFull(true)
            let refused = try await server.exchange("GET /file")
            #expect(refused.status == 503)
            #expect(refused["retry-after"] != nil)
            pool.setFull(false)
            #expect(try await server.exchange("GET /file").body == Self.content)
        }
    }

    @Test("A blob that cannot be read to its end aborts the connection", arguments: [300_000, 999_999])
    func brokenBlob(failsAt: Int) async throws {
        try await withFile(source: FailingSource(length: 1_000_003, failsAt: failsAt)) { server, _ in
            let connection = try await server.connect()
            await #expect(throws: (any Error).self) { try await connection.exchange("GET /file") }
            try await waitUntil("it is logged as aborted") {
                server.log.lines.contains { $0.contains("\"outcome\":\"aborted\"") }
            }
        }
    }

    @Test("A file of no bytes")
    func empty() async throws {
        try await withFile(source: MemoryByteSource([])) { server, _ in
            let connection = try await server.connect()
            let response = try await connection.exchange("GET /file")
            #expect(response.status == 200)
            #expect(response["content-length"] == "0")
            #expect(try await connection.exchange("GET /file", ["Range: bytes=0-"]).status == 416)
        }
    }
}
